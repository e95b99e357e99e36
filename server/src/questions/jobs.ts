import { SECOND_MS } from '../core/clock.ts';
import { goRounds, type Rounds } from '../core/rounds.ts';
import type { Asking } from './asking.ts';
import { returnLeftovers } from './return-leftovers.ts';

/** How often it looks for lives that ended elsewhere; one that ends here wakes it. */
const RETURN_EVERY_MS = 2 * SECOND_MS;

/** Returns what nobody will answer, now and every few seconds. */
export function startReturning(asking: Asking): Rounds {
  return goRounds('returned questions', RETURN_EVERY_MS, asking.house.log, async () => {
    const returned = await returnLeftovers(asking);
    if (returned > 0) asking.house.log.info({ returned }, 'questions returned');
    return returned;
  });
}
