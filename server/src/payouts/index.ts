import { goRounds } from '../core/rounds.ts';
import type { Slice } from '../house.ts';
import { registerAuditCheck } from '../ledger/audit.ts';
import { auditEarnings } from './audit-earnings.ts';
import { bookEarnings } from './book-earnings.ts';
import { earningRoutes } from './routes.ts';

registerAuditCheck({ name: 'sums of earnings agree with the gifts', run: auditEarnings });

const BOOK_EVERY_MS = 2_000;

/** What creators earn: the sums behind their page, entry by entry. */
export const payouts: Slice = {
  name: 'payouts',
  routes: earningRoutes,
  start({ db, log }) {
    const rounds = goRounds('earnings', BOOK_EVERY_MS, log, () => bookEarnings(db));
    return () => rounds.stop();
  },
};
