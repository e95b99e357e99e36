import { goRounds, type Rounds } from '../core/rounds.ts';
import type { House } from '../house.ts';
import { lookAfterMatches } from './look-after.ts';

/** How often stages may be told new scores, and how late a match may end. */
const LOOK_EVERY_MS = 250;

/** Looks after the open matches, now and four times a second. */
export function startLookingAfter(house: House): Rounds {
  return goRounds('matches', LOOK_EVERY_MS, house.log, () => lookAfterMatches(house));
}
