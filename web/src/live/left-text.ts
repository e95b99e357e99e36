/** Milliseconds as a countdown: `2 days 03:10:09`, `10:09`; after the time, that it is any moment now. */
export function leftText(ms: number): string {
  if (ms <= 0) return 'Any moment now';
  const seconds = Math.ceil(ms / 1_000);
  const days = Math.floor(seconds / 86_400);
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3_600) % 24;
  const clock = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  const withHours = days > 0 || hours > 0 ? `${two(hours)}:${clock}` : clock;
  return days === 0 ? withHours : `${days} ${days === 1 ? 'day' : 'days'} ${withHours}`;
}
