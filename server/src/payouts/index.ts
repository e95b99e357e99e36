import { goRounds } from '../core/rounds.ts';
import type { Slice } from '../house.ts';
import { bookEarnings } from './book-earnings.ts';
import { earningRoutes } from './routes.ts';

export { auditEarnings } from './audit-earnings.ts';
export { bookEarnings } from './book-earnings.ts';

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
