import { MINUTE_MS } from '../core/clock.ts';
import { goRounds, type Rounds } from '../core/rounds.ts';
import type { House } from '../house.ts';
import { matureGifts } from './mature.ts';

/** Diamonds become available within this time of their date. */
const MATURE_EVERY_MS = MINUTE_MS;

/** Matures what is due, now and every minute. */
export function startMaturing(house: House): Rounds {
  return goRounds('maturity', MATURE_EVERY_MS, house.log, async () => {
    const { gifts } = await matureGifts(house);
    if (gifts > 0) house.log.info({ gifts }, 'gifts matured');
  });
}
