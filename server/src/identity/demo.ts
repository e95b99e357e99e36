import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { insertDemoPerson, isCrowdPaused, setCrowdPaused } from './store.ts';

/** Hears when the crowd is switched in this process; other processes ask `crowdIsOn` now and then. */
export type CrowdListener = (house: House, on: boolean) => void;

let listener: CrowdListener | undefined;

/** Lets the slice that plays the crowd hear the switch. */
export function whenCrowdSwitches(listen: CrowdListener): void {
  listener = listen;
}

/** Lets visitors of the demonstration town be this person with one click, in the order of `position`. */
export async function offerDemoPerson(
  house: House,
  person: { readonly userId: Uuid; readonly position: number; readonly line: string },
): Promise<void> {
  await insertDemoPerson(house.db, person.userId, person.position, person.line);
}

/** Whether the simulated crowd may act: it may until somebody switches it off, and that lasts over a restart. */
export async function crowdIsOn(house: House): Promise<boolean> {
  return !(await isCrowdPaused(house.db));
}

/** Switches the crowd. Refuses with `not_found` where there is no crowd to switch. */
export async function switchCrowd(house: House, on: boolean): Promise<void> {
  if (house.config.seed !== 'town' || !house.config.crowd) throw new Refusal(NOT_FOUND);
  await setCrowdPaused(house.db, !on, new Date(house.clock.now()));
  listener?.(house, on);
}
