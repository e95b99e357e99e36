import { DAY_MS } from '../../core/clock.ts';
import { newId, publicId, type Uuid } from '../../core/ids.ts';
import type { House } from '../../house.ts';
import {
  type Difference,
  insertRun,
  type Period,
  type RunRow,
  useOtherBooks,
} from '../../purchases/index.ts';
import { bookedPayouts, payoutDaysNotCompared, triesByIds } from './books-store.ts';
import { comparePayouts } from './compare-payouts.ts';
import { ownAccountAt, payersOf } from './payers.ts';
import type { PayoutProvider, PayoutSnapshot } from './provider.ts';
import { countedAsLost } from './resolutions-store.ts';

/** Days that are caught up with at most. */
const DAYS_MAX = 31;

useOtherBooks((house) =>
  payersOf(house).map((payer) => ({
    id: payer.books,
    mode: payer.mode,
    reconcile: (period, askedBy) => reconcilePayouts(house, payer, period, askedBy),
  })),
);

/**
 * Compares what a provider says it took to pay creators in a period with what the ledger has, and writes each difference
 * down with its cause. Changes nothing. Throws when the provider does not answer.
 */
async function reconcilePayouts(
  house: House,
  payer: PayoutProvider,
  { since, until }: Period,
  askedBy: Uuid | null,
): Promise<{ readonly run: RunRow; readonly differences: readonly Difference[] }> {
  const own = await ownAccountAt(payer);
  if (own === null) throw new Error(`${payer.id} did not say whose account it is`);
  const there: PayoutSnapshot[] = [];
  for await (const one of payer.listSince(since)) if (one.takenAt < until) there.push(one);
  const told = new Set(there.map(({ takenRef }) => takenRef));
  const booked = await bookedPayouts(
    house.db,
    { id: payer.id, mode: payer.mode, house: own },
    { since, until, refs: [...told] },
  );
  // What is booked and was not listed is asked for by itself before anybody is alarmed: it was taken just before.
  for (const one of booked.filter(({ takenRef }) => !told.has(takenRef))) {
    const { attemptId, reference, destination, minor, currency, takenRef } = one;
    const withdrawal = publicId('wd', one.withdrawalId);
    const asked = await payer.fetch({
      attemptId,
      reference,
      withdrawal,
      destination,
      minor,
      currency,
      takenRef,
    });
    if (asked.kind !== 'ok') throw new Error(`${payer.id} did not answer about ${reference}`);
    if (asked.value !== null && asked.value.takenRef === one.takenRef) there.push(asked.value);
  }
  const tries = await triesByIds(
    house.db,
    there.flatMap(({ attemptId }) => (attemptId !== null && isUuid(attemptId) ? [attemptId] : [])),
  );
  const lost = await countedAsLost(
    house.db,
    there.map(({ takenRef }) => takenRef),
  );
  const { payments, matched, differences, thereCents, hereCents } = comparePayouts(
    there,
    booked,
    tries,
    lost,
  );
  const run: RunRow = {
    id: newId(),
    provider: payer.books,
    mode: payer.mode,
    since,
    until,
    askedBy,
    payments,
    matched,
    thereGrossCents: thereCents,
    hereGrossCents: hereCents,
    // What Connect costs is on an invoice of its own; what the network takes, in the wallet’s own books.
    thereFeeCents: 0n,
    hereFeeCents: 0n,
    runAt: new Date(house.clock.now()),
  };
  await insertRun(house.db, run, differences);
  if (differences.length > 0) {
    house.log.warn(
      { provider: payer.books, run: run.id, differences: differences.length },
      'the books of payouts differ',
    );
  }
  return { run, differences };
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

/** Compares each day that is over, UTC, once, and the days that were missed. */
export async function reconcilePayoutDays(house: House): Promise<number> {
  const until = new Date(Math.floor(house.clock.now() / DAY_MS) * DAY_MS);
  const first = new Date(until.getTime() - DAYS_MAX * DAY_MS);
  for (const payer of payersOf(house)) {
    try {
      for (const since of await payoutDaysNotCompared(house.db, payer.books, payer, first, until)) {
        await reconcilePayouts(house, payer, { since, until: new Date(since.getTime() + DAY_MS) }, null);
      }
    } catch (error) {
      house.log.warn({ err: error, provider: payer.books }, 'days of payouts could not be compared');
    }
  }
  return 0;
}
