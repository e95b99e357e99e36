import { MINUTE_MS, SECOND_MS } from '../core/clock.ts';
import { goRounds, type Rounds } from '../core/rounds.ts';
import type { House } from '../house.ts';
import { matureGifts } from './mature.ts';
import { uncountGifts } from './uncount-gifts.ts';

/** Diamonds become available within this time of their date. */
const MATURE_EVERY_MS = MINUTE_MS;

/** Places follow a payment that was taken back within this time. */
const UNCOUNT_EVERY_MS = 2 * SECOND_MS;

/** Matures what is due, now and every minute. */
export function startMaturing(house: House): Rounds {
  return goRounds('maturity', MATURE_EVERY_MS, house.log, async () => {
    const { gifts } = await matureGifts(house);
    if (gifts > 0) house.log.info({ gifts }, 'gifts matured');
  });
}

/** Takes gifts whose payment was taken back out of the places of their senders. */
export function startUncounting(house: House): Rounds {
  return goRounds('places of supporters', UNCOUNT_EVERY_MS, house.log, () => uncountGifts(house));
}
