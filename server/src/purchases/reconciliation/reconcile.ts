import { DAY_MS, HOUR_MS } from '../../core/clock.ts';
import { newId, type Uuid } from '../../core/ids.ts';
import type { PayInProvider, PaymentSnapshot } from '../provider.ts';
import { orderIdOf, type Shop } from '../shop.ts';
import { compareBooks, type Difference } from './compare.ts';
import { bookedPayments, insertRun, isDone, ordersWithoutCredit, type RunRow } from './store.ts';

/** A payment may be made so long after its page was opened: a day on Stripe's, and then confirmed. */
const OPENED_BEFORE_MS = 26 * HOUR_MS;

export interface Period {
  readonly since: Date;
  readonly until: Date;
}

/**
 * Compares what a provider says was paid in a period with what the ledger has, and writes down each difference with
 * its cause. Nothing is changed by it: what is credited is decided by the fetched payment alone.
 * @throws Error when the provider does not answer
 */
export async function reconcile(
  { house }: Shop,
  provider: PayInProvider,
  { since, until }: Period,
  askedBy: Uuid | null,
): Promise<{ readonly run: RunRow; readonly differences: readonly Difference[] }> {
  const there = await paidWithin(provider, { since, until });
  const told = new Map(there.map((payment) => [payment.providerRef, payment]));
  const here = await bookedPayments(
    house.db,
    provider.id,
    provider.mode,
    since,
    until,
    there.map(({ providerRef }) => providerRef),
  );
  // What is booked and was not listed is asked for by itself before anybody is alarmed.
  for (const { providerRef } of here) {
    if (told.has(providerRef)) continue;
    const asked = await provider.fetch(providerRef);
    if (asked.kind === 'unknown' || asked.kind === 'retryable') {
      throw new Error(`${provider.id} did not answer about ${providerRef}`);
    }
    if (asked.kind === 'ok' && isPaid(asked.value)) told.set(providerRef, asked.value);
  }
  const booked = new Set(here.map(({ providerRef }) => providerRef));
  const orders = await ordersWithoutCredit(
    house.db,
    provider.id,
    [...told.values()]
      .filter(({ providerRef }) => !booked.has(providerRef))
      .map(({ providerRef, orderRef }) => ({ providerRef, orderId: orderIdOf(orderRef) })),
  );
  const { differences, ...counts } = compareBooks({ there: [...told.values()], here, orders });
  const run: RunRow = {
    ...counts,
    id: newId(),
    provider: provider.id,
    mode: provider.mode,
    since,
    until,
    askedBy,
    runAt: new Date(house.clock.now()),
  };
  await insertRun(house.db, run, differences);
  if (differences.length > 0) {
    house.log.warn(
      { provider: provider.id, run: run.id, differences: differences.length },
      'the books differ',
    );
  }
  return { run, differences };
}

/** Compares yesterday, UTC, with every provider, once. Any number of processes may do so. Answers how many ran. */
export async function reconcileYesterday(shop: Shop): Promise<number> {
  const { db, clock } = shop.house;
  const until = new Date(Math.floor(clock.now() / DAY_MS) * DAY_MS);
  const since = new Date(until.getTime() - DAY_MS);
  let runs = 0;
  for (const provider of shop.providers) {
    if (await isDone(db, provider.id, provider.mode, since, until)) continue;
    await reconcile(shop, provider, { since, until }, null);
    runs += 1;
  }
  return runs;
}

async function paidWithin(provider: PayInProvider, { since, until }: Period): Promise<PaymentSnapshot[]> {
  const paid: PaymentSnapshot[] = [];
  for await (const snapshot of provider.listSince(new Date(since.getTime() - OPENED_BEFORE_MS))) {
    const { paidAt } = snapshot;
    if (isPaid(snapshot) && paidAt !== null && paidAt >= since && paidAt < until) paid.push(snapshot);
  }
  return paid;
}

/** Whether money is there, also when it is not as it was asked for. */
function isPaid({ status, paidAt }: PaymentSnapshot): boolean {
  return paidAt !== null && (status === 'paid' || status === 'review' || status === 'other');
}
