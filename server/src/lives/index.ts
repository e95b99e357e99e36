import { goRounds } from '../core/rounds.ts';
import type { House, Slice } from '../house.ts';
import { liveRoutes } from './routes.ts';
import { keepPeaks } from './store.ts';

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

async function lookAtViewers({ hub, db }: House): Promise<void> {
  const viewers = new Map(
    hub
      .openRooms()
      .map((roomId) => [roomId, hub.viewers(roomId)] as const)
      .filter(([, people]) => people > 0),
  );
  if (viewers.size > 0) await keepPeaks(db, viewers);
}
