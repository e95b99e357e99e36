import { goRounds, type Rounds } from '../core/rounds.ts';
import type { House } from '../house.ts';
import { takeOutTheGone } from './leave.ts';

/** How often it looks for lives that ended elsewhere; one that ends here wakes it. */
const LOOK_EVERY_MS = 1_000;

/** Takes whoever's live ended out of their company, now and every second. */
export function startTakingOut(house: House): Rounds {
  return goRounds('guests whose live ended', LOOK_EVERY_MS, house.log, () => takeOutTheGone(house));
}
