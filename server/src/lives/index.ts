import { MINUTE_MS } from '../core/clock.ts';
import { goRounds } from '../core/rounds.ts';
import type { House, Slice } from '../house.ts';
import { liveRoutes } from './routes.ts';
import { keepPeaks, keepWatch } from './store.ts';

/** How often it is looked how many watch. */
const LOOK_EVERY_MS = 5_000;

/** Lives as their creators look at them: while they run, and afterwards. */
export const lives: Slice = {
  name: 'lives',
  routes: liveRoutes,
  start(house) {
    const rounds = goRounds('how many watch', LOOK_EVERY_MS, house.log, () => lookAtViewers(house));
    return () => rounds.stop();
  },
};

/** The last minute that this process counted, so that it asks once a minute. */
const counted = new WeakMap<House, number>();

async function lookAtViewers(house: House): Promise<void> {
  const { hub, db, clock } = house;
  const viewers = new Map(
    hub
      .openRooms()
      .map((roomId) => [roomId, hub.viewers(roomId)] as const)
      .filter(([, people]) => people > 0),
  );
  if (viewers.size === 0) return;
  await keepPeaks(db, viewers);
  const minute = Math.floor(clock.now() / MINUTE_MS);
  if (counted.get(house) === minute) return;
  await keepWatch(db, viewers, new Date(minute * MINUTE_MS));
  counted.set(house, minute);
}
