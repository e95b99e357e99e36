import assert from 'node:assert/strict';
import type { testClock } from '../src/core/clock.ts';
import { newId, parsePublicId, type Uuid } from '../src/core/ids.ts';
import type { Queryable } from '../src/db/database.ts';
import { auditGifts } from '../src/gifts/audit-gifts.ts';
import type { House } from '../src/house.ts';
import { accountId } from '../src/ledger/index.ts';
import { auditPurchases } from '../src/purchases/audit-purchases.ts';
import {
  type OrderRow,
  orderById,
  type PaymentSnapshot,
  providerOf,
  shopOf,
} from '../src/purchases/index.ts';
import { settlePayment } from '../src/purchases/settle-order.ts';
import { auditRefunds } from '../src/refunds/audit-refunds.ts';
import { recallByRef } from '../src/refunds/recall-store.ts';
import type { RecallNow } from '../src/refunds/refund.ts';
import { planLater } from '../src/sandbox/books.ts';
import { bringEvidence, createRefund, doLater, turnDispute } from '../src/sandbox/stripe/payments.ts';
import type { Answer, Person, TestHouse } from './test-house.ts';
import { until } from './until.ts';

/** What tests of refunds and disputes begin with. */

type TestClock = ReturnType<typeof testClock>;

/** Pays at once; is disputed by nobody. */
export const GOOD_CARD = '4242424242424242';
/** A refund to it succeeds, and fails a while later. */
export const FAILING_CARD = '4000000000005126';
/** A refund to it takes a while. */
export const SLOW_CARD = '4000000000007726';
/** Pays, and is disputed a moment later. */
export const DISPUTED_CARD = '4000000000000259';

/** Buys Coins by card and waits until they are there. The order's id. */
export async function buy(
  person: Person,
  coins: bigint,
  card = GOOD_CARD,
  item: object = { kind: 'exact', coins: String(coins) },
): Promise<string> {
  const opened = await person.post('/v1/orders', { item }, newId());
  assert.equal(opened.status, 201, JSON.stringify(opened.body));
  const { id, checkoutUrl } = opened.body.order;
  const paid = await person.request('POST', new URL(checkoutUrl, 'http://sandbox').pathname, {
    body: `do=pay&card=${card}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  assert.equal(paid.status, 303);
  await until(
    'the order is paid',
    () => person.get(`/v1/orders/${id}`),
    (answer) => answer.body.order.state === 'paid',
  );
  return id;
}

/** Sends a gift. Its id. */
export async function give(
  person: Person,
  stage: string,
  giftId: string,
  quantity = 1,
  key: string = newId(),
): Promise<string> {
  const sent = await person.post('/v1/gifts', { stageId: stage, giftId, quantity }, key);
  assert.ok(sent.status < 300, JSON.stringify(sent.body));
  return sent.body.gift?.id ?? sent.body.id;
}

export function userIdOf(person: Person): Uuid {
  const id = parsePublicId('user', person.id);
  assert.ok(id !== null);
  return id;
}

export function refund(
  person: Person,
  order: string,
  key: string = newId(),
  body: object = {},
): Promise<Answer> {
  return person.post(`/v1/orders/${order}/refunds`, body, key);
}

export async function orderOf({ db }: Pick<House, 'db'>, order: string): Promise<OrderRow> {
  const row = await orderById(db, parsePublicId('order', order) ?? '');
  assert.ok(row !== null);
  return row;
}

/** What the provider says of an order's payment now. */
export async function snapshotOf(house: House, order: string): Promise<PaymentSnapshot> {
  const paid = await orderOf(house, order);
  const outcome = await providerOf(shopOf(house), paid)?.fetch(paid.providerRef ?? '');
  assert.ok(outcome?.kind === 'ok');
  return outcome.value;
}

/** The house hears of an order's payment as of a webhook: it fetches it and does what is true then. */
export async function hear(house: House, order: string): Promise<void> {
  const paid = await orderOf(house, order);
  const shop = shopOf(house);
  const provider = providerOf(shop, paid);
  assert.ok(provider !== null && paid.providerRef !== null);
  assert.ok(await settlePayment(shop, provider, paid.providerRef));
}

/** A dispute, or a refund made at the provider, by its id there. */
export async function recallOf({ db }: Pick<House, 'db'>, ref: string): Promise<RecallNow> {
  const recall = await recallByRef(db, 'stripe', ref);
  assert.ok(recall !== null);
  return recall;
}

/** Nothing that refunds, purchases or gifts must never be. */
export async function booksAgree({ db }: Pick<House, 'db'>): Promise<void> {
  const found = [...(await auditRefunds(db)), ...(await auditPurchases(db)), ...(await auditGifts(db))];
  assert.deepEqual(found, []);
}

/** Coins that can be spent, pending and available Diamond units. */
export async function holds(
  { house }: Pick<TestHouse, 'house'>,
  userId: Uuid,
): Promise<{ coins: bigint; pending: bigint; available: bigint }> {
  const ids = [
    accountId(userId, 'coins', 'COIN'),
    accountId(userId, 'diamonds_pending', 'DIAMOND'),
    accountId(userId, 'diamonds_available', 'DIAMOND'),
  ] as const;
  const balances = await house.ledger.balances(ids);
  const [coins = 0n, pending = 0n, available = 0n] = ids.map((id) => {
    const account = balances.get(id);
    return account === undefined ? 0n : account.creditsPosted - account.debitsPosted - account.debitsPending;
  });
  return { coins, pending, available };
}

/** What an account of the house holds in cents. */
export async function cents(
  { house }: Pick<TestHouse, 'house'>,
  purpose: 'cash' | 'reserve' | 'provider_fees',
): Promise<bigint> {
  const id = accountId('platform', purpose, 'USD');
  const account = (await house.ledger.balances([id])).get(id);
  return account === undefined ? 0n : account.creditsPosted - account.debitsPosted - account.debitsPending;
}

/** What the provider's own books say was given back of all payments, in cents, and by how many refunds. */
export async function givenBack(db: Queryable, order: string): Promise<{ cents: bigint; refunds: bigint }> {
  const [row] = await db.query<{ cents: bigint; refunds: bigint }>(
    `select coalesce(sum((r.body->>'amount')::bigint) filter (where r.body->>'status' <> 'failed'), 0)::bigint as cents,
            count(*) as refunds
       from sandbox.objects r join sandbox.objects c on c.id = r.parent
      where r.kind = 'refund' and c.kind = 'charge' and c.body->'metadata'->>'order' = $1`,
    [order],
  );
  return row ?? { cents: 0n, refunds: 0n };
}

/** The payer's bank opens a dispute about an order. Its id at the provider. */
export async function openDispute(
  site: TestHouse,
  clock: TestClock,
  order: string,
  withinMs = 20_000,
): Promise<string> {
  const { db } = site.house;
  const [charge] = await db.query<{ id: string }>(
    `select id from sandbox.objects where kind = 'charge' and body->'metadata'->>'order' = $1`,
    [order],
  );
  assert.ok(charge !== undefined);
  await planLater(db, { what: 'dispute', about: charge.id }, new Date(clock.now()));
  return until(
    'the dispute is open',
    async () => {
      const [dispute] = await db.query<{ id: string }>(
        `select id from sandbox.objects where kind = 'dispute' and parent = $1`,
        [charge.id],
      );
      return dispute?.id ?? '';
    },
    (id) => id !== '',
    withinMs,
  );
}

/** The bank decides. */
export async function decideDispute(
  site: TestHouse,
  clock: TestClock,
  id: string,
  verdict: 'won' | 'lost',
): Promise<void> {
  const text = verdict === 'won' ? 'winning_evidence' : 'losing_evidence';
  await site.house.db.transaction((tx) =>
    bringEvidence(tx, id, { evidence: { uncategorized_text: text } }, clock.now()),
  );
}

/** The bank takes back that a dispute was lost. */
export function turnVerdict(site: Pick<TestHouse, 'house'>, clock: TestClock, id: string): Promise<void> {
  return site.house.db.transaction((tx) => turnDispute(tx, id, clock.now()));
}

/** Somebody refunds an order at the provider's own dashboard. The refund's id there. */
export async function refundAtProvider(
  site: TestHouse,
  clock: TestClock,
  order: string,
  amount: number,
): Promise<string> {
  const { db } = site.house;
  const [charge] = await db.query<{ id: string }>(
    `select id from sandbox.objects where kind = 'charge' and body->'metadata'->>'order' = $1`,
    [order],
  );
  const made = await db.transaction((tx) =>
    createRefund(tx, { charge: charge?.id ?? '', amount }, clock.now()),
  );
  return made.id;
}

/** The payer's bank sends a refund back that the provider had said to have arrived. */
export function sendBack(site: Pick<TestHouse, 'house'>, clock: TestClock, ref: string): Promise<void> {
  return site.house.db.transaction((tx) => doLater(tx, 'refund_fails', ref, clock.now()));
}
