import './match-message.ts';
import { tallyGifts } from '../gifts/index.ts';
import type { Slice } from '../house.ts';
import { registerAuditCheck } from '../ledger/index.ts';
import { auditMatches } from './audit-matches.ts';
import { startLookingAfter } from './jobs.ts';
import { matchRoutes } from './routes.ts';
import { addToScores, SOME_MATCH_RUNS } from './store.ts';

tallyGifts({
  name: 'matches',
  isOpen: SOME_MATCH_RUNS,
  // Stages are told the scores four times a second, not with each turn of the relay.
  run: async (tx, { gifts }) => {
    await addToScores(tx, gifts);
    return [];
  },
});
registerAuditCheck({ name: 'scores of matches are the Coins of their gifts', run: auditMatches });

/** Matches between creators who are live together: five minutes, and every score can be counted again. */
export const matches: Slice = {
  name: 'matches',
  routes: matchRoutes,
  start(house) {
    const lookingAfter = startLookingAfter(house);
    house.hub.observe((_roomId, events) => {
      if (events.some(({ type, live }) => type === 'guests' || (type === 'stage' && live === false))) {
        lookingAfter.wake();
      }
    });
    return () => lookingAfter.stop();
  },
};
