import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { type Person, testHouse } from '../../test/test-house.ts';
import { anOperator } from '../../test/town-life.ts';
import { until } from '../../test/until.ts';
import { DAY_MS, MINUTE_MS, testClock } from '../core/clock.ts';
import { newId, parsePublicId, type Uuid } from '../core/ids.ts';
import { openDatabase, type Queryable } from '../db/database.ts';
import { identity } from '../identity/index.ts';
import { notices } from '../notices/index.ts';
import { policy } from '../policy/index.ts';
import { rates } from '../rates/index.ts';
import { type Fault, orderFault } from '../sandbox/faults.ts';
import { wallet } from '../wallet/index.ts';
import { auditPurchases } from './audit-purchases.ts';
import { purchases } from './index.ts';
import { orderRefOf } from './shop.ts';
import { insertOrder, orderById } from './store.ts';

const clock = testClock(Date.UTC(2026, 10, 24, 12));
const slices = [policy, identity, rates, wallet, purchases];
const house = await testHouse({ slices, clock });
// A second server on the same database: its checks and deliveries run beside the first one's.
const { secrets } = house.house.config;
const second = await testHouse({ slices, clock, databaseUrl: house.databaseUrl, config: { secrets } });
const { db } = house.house;
const webhookSecret = house.house.config.payments.stripe?.webhookSecrets[0] ?? '';
const CREATE = 'checkout.sessions.create';
const LIST = 'checkout.sessions.list';
const MANY = 1_000_000;

test('a crash between the order and the call ends in one page, one charge, one credit', async () => {
  const ana = await house.person('ana');
  const order = {
    id: newId(),
    userId: parsePublicId('user', ana.id) as Uuid,
    idempotencyKey: randomUUID(),
    requestHash: Buffer.alloc(32),
    packId: null,
    asset: 'COIN' as const,
    units: 100n,
    priceCents: 135n,
    perUnitNumerator: 135n,
    perUnitDenominator: 100n,
    policyVersion: 1,
    rateVersion: null,
    method: 'card' as const,
    provider: 'stripe',
    mode: 'sandbox' as const,
    returnUrl: `${house.origin}/wallet`,
    createdAt: new Date(clock.now()),
    expiresAt: new Date(clock.now() + 30 * MINUTE_MS),
  };
  // What the server had committed when it died.
  await db.transaction((tx) => insertOrder(tx, order, new Date(clock.now() + 5_000)));
  const path = `/v1/orders/${orderRefOf(order.id)}`;
  assert.equal((await ana.get(path)).body.order.state, 'unknown');
  clock.advance(6_000);
  const open = await until(
    'the order is awaiting_payment',
    async () => (await ana.get(path)).body.order,
    (seen) => seen.state === 'awaiting_payment',
  );
  await pay(open.checkoutUrl);
  await until(
    'the order is paid',
    () => stateOf(ana, path),
    (state) => state === 'paid',
  );
  assert.deepEqual(await booksOf(order.id), { pages: 1n, payments: 1n, coins: 100n });
});

test('an answer that is lost after the call leads back to the page that was opened', async () => {
  const ben = await house.person('ben');
  for (const fault of ['drop_after', 'error_after'] as const) {
    // Neither the answer nor, for now, the list.
    await faulty(CREATE, fault, 4);
    await faulty(LIST, 'drop_before', MANY);
    const key = randomUUID();
    const body = { item: { kind: 'exact', coins: '100' } };
    const lost = await ben.post('/v1/orders', body, key);
    assert.deepEqual(
      [lost.status, lost.body.order.state, lost.body.order.checkoutUrl],
      [201, 'unknown', null],
    );
    await faulty(CREATE, fault, 0);
    await faulty(LIST, 'drop_before', 0);
    await rested();
    const retried = await ben.post('/v1/orders', body, key);
    assert.deepEqual(
      [retried.status, retried.body.order.id, retried.body.order.state],
      [201, lost.body.order.id, 'awaiting_payment'],
    );
    await pay(retried.body.order.checkoutUrl);
    await until(
      'the order is paid',
      () => stateOf(ben, `/v1/orders/${lost.body.order.id}`),
      (state) => state === 'paid',
    );
    const id = parsePublicId('order', lost.body.order.id) as Uuid;
    assert.deepEqual(await booksOf(id), { pages: 1n, payments: 1n, coins: 100n }, fault);
  }
});

test('a lost answer is looked for in the provider’s list at once', async () => {
  const ada = await house.person('ada');
  await faulty(CREATE, 'error_after', 4);
  const { body } = await ada.post('/v1/orders', { item: { kind: 'exact', coins: '100' } }, randomUUID());
  await faulty(CREATE, 'error_after', 0);
  assert.equal(body.order.state, 'awaiting_payment');
  await pay(body.order.checkoutUrl);
  await until(
    'the order is paid',
    () => stateOf(ada, `/v1/orders/${body.order.id}`),
    (state) => state === 'paid',
  );
});

test('paid on a page that we never heard of is credited when the provider tells', async () => {
  const cleo = await house.person('cleo');
  const lost = await loseOrder(cleo);
  await pay(`${house.origin}/sandbox/stripe/${lost.page}`);
  await until(
    'the order is paid',
    () => stateOf(cleo, lost.path),
    (state) => state === 'paid',
  );
});

test('a provider that is away leaves the order unknown, and nobody is charged', async () => {
  const dora = await house.person('dora');
  for (const [fault, coins] of [
    ['unavailable', '100'],
    ['rate_limited', '101'],
    ['drop_before', '102'],
  ] as const) {
    await faulty(CREATE, fault, MANY);
    const { body } = await dora.post('/v1/orders', { item: { kind: 'exact', coins } }, randomUUID());
    assert.equal(body.order.state, 'unknown', fault);
    const path = `/v1/orders/${body.order.id}`;
    await rested();
    clock.advance(45 * MINUTE_MS);
    const over = await until(
      'the order is expired',
      async () => (await dora.get(path)).body.order,
      (seen) => seen.state === 'expired',
    );
    assert.equal(over.reason, 'never_opened');
    await faulty(CREATE, fault, 0);
    await rested();
  }
});

test('a lost answer whose time is over is found in the provider’s own list', async () => {
  const emil = await house.person('emil');
  await faulty('stripe.webhook', 'held', 3);
  const lost = await loseOrder(emil);
  await pay(`${house.origin}/sandbox/stripe/${lost.page}`);
  assert.equal(await stateOf(emil, lost.path), 'unknown');
  clock.advance(45 * MINUTE_MS);
  await until(
    'the order is paid',
    () => stateOf(emil, lost.path),
    (state) => state === 'paid',
  );
  assert.deepEqual(await booksOf(lost.id), { pages: 1n, payments: 1n, coins: 100n });
});

test('every fault at every call ends in the provider’s truth: one page, one charge, one credit', async () => {
  const fay = await house.person('fay');
  await rested();
  const faults = [
    'drop_before',
    'drop_after',
    'error_after',
    'unavailable',
    'rate_limited',
    'latency',
  ] as const;
  const calls = [CREATE, 'checkout.sessions.retrieve', 'checkout.sessions.expire', LIST];
  for (const fault of faults) {
    for (const call of calls) {
      await faulty(call, fault, 2, fault === 'latency' ? 200 : 0);
      const opened = await fay.post('/v1/orders', { item: { kind: 'exact', coins: '100' } }, randomUUID());
      assert.equal(opened.status, 201, `${fault} at ${call}: ${JSON.stringify(opened.body)}`);
      const path = `/v1/orders/${opened.body.order.id}`;
      const id = parsePublicId('order', opened.body.order.id) as Uuid;
      const canceled = call.endsWith('expire');
      if (canceled) await fay.post(`${path}/cancel`);
      else {
        const url = await until(
          `a page after ${fault} at ${call}`,
          async () => {
            clock.advance(10_000);
            return (await fay.get(path)).body.order.checkoutUrl;
          },
          (found) => found !== null,
        );
        await pay(url);
      }
      await until(
        `the end after ${fault} at ${call}`,
        async () => {
          clock.advance(10_000);
          // Whoever called off and was not heard calls off again.
          if (canceled) await fay.post(`${path}/cancel`);
          return stateOf(fay, path);
        },
        (state) => state === (canceled ? 'canceled' : 'paid'),
      );
      const paid = canceled ? 0n : 1n;
      assert.deepEqual(
        await booksOf(id),
        { pages: 1n, payments: paid, coins: paid * 100n },
        `${fault} at ${call}`,
      );
      assert.equal(await chargesOf(id), paid, `${fault} at ${call}`);
      await faulty(call, fault, 0);
      await rested();
    }
  }
});

test('a webhook that never comes is not needed', async () => {
  const finn = await house.person('finn');
  await faulty('stripe.webhook', 'held', 3);
  const { path, url } = await openOrder(finn, '100');
  await pay(url);
  clock.advance(6_000);
  await until(
    'the order is paid',
    () => stateOf(finn, path),
    (state) => state === 'paid',
  );
});

test('one event, twenty times over two servers, in the wrong order and two days late, is one credit', async () => {
  const gus = await house.person('gus');
  await faulty('stripe.webhook', 'held', 9);
  const orders = await Promise.all(['100', '200', '300'].map((coins) => openOrder(gus, coins)));
  for (const { url } of orders) await pay(url);
  const events = await db.query<{ body: string }>(
    `select body from sandbox.deliveries where about = any($1) and type = 'checkout.session.completed'`,
    [await Promise.all(orders.map(({ id }) => pageOf(id)))],
  );
  assert.equal(events.length, 3);
  const deliveries = shuffled(Array.from({ length: 20 }, () => events).flat());
  const answers = await Promise.all(
    deliveries.map(({ body }, index) => deliver(index % 2 === 0 ? house.origin : second.origin, body)),
  );
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([204]));
  clock.advance(2 * DAY_MS);
  for (const { body } of deliveries) assert.equal((await deliver(house.origin, body)).status, 204);
  for (const { path } of orders) assert.equal(await stateOf(gus, path), 'paid');
  const [{ coins } = {}] = await db.query<{ coins: bigint }>(
    `select sum(p.units)::bigint as coins from purchase_payments p join purchase_orders o on o.id = p.order_id
      where o.user_id = $1`,
    [parsePublicId('user', gus.id)],
  );
  assert.equal(coins, 600n);
});

test('the sandbox itself delivers every event until it is taken, however often', async () => {
  const hal = await house.person('hal');
  await faulty('stripe.webhook', 'duplicated', 3);
  await faulty('stripe.webhook', 'reordered', 3);
  const { path, url } = await openOrder(hal, '100');
  await pay(url);
  clock.advance(4_000);
  await until(
    'the order is paid',
    () => stateOf(hal, path),
    (state) => state === 'paid',
  );
});

test('a webhook that is not the provider’s changes nothing', async () => {
  const ines = await house.person('ines');
  await faulty('stripe.webhook', 'held', 3);
  const { id, path, url } = await openOrder(ines, '100');
  await pay(url);
  const [event] = await db.query<{ body: string }>(
    `select body from sandbox.deliveries where about = $1 and type = 'checkout.session.completed'`,
    [await pageOf(id)],
  );
  const body = event?.body ?? '';
  const nowMs = clock.now();
  const good = signWebhook(webhookSecret, body, nowMs);
  const time = Math.floor(nowMs / 1_000);
  const table: readonly (readonly [string, string | null, string, number, string])[] = [
    ['no signature', null, body, 400, 'webhook_malformed'],
    ['an empty one', '', body, 400, 'webhook_malformed'],
    ['words', 'trust me', body, 400, 'webhook_malformed'],
    ['another secret', signWebhook('x'.repeat(64), body, nowMs), body, 401, 'webhook_rejected'],
    ['an empty secret', signWebhook('', body, nowMs), body, 401, 'webhook_rejected'],
    ['another body', good, body.replace('paid', 'PAID'), 401, 'webhook_rejected'],
    ['the body written again', good, JSON.stringify(JSON.parse(body), null, 1), 401, 'webhook_rejected'],
    ['another scheme', good.replace('v1=', 'v0='), body, 400, 'webhook_malformed'],
    ['a time that was not signed', good.replace(`t=${time}`, `t=${time + 1}`), body, 401, 'webhook_rejected'],
    ['two times', `t=${time},${good}`, body, 400, 'webhook_malformed'],
    ['five minutes old', signWebhook(webhookSecret, body, nowMs - 301_000), body, 401, 'webhook_rejected'],
    ['from the future', signWebhook(webhookSecret, body, nowMs + 301_000), body, 401, 'webhook_rejected'],
    ['no JSON', signWebhook(webhookSecret, 'paid!', nowMs), 'paid!', 400, 'webhook_malformed'],
    ['no object', signWebhook(webhookSecret, 'null', nowMs), 'null', 400, 'webhook_malformed'],
    ['no body', signWebhook(webhookSecret, '', nowMs), '', 400, 'webhook_malformed'],
    signedAs('real money', { livemode: true }),
    signedAs('another account', { account: 'acct_1' }),
  ];
  function signedAs(name: string, change: object): readonly [string, string, string, number, string] {
    const changed = JSON.stringify({ ...(JSON.parse(body) as object), ...change });
    return [name, signWebhook(webhookSecret, changed, nowMs), changed, 401, 'webhook_rejected'];
  }
  for (const [name, signature, sent, status, code] of table) {
    const answer = await send(house.origin, sent, signature);
    assert.deepEqual([answer.status, ((await answer.json()) as { code: string }).code], [status, code], name);
  }
  assert.equal(await stateOf(ines, path), 'awaiting_payment');
  assert.deepEqual((await booksOf(id)).payments, 0n);

  // Signed and true, but of a payment that is not ours: passed over.
  const stranger = JSON.stringify({
    ...(JSON.parse(body) as object),
    data: { object: { object: 'checkout.session', id: 'cs_test_of_another_shop' } },
  });
  assert.equal((await deliver(house.origin, stranger)).status, 204);
  // Two signatures while a secret is being replaced.
  const both = `${good},v1=${'0'.repeat(64)}`;
  assert.equal((await send(house.origin, body, both)).status, 204);
  assert.equal(await stateOf(ines, path), 'paid');
});

test('a clock that is wrong is told to every operator, once, and counted', async () => {
  const { stripe } = house.house.config.payments;
  assert.ok(stripe !== null);
  const open = await testHouse({
    slices: [policy, identity, notices, rates, wallet, purchases],
    clock,
    config: {
      secrets,
      sandbox: false,
      payments: { stripe: { ...stripe, mode: 'test' }, btcpay: null, paypal: null },
    },
  });
  const [olu, ana] = [await anOperator(open, 'olu'), await open.person('ana')];
  assert.deepEqual((await olu.get('/v1/console/webhook-skews')).body.items, []);
  const body = JSON.stringify({ id: 'evt_skew', type: 'checkout.session.completed' });
  const nowMs = clock.now();
  for (const [secret, signedMs] of [
    [webhookSecret, nowMs - 600_000],
    [webhookSecret, nowMs - 3_600_000],
    [webhookSecret, nowMs + 600_000],
    // Whoever does not know the secret raises no alarm, however often.
    ['x'.repeat(64), nowMs - 7_200_000],
  ] as const) {
    assert.equal((await send(open.origin, body, signWebhook(secret, body, signedMs))).status, 401);
  }
  const { items } = (await olu.get('/v1/console/webhook-skews')).body;
  assert.deepEqual(
    items.map(({ reason, times, worstSeconds }: Record<string, string>) => [reason, times, worstSeconds]),
    [
      ['from_the_future', '1', '-600'],
      ['too_old', '2', '3600'],
    ],
  );
  const told = (await olu.get('/v1/me/notices')).body.items;
  assert.deepEqual(
    told.map(({ title, link }: { title: string; link: string }) => [title, link]),
    [['Clocks disagree with Stripe', '/console/reconciliation']],
  );
  assert.deepEqual((await ana.get('/v1/me/notices')).body.items, []);
  assert.equal((await ana.get('/v1/console/webhook-skews')).status, 403);
  await open.close();
});

test('without a secret, or a provider, no webhook is taken at all', async () => {
  const { stripe } = house.house.config.payments;
  assert.ok(stripe !== null);
  const cases = [
    { stripe: { ...stripe, webhookSecrets: [''] }, btcpay: null, paypal: null },
    { stripe: null, btcpay: null, paypal: null },
  ];
  for (const payments of cases) {
    const open = await testHouse({
      slices,
      clock,
      databaseUrl: house.databaseUrl,
      config: { secrets, sandbox: false, payments },
    });
    const body = JSON.stringify({ id: 'evt_1', type: 'checkout.session.completed' });
    const answer = await send(open.origin, body, signWebhook('', body, clock.now()));
    assert.deepEqual(
      [answer.status, ((await answer.json()) as { code: string }).code],
      [404, 'webhook_not_configured'],
    );
    await open.close();
  }
});

test('two secrets hold while one is replaced', async () => {
  const { stripe } = house.house.config.payments;
  assert.ok(stripe !== null);
  const webhookSecrets = ['whsec_the_next_one_of_ours', webhookSecret];
  const open = await testHouse({
    slices,
    clock,
    databaseUrl: house.databaseUrl,
    config: {
      secrets,
      sandbox: false,
      payments: { stripe: { ...stripe, webhookSecrets }, btcpay: null, paypal: null },
    },
  });
  const body = JSON.stringify({
    id: 'evt_1',
    type: 'checkout.session.completed',
    livemode: false,
    data: { object: { object: 'checkout.session', id: 'cs_test_nobodys' } },
  });
  for (const secret of webhookSecrets) {
    assert.equal((await send(open.origin, body, signWebhook(secret, body, clock.now()))).status, 204);
  }
  await open.close();
});

test('what the provider says must fit the order, or it waits for a person', async () => {
  const jo = await house.person('jola');
  const owner = await openDatabase({ url: house.databaseUrl, role: null });
  const dear = await openOrder(jo, '1000');
  const table: readonly (readonly [string, object, string])[] = [
    ['1,000 Coins for a cent', { amount_total: 1, amount_received: 1 }, 'amount_mismatch'],
    ['a page that says more than was paid', { amount_total: 99_999 }, 'unknown_status'],
    ['the payment of another order', { client_reference_id: orderRefOf(dear.id) }, 'order_mismatch'],
    ['real money', { livemode: true }, 'livemode_mismatch'],
    ['a word that is new', { status: 'appeal_under_review' }, 'unknown_status'],
  ];
  for (const [name, change, problem] of table) {
    await faulty('stripe.webhook', 'held', 3);
    const { id, path, url } = await openOrder(jo, '1000');
    await pay(url);
    await falsify(owner, await pageOf(id), change);
    clock.advance(6_000);
    await until(
      'the order is in_review',
      () => stateOf(jo, path),
      (state) => state === 'in_review',
    );
    assert.equal((await orderById(db, id))?.problem, problem, name);
    assert.equal((await booksOf(id)).payments, 0n, name);
    const [{ parked } = {}] = await db.query<{ parked: object }>(
      'select seen as parked from purchase_reviews where order_id = $1',
      [id],
    );
    assert.ok(parked !== undefined, 'what was seen is kept');
  }
  assert.equal((await jo.get('/v1/me/wallet')).body.coins.units, '0');
  assert.equal(await stateOf(jo, dear.path), 'awaiting_payment', 'the order that was named is not touched');
  await owner.close();
});

test('afterwards the books agree, both ways, and history cannot be rewritten', async () => {
  assert.deepEqual(await auditPurchases(db), []);
  for (const table of ['purchase_orders', 'purchase_payments', 'purchase_endings', 'purchase_reviews']) {
    await assert.rejects(db.query(`delete from ${table}`), /permission denied/, table);
  }
  // The audit sees what it is there to see.
  const owner = await openDatabase({ url: house.databaseUrl, role: null });
  await owner.query('alter table purchase_payments disable trigger forbid_change');
  const [gone] = await owner.query<{ order_id: string }>(
    `delete from purchase_payments where order_id = (select order_id from purchase_payments limit 1)
     returning order_id`,
  );
  assert.deepEqual(await auditPurchases(db), [`order ${gone?.order_id} has transfers and no payment`]);
  await owner.close();
});

async function openOrder(person: Person, coins: string): Promise<{ id: Uuid; path: string; url: string }> {
  const { status, body } = await person.post('/v1/orders', { item: { kind: 'exact', coins } }, randomUUID());
  assert.equal(status, 201, JSON.stringify(body));
  const id = parsePublicId('order', body.order.id);
  assert.ok(id !== null);
  return { id, path: `/v1/orders/${body.order.id}`, url: body.order.checkoutUrl };
}

async function stateOf(person: Person, path: string): Promise<string> {
  return (await person.get(path)).body.order.state;
}

async function pay(url: string): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: new URL(url).origin, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'do=pay&card=4242424242424242',
  });
  assert.equal(answer.status, 303);
}

function faulty(call: string, fault: Fault, times: number, milliseconds = 0): Promise<void> {
  return orderFault(db, { call, fault, times, milliseconds });
}

/** An order whose page was opened, and neither the answer nor the list was heard. */
async function loseOrder(person: Person): Promise<{ id: Uuid; path: string; page: string }> {
  await rested();
  await faulty(CREATE, 'drop_after', 4);
  await faulty(LIST, 'drop_before', 4);
  const { body } = await person.post('/v1/orders', { item: { kind: 'exact', coins: '100' } }, randomUUID());
  assert.equal(body.order.state, 'unknown');
  await faulty(CREATE, 'drop_after', 0);
  await faulty(LIST, 'drop_before', 0);
  const id = parsePublicId('order', body.order.id) as Uuid;
  return { id, path: `/v1/orders/${body.order.id}`, page: await pageOf(id) };
}

/** Waits until the provider is asked again: after several misses it is left alone for a while. */
async function rested(): Promise<void> {
  for (const { origin } of [house, second]) {
    await until(
      'the provider is available',
      async () => {
        clock.advance(1_000);
        const { methods } = (await (await fetch(`${origin}/v1/payment-methods`)).json()) as {
          methods: { method: string; available: boolean }[];
        };
        return methods.find(({ method }) => method === 'card')?.available;
      },
      (available) => available === true,
      30_000,
    );
  }
}

async function pageOf(id: Uuid): Promise<string> {
  const [page] = await db.query<{ id: string }>(
    `select id from sandbox.objects where kind = 'checkout.session' and body @> $1`,
    [JSON.stringify({ client_reference_id: orderRefOf(id) })],
  );
  return page?.id ?? '';
}

/** What the company's own books say was charged for an order. */
async function chargesOf(id: Uuid): Promise<bigint> {
  const [row] = await db.query<{ charges: bigint }>(
    `select count(*) as charges from sandbox.objects where kind = 'charge' and body @> $1`,
    [JSON.stringify({ paid: true, metadata: { order: orderRefOf(id) } })],
  );
  return row?.charges ?? 0n;
}

/** The company says something else than what happened. */
async function falsify(owner: Queryable, page: string, change: object): Promise<void> {
  await owner.query(
    `update sandbox.objects set body = body || $2
      where id = $1 or (id = (select body->>'payment_intent' from sandbox.objects where id = $1) and $3)`,
    [page, JSON.stringify(change), 'amount_received' in change],
  );
}

function signWebhook(secret: string, body: string, nowMs: number): string {
  const seconds = Math.floor(nowMs / 1_000);
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}

function deliver(origin: string, body: string): Promise<Response> {
  return send(origin, body, signWebhook(webhookSecret, body, clock.now()));
}

function send(origin: string, body: string, signature: string | null): Promise<Response> {
  return fetch(`${origin}/v1/webhooks/stripe`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(signature === null ? {} : { 'stripe-signature': signature }),
    },
    body,
  });
}

/** The sandbox's books and ours about one order. */
async function booksOf(id: Uuid): Promise<{ pages: bigint; payments: bigint; coins: bigint }> {
  const [books] = await db.query<{ pages: bigint; payments: bigint; coins: bigint }>(
    `select (select count(*) from sandbox.objects where kind = 'checkout.session' and body @> $2) as pages,
            (select count(*) from purchase_payments where order_id = $1) as payments,
            (select coalesce(sum(amount), 0)::bigint from ledger_transfers
              where user_data_128 = $1 and ledger = 1) as coins`,
    [id, JSON.stringify({ client_reference_id: orderRefOf(id) })],
  );
  assert.ok(books !== undefined);
  return books;
}

/** Fisher and Yates. */
function shuffled<T>(items: T[]): T[] {
  for (let index = items.length - 1; index > 0; index -= 1) {
    const other = Math.floor(Math.random() * (index + 1));
    [items[index], items[other]] = [items[other] as T, items[index] as T];
  }
  return items;
}
