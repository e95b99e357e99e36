import './count-gifts.ts';
import './poll-message.ts';
import type { Slice } from '../house.ts';
import { registerAuditCheck } from '../ledger/index.ts';
import { runsOnStage } from '../live/index.ts';
import { auditPolls } from './audit-polls.ts';
import { startHolding } from './jobs.ts';
import { pollingOf } from './polling.ts';
import { pollRoutes } from './routes.ts';

registerAuditCheck({ name: 'votes add up to their results', run: auditPolls });
runsOnStage('poll', 'select from open_polls o where o.session_id = $1');

/** What a creator puts to the vote on a stage: free, or with gifts. */
export const polls: Slice = {
  name: 'polls',
  routes: pollRoutes,
  start(house) {
    const polling = pollingOf(house);
    const holding = startHolding(polling);
    polling.wake = () => holding.wake();
    house.hub.observe((_roomId, events) => {
      if (events.some(({ type, live }) => type === 'poll' || (type === 'stage' && live === false)))
        holding.wake();
    });
    return async () => {
      polling.wake = () => {};
      await holding.stop();
    };
  },
};
