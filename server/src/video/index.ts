import type { House, Slice } from '../house.ts';
import type { EngineStats } from './engine.ts';
import { videoRoutes } from './routes.ts';
import { followLives, showingOf } from './showing.ts';

/** Figures of the video of this process; `null` where video is switched off. */
export async function videoStats(house: House): Promise<EngineStats | null> {
  const { engine, audience } = showingOf(house);
  if (engine === null) return null;
  const stats = await engine.stats();
  return { ...stats, viewers: stats.viewers + audience.size };
}

/** The video of stages: publishers in (WHIP), viewers out (WHEP), stream keys. */
export const video: Slice = {
  name: 'video',
  routes: videoRoutes,
  start: (house) => followLives(showingOf(house)),
};
