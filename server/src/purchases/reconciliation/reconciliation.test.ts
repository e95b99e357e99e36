import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { testHouse } from '../../../test/test-house.ts';
import { anOperator, buyCoins } from '../../../test/town-life.ts';
import { until } from '../../../test/until.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, testClock } from '../../core/clock.ts';
import { openDatabase } from '../../db/database.ts';
import { identity } from '../../identity/index.ts';
import { policy } from '../../policy/index.ts';
import { rates } from '../../rates/index.ts';
import { orderFault } from '../../sandbox/faults.ts';
import { testCard } from '../../sandbox/stripe/cards.ts';
import { createSession, payWith } from '../../sandbox/stripe/payments.ts';
import { wallet } from '../../wallet/index.ts';
import { btcpayProvider } from '../btcpay/provider.ts';
import { purchases } from '../index.ts';
import type { PaymentSnapshot } from '../provider.ts';
import { stripeProvider } from '../stripe/provider.ts';
import { auditReconciliations } from './audit.ts';
import { compareBooks, type OrderWithoutCredit } from './compare.ts';
import { reconcileDays } from './reconcile.ts';
import { bookedPayments } from './store.ts';

const DAY = Date.UTC(2026, 10, 24);
const clock = testClock(DAY + 12 * HOUR_MS);
const slices = [policy, identity, rates, wallet, purchases];
const house = await testHouse({ slices, clock });
const { db } = house.house;
const olu = await anOperator(house, 'olu');
const ana = await house.person('ana');

const run = async (provider: 'stripe' | 'btcpay' = 'stripe') => {
  const body = { provider, since: new Date(DAY).toISOString(), until: new Date(DAY + DAY_MS).toISOString() };
  const answer = await olu.post('/v1/console/reconciliation', body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
};

test('all agree: everything that was paid is credited, to the cent and the fee', async () => {
  for (const coins of [100n, 219n, 1_000n]) await buyCoins(ana, coins);
  const opened = await ana.post('/v1/orders', { item: { kind: 'exact', coins: '500' } }, randomUUID());
  assert.equal(opened.status, 201, 'a page that nobody paid on is no payment');
  const { run: made, differences } = await run();
  assert.deepEqual([made.payments, made.matched, made.matchedPercent, differences], [3, 3, '100', []]);
  assert.deepEqual(made.there, made.here);
  // $1.35 + $2.96 + $13.50, and 34¢ + 39¢ + 69¢
  assert.deepEqual([made.there.gross.display, made.there.fee.display], ['$17.81', '$1.42']);
});

test('the ledger is read once, however many payments there are', async () => {
  const period = [new Date(DAY), new Date(DAY + DAY_MS)] as const;
  const scans = await db.transaction(async (tx) => {
    const booked = await bookedPayments(tx, 'stripe', 'sandbox', ...period, []);
    assert.equal(booked.length, 3);
    const [row] = await tx.query<{ scans: bigint }>(
      `select pg_stat_get_xact_numscans('ledger_transfers'::regclass) as scans`,
    );
    return row?.scans ?? 0n;
  });
  // One for the credits, by which it is known since when to read, and one for what they and others moved.
  assert.ok(scans <= 2n, `${scans} scans`);
});

/** Paid, and nobody has asked about it yet. */
let unheard = '';

test('each difference is found, with its cause', async () => {
  const owner = await openDatabase({ url: house.databaseUrl, role: null });
  const refs = new Map<string, string>();
  for (const name of ['refunded', 'changed', 'cheaper', 'gone', 'fee']) {
    const order = await buyCoins(ana, 200n);
    const [row] = await db.query<{ ref: string }>(
      `select provider_ref as ref from purchase_payments
        where 'order_' || replace(order_id::text, '-', '') = $1`,
      [order],
    );
    refs.set(name, row?.ref ?? '');
  }
  const disputed = await buyWith('4000000000000259', await house.person('bea'));
  clock.advance(MINUTE_MS);
  await until(
    'the dispute is there',
    () => db.query(`select from sandbox.objects where kind = 'dispute'`),
    (rows) => rows.length === 1,
  );
  // Undecided it is no difference: nothing was taken for good.
  assert.ok((await run()).differences.every(({ kind }: { kind: string }) => kind !== 'dispute_not_booked'));
  await owner.query(`update sandbox.objects set body = body || '{"status":"lost"}' where kind = 'dispute'`);
  // Nobody tells of what comes now.
  await orderFault(db, { call: 'stripe.webhook', fault: 'held', times: 50 });
  await stripe(
    'POST',
    '/v1/refunds',
    `payment_intent=${await intentOf(refs.get('refunded') ?? '')}&amount=70`,
  );
  // What a company may come to say later.
  await owner.query(`update sandbox.objects set body = body || '{"amount_total":300}' where id = $1`, [
    refs.get('cheaper'),
  ]);
  await owner.query(
    `update sandbox.objects set body = body || '{"amount":300,"amount_received":300}' where id = $1`,
    [await intentOf(refs.get('cheaper') ?? '')],
  );
  await owner.query(
    `update sandbox.objects set body = body || '{"fee":1}' where kind = 'balance_transaction' and parent =
       (select body->>'latest_charge' from sandbox.objects where id = $1)`,
    [await intentOf(refs.get('fee') ?? '')],
  );
  await owner.query('delete from sandbox.objects where id = $1', [refs.get('gone')]);
  const byHand = await paidByHand();
  const fresh = await buyUnheard();
  unheard = fresh;

  const { run: made, differences } = await run();
  const found = new Map(differences.map((one: { payment: string }) => [one.payment, one]));
  const told = (ref: string | undefined) => {
    const one = found.get(ref ?? '') as
      | { kind: string; cause: string; there: { display: string } | null; here: { display: string } | null }
      | undefined;
    return one === undefined ? null : [one.kind, one.there?.display ?? null, one.here?.display ?? null];
  };
  assert.deepEqual(told(refs.get('refunded')), ['refund_not_booked', '$0.70', '$0.00']);
  assert.deepEqual(told(refs.get('cheaper')), ['amount_differs', '$3.00', '$2.70']);
  assert.deepEqual(told(refs.get('fee')), ['fee_differs', '$0.01', '$0.38']);
  assert.deepEqual(told(refs.get('gone')), ['credited_not_paid', null, '$2.70']);
  assert.deepEqual(told(refs.get('changed')), null, 'what agrees is not told');
  assert.deepEqual(told(disputed), ['dispute_not_booked', '$2.70', '$0.00']);
  assert.deepEqual(told(byHand), ['paid_not_credited', '$5.00', null]);
  assert.deepEqual(told(fresh), ['paid_not_credited', '$2.70', null]);
  const causes = differences.map(({ cause }: { cause: string }) => cause).join('\n');
  for (const words of [
    'made at the provider itself',
    'has not been asked about yet',
    'given back at the provider',
  ]) {
    assert.ok(causes.includes(words), words);
  }
  assert.deepEqual([made.payments, made.matched], [11, 4]);
  assert.equal(made.matchedPercent, '36.36');
  const again = await olu.get(`/v1/console/reconciliation/${made.id}`);
  assert.deepEqual(again.body, { run: made, differences });
  await owner.close();
});

test('the house compares yesterday by itself, once, and the audit says what is missing', async () => {
  clock.set(DAY + DAY_MS + HOUR_MS);
  const { payments } = house.house.config;
  assert.ok(payments.stripe !== null && payments.btcpay !== null);
  const shop = {
    house: house.house,
    providers: [
      btcpayProvider({ account: payments.btcpay }),
      stripeProvider({ account: payments.stripe, clock }),
    ],
  };
  await until(
    'what was not heard of is asked about',
    () => db.query('select from purchase_payments where provider_ref = $1', [unheard]),
    (rows) => rows.length === 1,
  );
  // Two processes at once; and again.
  assert.deepEqual(await Promise.all([reconcileDays(shop), reconcileDays(shop)]), [1, 1]);
  assert.equal(await reconcileDays(shop), 0);
  const runs = (await olu.get('/v1/console/reconciliation?limit=200')).body.items;
  const own = runs.filter(({ askedBy }: { askedBy: string | null }) => askedBy === null);
  assert.equal(own.length, 1);
  assert.deepEqual(
    [own[0].since, own[0].until],
    [new Date(DAY).toISOString(), new Date(DAY + DAY_MS).toISOString()],
  );
  const sentences = await auditReconciliations(db);
  assert.equal(sentences.length, 4, sentences.join('\n'));
  assert.ok(sentences.some((sentence) => sentence.includes('credited not paid')));
  const first = await olu.get('/v1/console/reconciliation?limit=1');
  // Three days were missed, and one of the companies does not answer: the other's are caught up with.
  clock.set(DAY + 4 * DAY_MS + HOUR_MS);
  const [btcpay, stripeNow] = shop.providers;
  assert.ok(btcpay !== undefined && stripeNow !== undefined);
  const silent = {
    ...btcpay,
    listSince(): AsyncIterable<PaymentSnapshot> {
      throw new Error('nobody answers');
    },
  };
  await db.query(
    `insert into purchase_orders select (overlay(id::text placing '99' from 35))::uuid, user_id, 'silent', request_hash, pack_id, units,
            price_cents, per_unit_numerator, per_unit_denominator, policy_version, 'btcpay', return_url, created_at,
            expires_at, asset, method, mode, rate_version from purchase_orders order by created_at limit 1`,
  );
  assert.equal(await reconcileDays({ ...shop, providers: [silent, stripeNow] }), 3);
  assert.equal(await reconcileDays({ ...shop, providers: [silent, stripeNow] }), 0);
  assert.equal(first.body.items[0].id, own[0].id);
  const next = await olu.get(`/v1/console/reconciliation?limit=1&cursor=${first.body.nextCursor}`);
  assert.notEqual(next.body.items[0].id, own[0].id);
});

test('only operators ask, and only for a period that can be compared', async () => {
  const body = {
    provider: 'stripe',
    since: new Date(DAY).toISOString(),
    until: new Date(DAY + DAY_MS).toISOString(),
  };
  assert.equal((await ana.post('/v1/console/reconciliation', body)).status, 403);
  assert.equal((await ana.get('/v1/console/reconciliation')).status, 403);
  for (const wrong of [
    { ...body, until: body.since },
    { ...body, until: new Date(DAY + 40 * DAY_MS).toISOString() },
    { ...body, since: 'yesterday' },
    { ...body, provider: 'paypal' },
    { ...body, more: 1 },
  ]) {
    assert.equal((await olu.post('/v1/console/reconciliation', wrong)).status, 400, JSON.stringify(wrong));
  }
  await orderFault(db, { call: 'checkout.sessions.list', fault: 'unavailable', times: 5 });
  const away = await olu.post('/v1/console/reconciliation', body);
  assert.deepEqual([away.status, away.body.code], [503, 'payment_provider_unavailable']);
});

test('why a payment is not credited is told from the order', () => {
  const payment: PaymentSnapshot = {
    providerRef: 'cs_1',
    orderRef: 'order_1',
    status: 'paid',
    problem: null,
    rawStatus: 'complete paid',
    amountCents: 296n,
    currency: 'USD',
    livemode: false,
    feeCents: 39n,
    paidAt: new Date(0),
    declineCode: null,
    paidCents: 296n,
    refundedCents: 0n,
    refunds: [],
    disputes: [],
    crypto: null,
  };
  const why = (order: OrderWithoutCredit | null) =>
    compareBooks({
      there: [payment],
      here: [],
      orders: new Map(order === null ? [] : [['cs_1', order]]),
    }).differences[0]?.cause;
  const orderId = randomUUID();
  assert.match(why(null) ?? '', /^No order here asked for it/);
  assert.equal(
    why({ orderId, problem: 'amount_mismatch', ended: false, givenBackCents: 0n }),
    'The order waits for a person: amount mismatch.',
  );
  assert.match(
    why({ orderId, problem: null, ended: true, givenBackCents: 0n }) ?? '',
    /^The order had ended before/,
  );
  assert.match(
    why({ orderId, problem: null, ended: false, givenBackCents: 0n }) ?? '',
    /^The order has not been asked about yet/,
  );
});

test('an order that was not paid as it was asked for agrees by what came, credited or given back', () => {
  const [providerRef, orderId] = ['inv_1', randomUUID()];
  const there: PaymentSnapshot = {
    providerRef,
    orderRef: 'order_1',
    status: 'review',
    problem: 'paid_partial',
    rawStatus: 'Expired PaidPartial',
    amountCents: 296n,
    currency: 'USD',
    livemode: false,
    feeCents: 0n,
    paidAt: new Date(0),
    declineCode: null,
    paidCents: 148n,
    refundedCents: 0n,
    refunds: [],
    disputes: [],
    crypto: null,
  };
  const credited = { providerRef, orderId, feeCents: 0n, refundedCents: 0n, disputedCents: 0n };
  const kinds = (grossCents: bigint | null, givenBackCents: bigint) =>
    compareBooks({
      there: [there],
      here: grossCents === null ? [] : [{ ...credited, grossCents }],
      orders: new Map([[providerRef, { orderId, problem: 'paid_partial', ended: false, givenBackCents }]]),
    }).differences.map(({ kind }) => kind);
  assert.deepEqual(kinds(148n, 0n), []);
  assert.deepEqual(kinds(296n, 0n), ['amount_differs']);
  assert.deepEqual(kinds(null, 148n), []);
  assert.deepEqual(kinds(null, 0n), ['paid_not_credited']);
  // More came after that.
  assert.deepEqual(kinds(null, 100n), ['paid_not_credited']);
});

/** Buys 200 Coins with a card; the provider's id of the payment. */
async function buyWith(number: string, buyer = ana): Promise<string> {
  const ref = await buyUnheard(number, buyer);
  await until(
    'it is credited',
    () => db.query('select from purchase_payments where provider_ref = $1', [ref]),
    (rows) => rows.length === 1,
  );
  return ref;
}

/** Pays an order of 200 Coins. Nobody waits until it is heard of. */
async function buyUnheard(number = '4242424242424242', buyer = ana): Promise<string> {
  const opened = await buyer.post('/v1/orders', { item: { kind: 'exact', coins: '200' } }, randomUUID());
  assert.equal(opened.status, 201, JSON.stringify(opened.body));
  const ref = new URL(opened.body.order.checkoutUrl).pathname.split('/').at(-1) ?? '';
  const card = testCard(number);
  assert.ok(card !== undefined);
  await payWith({ db, clock, wake: () => {} }, ref, card, null);
  return ref;
}

/** Somebody at the shop took money on a page that they made at the provider itself. */
async function paidByHand(): Promise<string> {
  const session = await db.transaction((tx) =>
    createSession(
      tx,
      {
        line_items: [
          { quantity: 1, price_data: { currency: 'usd', unit_amount: 500, product_data: { name: 'A mug' } } },
        ],
        success_url: 'https://carat.example/',
      },
      clock.now(),
    ),
  );
  const card = testCard('4242424242424242');
  assert.ok(card !== undefined);
  await payWith({ db, clock, wake: () => {} }, session.id, card, null);
  return session.id;
}

async function intentOf(ref: string): Promise<string> {
  const [row] = await db.query<{ intent: string }>(
    `select body->>'payment_intent' as intent from sandbox.objects where id = $1`,
    [ref],
  );
  return row?.intent ?? '';
}

async function stripe(method: string, path: string, body: string): Promise<void> {
  const account = house.house.config.payments.stripe;
  const answer = await fetch(`${account?.apiUrl}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${account?.secretKey}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body,
  });
  assert.equal(answer.status, 200, await answer.text());
}
