import { DAY_MS, HOUR_MS } from '../../core/clock.ts';
import { newId, type Uuid } from '../../core/ids.ts';
import type { PayInProvider, PaymentSnapshot } from '../provider.ts';
import { settlePayment } from '../settle-order.ts';
import { orderIdOf, type Shop } from '../shop.ts';
import { compareBooks, type Difference } from './compare.ts';
import {
  backAskedUntil,
  bookedPayments,
  daysNotCompared,
  hasOrders,
  insertRun,
  markBackAsked,
  ordersWithoutCredit,
  type RunRow,
  unheardPayments,
} from './store.ts';

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

/** Days that are caught up with at most. */
const DAYS_MAX = 31;

/**
 * Compares each day that is over, UTC, with every provider, once, and the days that were missed; payments that nobody had
 * heard of are asked about. Any number of processes may do so. A provider that does not answer keeps no other one waiting.
 * Answers how many days were compared.
 */
export async function reconcileDays(shop: Shop): Promise<number> {
  const { db, clock, log } = shop.house;
  const until = new Date(Math.floor(clock.now() / DAY_MS) * DAY_MS);
  const first = new Date(until.getTime() - DAYS_MAX * DAY_MS);
  let runs = 0;
  for (const provider of shop.providers) {
    try {
      for (const since of await daysNotCompared(db, provider.id, provider.mode, first, until)) {
        const period = { since, until: new Date(since.getTime() + DAY_MS) };
        await reconcile(shop, provider, period, null);
        runs += 1;
      }
      await askAboutUnheard(shop, provider, first);
    } catch (error) {
      log.warn({ err: error, provider: provider.id }, 'a provider’s days could not be compared');
    }
  }
  return runs;
}

/**
 * Asks about payments that comparisons found and nobody here has heard of, as when an order had ended before it was paid and
 * the webhook was lost; in each round again until they are heard of. A comparison is a hint like a webhook: what becomes of
 * a payment the fetched one says.
 */
async function askAboutUnheard(shop: Shop, provider: PayInProvider, since: Date): Promise<void> {
  for (const ref of await unheardPayments(shop.house.db, provider.id, provider.mode, since)) {
    await settlePayment(shop, provider, ref);
  }
}

/** Looked at again each time: what a provider lists may come late. */
const BACK_OVERLAP_MS = 3 * HOUR_MS;
/** How far one looks back the first time: a bank may take months to dispute. */
const BACK_FIRST_MS = 120 * DAY_MS;

/**
 * Asks every provider which payments were refunded or disputed since one asked last, and settles each: what no webhook told
 * is found here. Answers how many payments were looked at.
 */
export async function findWhatWentBack(shop: Shop): Promise<number> {
  const { db, clock, log } = shop.house;
  let found = 0;
  for (const provider of shop.providers) {
    try {
      if (!(await hasOrders(db, provider.id, provider.mode))) continue;
      const now = new Date(clock.now());
      const asked = await backAskedUntil(db, provider.id, provider.mode);
      const since = (asked ?? new Date(now.getTime() - BACK_FIRST_MS)).getTime() - BACK_OVERLAP_MS;
      const refs = new Set<string>();
      for await (const ref of provider.backSince(new Date(since))) refs.add(ref);
      let all = true;
      for (const ref of refs) {
        try {
          all = (await settlePayment(shop, provider, ref)) && all;
        } catch (error) {
          // The others are heard nevertheless; this one is asked about again next time.
          all = false;
          log.error({ err: error, provider: provider.id, payment: ref }, 'what went back was not booked');
        }
      }
      found += refs.size;
      if (all) await markBackAsked(db, provider.id, provider.mode, now);
    } catch (error) {
      log.warn({ err: error, provider: provider.id }, 'a provider did not tell what went back');
    }
  }
  return found;
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
