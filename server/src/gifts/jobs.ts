import { MINUTE_MS } from '../core/clock.ts';
import type { House, Stop } from '../house.ts';
import { matureGifts } from './mature.ts';

/** Diamonds become available within this time of their date. */
const MATURE_EVERY_MS = MINUTE_MS;

/** Matures what is due, now and every minute. */
export function startMaturing(house: House): Stop {
  let running: Promise<void> | undefined;
  const run = () => {
    running ??= matureGifts(house)
      .then(({ gifts }) => {
        if (gifts > 0) house.log.info({ gifts }, 'gifts matured');
      })
      .catch((error: Error) => {
        house.log.warn({ reason: error.message }, 'gifts could not mature; the next round will');
      })
      .finally(() => {
        running = undefined;
      });
  };
  run();
  const timer = setInterval(run, MATURE_EVERY_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}
