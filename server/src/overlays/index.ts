import type { Slice } from '../house.ts';
import { useStreamKeys, useTestEvents } from '../live/index.ts';
import { overlaysOf } from './overlays.ts';
import { overlayPage } from './page.ts';
import { overlayRoutes } from './routes.ts';
import { testMatch } from './test-match.ts';

useTestEvents('match', testMatch);
useStreamKeys(async (house, token, address) => {
  const { keyring, open } = overlaysOf(house);
  const { id, creatorId, mayTest } = await keyring.open(token, address);
  return {
    creatorId,
    mayTest,
    whileOpen: (road) => {
      open.add({ keyId: id, creatorId, source: null, road, version: 0, refresh: async () => 0 });
    },
  };
});

/** Overlays for streaming programs: their tokens, their settings, what each draws, and the tests of them. */
export const overlays: Slice = {
  name: 'overlays',
  routes(app, house) {
    overlayRoutes(app, house);
    return overlayPage(app, house);
  },
  start(house) {
    const { open } = overlaysOf(house);
    open.start();
    return () => open.stop();
  },
};
