import { goRounds } from '../core/rounds.ts';
import type { Slice } from '../house.ts';
import { registerAuditCheck } from '../ledger/index.ts';
import { auditEarnings } from './audit-earnings.ts';
import { bookEarnings, TURN_GIFTS } from './book-earnings.ts';
import { earningRoutes } from './routes.ts';

export { useReturned } from './returned.ts';

registerAuditCheck({ name: 'sums of earnings agree with the gifts', run: auditEarnings });

const BOOK_EVERY_MS = 2_000;

/** What creators earn: the sums behind their page, entry by entry. */
export const earnings: Slice = {
  name: 'earnings',
  routes: earningRoutes,
  start({ db, log }) {
    const rounds = goRounds('earnings', BOOK_EVERY_MS, log, async () => {
      const booked = await bookEarnings(db);
      // Only a full turn is followed by the next at once: few large turns cost a busy stage less than many small ones.
      return booked === TURN_GIFTS ? booked : 0;
    });
    return () => rounds.stop();
  },
};
