import './hype-message.ts';
import { tallyGifts } from '../gifts/index.ts';
import type { Slice } from '../house.ts';
import { registerAuditCheck } from '../ledger/index.ts';
import { runsOnStage } from '../live/index.ts';
import { auditHypes } from './audit-hype.ts';
import { hypeTally } from './count-gifts.ts';
import { hypingOf } from './hyping.ts';
import { startFollowing } from './jobs.ts';
import { hypeRoutes } from './routes.ts';

registerAuditCheck({ name: 'hypes are what was given', run: auditHypes });
runsOnStage('hype', 'select from open_hypes o where o.session_id = $1');

/** The hype meter of a stage: what many supporters do together within a short time. */
export const hype: Slice = {
  name: 'hype',
  routes: hypeRoutes,
  start(house) {
    const hyping = hypingOf(house);
    // Its rules and names are the house's, so it counts for the house that started last.
    tallyGifts(hypeTally(hyping));
    const following = startFollowing(hyping);
    house.hub.observe((_roomId, events) => {
      if (events.some(({ type, live }) => type === 'hype' || (type === 'stage' && live === false)))
        following.wake();
    });
    return () => following.stop();
  },
};
