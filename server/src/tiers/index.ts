import { MINUTE_MS } from '../core/clock.ts';
import { goRounds } from '../core/rounds.ts';
import type { Slice } from '../house.ts';
import { refreshTiers } from './current-tier.ts';
import { makeTiers } from './make-tiers.ts';
import { tierRoutes } from './routes.ts';

export { tierById, tierNow } from './current-tier.ts';
export type { Tier } from './rules.ts';
export { creatorsByYield } from './store.ts';

/** Tiers of creators: what popular ones get more of a gift, from a published table. */
export const tiers: Slice = {
  name: 'tiers',
  routes: tierRoutes,
  async start(house) {
    await refreshTiers(house.db, house.clock.now());
    const rounds = goRounds('tiers of creators', MINUTE_MS, house.log, async () => {
      await makeTiers(house);
    });
    return () => rounds.stop();
  },
};
