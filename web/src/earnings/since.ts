const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

const WEEK_MS = 7 * 86_400_000;

/** How long somebody has been giving: `new this week`, `since March`, `since March 2025`. */
export function sinceText(since: string, now: Date): string {
  const at = new Date(since);
  if (Number.isNaN(at.getTime())) return '';
  if (now.getTime() - at.getTime() < WEEK_MS) return 'new this week';
  const month = MONTHS[at.getMonth()] ?? '';
  return at.getFullYear() === now.getFullYear() ? `since ${month}` : `since ${month} ${at.getFullYear()}`;
}
