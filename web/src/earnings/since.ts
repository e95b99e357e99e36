import { MONTH_NAMES } from '../ui/dates.ts';

const WEEK_MS = 7 * 86_400_000;

/** How long somebody has been giving: `new this week`, `since March`, `since March 2025`. */
export function sinceText(since: string, now: Date): string {
  const at = new Date(since);
  if (Number.isNaN(at.getTime())) return '';
  if (now.getTime() - at.getTime() < WEEK_MS) return 'new this week';
  const month = MONTH_NAMES[at.getMonth()] ?? '';
  return at.getFullYear() === now.getFullYear() ? `since ${month}` : `since ${month} ${at.getFullYear()}`;
}
