/**
 * Instants and days as people read them, in their own time zone and with 24 hours: `Wed 19 Nov, 09:12`.
 * The year stands there only when it is not this one.
 */

export const MONTH_NAMES = [
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
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const MONTHS = MONTH_NAMES.map((name) => name.slice(0, 3));

/** `09:12` */
export function timeText(at: Date): string {
  return `${at.getHours().toString().padStart(2, '0')}:${at.getMinutes().toString().padStart(2, '0')}`;
}

/** `28 Nov`, or `28 Nov 2027` in another year. */
export function dayText(at: Date, now: Date): string {
  const day = `${at.getDate()} ${MONTHS[at.getMonth()] ?? ''}`;
  return at.getFullYear() === now.getFullYear() ? day : `${day} ${at.getFullYear()}`;
}

/** `Wed` */
export function weekdayText(at: Date): string {
  return WEEKDAYS[at.getDay()] ?? '';
}

/** `Wed 19 Nov, 09:12`: for what is looked up. */
export function stampText(at: Date, now: Date): string {
  return `${weekdayText(at)} ${dayText(at, now)}, ${timeText(at)}`;
}

/** `21:04` today, `Yesterday, 21:04`, else `19 Nov, 21:04`: for lists. */
export function whenText(at: Date, now: Date): string {
  if (isSameDay(at, now)) return timeText(at);
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  return `${isSameDay(at, yesterday) ? 'Yesterday' : dayText(at, now)}, ${timeText(at)}`;
}

/** A calendar day of the API (`2026-11-28`) as that day here, whatever the time zone; null when it is not one. */
export function calendarDay(text: string): Date | null {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})/.exec(text) ?? [];
  return year === undefined ? null : new Date(Number(year), Number(month) - 1, Number(day));
}

/** `Sat 28 Nov` for a calendar day of the API; its own text where it is none. */
export function calendarDayText(text: string, now: Date): string {
  const day = calendarDay(text);
  return day === null ? text : `${weekdayText(day)} ${dayText(day, now)}`;
}

export function isSameDay(a: Date, b: Date): boolean {
  return a.getFullYear() === b.getFullYear() && a.getMonth() === b.getMonth() && a.getDate() === b.getDate();
}
