import { DAY_MS } from '../core/clock.ts';
import type { House } from '../house.ts';
import { removeRunsBefore } from './store.ts';

/** A run is kept for so long after its end, with its result. */
export const KEPT_DAYS = 90;
/** Removed in one go: a result is some hundred kilobytes. */
const AT_ONCE = 100;

/** Removes runs that are over for long. Safe at any time, from any number of processes. How many were removed. */
export function removeOldRuns({ db, clock }: Pick<House, 'db' | 'clock'>): Promise<number> {
  return removeRunsBefore(db, new Date(clock.now() - KEPT_DAYS * DAY_MS), AT_ONCE);
}
