import { DAY_MS } from '../core/clock.ts';

/** Stretches of time over which supporters of a creator are ranked. */
export const RANK_PERIODS = ['live', 'day', 'week', 'all'] as const;
export type RankPeriod = (typeof RANK_PERIODS)[number];

/** All of time, as `supporter_ranks` names it. */
export const ALL_TIME = 'all';

/** The day of an instant, UTC, as `supporter_ranks` names it: `day 2026-11-22`. */
export function dayPeriod(atMs: number): string {
  return `day ${dateOf(startOfDay(atMs))}`;
}

/** The week of an instant, from its Monday, UTC, as `supporter_ranks` names it: `week 2026-11-16`. */
export function weekPeriod(atMs: number): string {
  return `week ${dateOf(startOfWeek(atMs))}`;
}

/** When the day of an instant began, UTC; milliseconds since 1970. */
export function startOfDay(atMs: number): number {
  return Math.floor(atMs / DAY_MS) * DAY_MS;
}

/** When the week of an instant began: Monday 00:00 UTC; milliseconds since 1970. */
export function startOfWeek(atMs: number): number {
  // 1970-01-01 was a Thursday.
  return Math.floor((atMs + 3 * DAY_MS) / (7 * DAY_MS)) * 7 * DAY_MS - 3 * DAY_MS;
}

function dateOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}
