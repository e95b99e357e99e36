import type { Uuid } from '../core/ids.ts';
import type { House } from '../house.ts';

/** Hears which stages' supporters have new sums, after they are committed; in the process that shows the gifts. */
export type RankedListener = (house: House, stageIds: readonly Uuid[]) => void;

const listeners = new Map<string, RankedListener>();

/** Lets a slice below hear of new sums (a stage tells its supporters). A slice has one listener. */
export function whenRanked(slice: string, listen: RankedListener): void {
  listeners.set(slice, listen);
}

export function tellRanked(house: House, stageIds: readonly Uuid[]): void {
  if (stageIds.length === 0) return;
  for (const listen of listeners.values()) listen(house, stageIds);
}
