/** Ages by the calendar, at UTC: the same for everybody and never depending on a server's time zone. Pure. */

/** A date as `YYYY-MM-DD`. */
export type CalendarDate = string;

/** Whether the text is a day that existed or will: `2024-02-29` is, `2023-02-29` is not. */
export function isCalendarDate(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return false;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  const date = new Date(Date.UTC(year, month - 1, day));
  // Years below 100 are read as 19xx by Date.UTC; none of them is anybody's year of birth.
  return (
    year >= 1000 &&
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day
  );
}

/** The calendar date of an instant, at UTC. */
export function dateAt(atMs: number): CalendarDate {
  return new Date(atMs).toISOString().slice(0, 10);
}

/**
 * Whole years of age at an instant. The birthday begins at midnight UTC; who was born on 29 February
 * has it on 1 March in other years. Negative before birth.
 */
export function ageAt(dateOfBirth: CalendarDate, atMs: number): number {
  const today = dateAt(atMs);
  const years = Number(today.slice(0, 4)) - Number(dateOfBirth.slice(0, 4));
  return today.slice(5) >= dateOfBirth.slice(5) ? years : years - 1;
}

/** The day on which somebody turns so old: the first date at which `ageAt` says it. */
export function birthday(dateOfBirth: CalendarDate, years: number): CalendarDate {
  const year = String(Number(dateOfBirth.slice(0, 4)) + years).padStart(4, '0');
  const day = `${year}${dateOfBirth.slice(4)}`;
  return isCalendarDate(day) ? day : `${year}-03-01`;
}
