import { oncePer } from '../core/once-per.ts';
import type { Queryable } from '../db/database.ts';
import type { House } from '../house.ts';
import { keptPeopleOf } from '../identity/index.ts';
import { type HypeRules, policyNow, policyVersion } from '../policy/index.ts';
import type { NewRoomEvent } from '../realtime/room-event.ts';
import type { HypeNow } from './hype.ts';
import { type HypeMoment, hypeEvent } from './hype-event.ts';
import { creatorOf, topOf } from './store.ts';

/** What this process needs to follow hypes. */
export interface Hyping {
  readonly house: House;
}

/** The one of this house. */
export const hypingOf = oncePer((house: House): Hyping => ({ house }));

/** Who gave most, as many as an event names. */
const NAMED = 3;

/** The rules that a hype began under hold to its end. */
export function rulesOf({ house }: Hyping, version: number): HypeRules {
  return (policyVersion(house.db, version) ?? policyNow(house.db, house.clock.now())).hype;
}

/** What the room is told of a hype as `tx` sees it; none when its stage has no creator any more. */
export async function eventsOf(
  hyping: Hyping,
  tx: Queryable,
  hype: HypeNow,
  moment: HypeMoment,
  isBest = false,
): Promise<NewRoomEvent[]> {
  const creatorId = await creatorOf(tx, hype.stageId);
  const top = await topOf(tx, hype.id, NAMED);
  const people = await keptPeopleOf(hyping.house).find(tx, [
    creatorId,
    ...top.map(({ senderId }) => senderId),
  ]);
  const creator = people.get(creatorId);
  if (creator === undefined) return [];
  return [
    hypeEvent(hype, {
      moment,
      creator,
      rules: rulesOf(hyping, hype.policyVersion),
      top,
      people,
      isBest,
      nowMs: hyping.house.clock.now(),
    }),
  ];
}
