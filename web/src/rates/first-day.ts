const DAY_MS = 86_400_000;

/**
 * The first day (`YYYY-MM-DD`, UTC) whose midnight is not before an instant, and a day later: a colleague needs time to
 * look at a draft before its notice begins.
 */
export function firstDay(earliest: string): string {
  const midnight = Math.ceil(Date.parse(earliest) / DAY_MS) * DAY_MS;
  return new Date(midnight + DAY_MS).toISOString().slice(0, 10);
}
