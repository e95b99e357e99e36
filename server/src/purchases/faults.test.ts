import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { type Person, testHouse } from '../../test/test-house.ts';
import { until } from '../../test/until.ts';
import { DAY_MS, MINUTE_MS, testClock } from '../core/clock.ts';
import { newId, parsePublicId, type Uuid } from '../core/ids.ts';
import { openDatabase } from '../db/database.ts';
import { identity } from '../identity/index.ts';
import { policy } from '../policy/index.ts';
import { rates } from '../rates/index.ts';
import { wallet } from '../wallet/index.ts';
import { auditPurchases } from './audit-purchases.ts';
import { purchases } from './index.ts';
import { SIGNATURE_HEADER, signWebhook } from './sandbox/signature.ts';
import { orderRefOf } from './shop.ts';
import { insertOrder, orderById } from './store.ts';

const clock = testClock(Date.UTC(2026, 10, 24, 12));
const slices = [policy, identity, rates, wallet, purchases];
const house = await testHouse({ slices, clock });
// A second server on the same database: its checks and deliveries run beside the first one's.
const { secrets } = house.house.config;
const second = await testHouse({ slices, clock, databaseUrl: house.databaseUrl, config: { secrets } });
const { db } = house.house;

test('T16: a crash between the order and the call ends in one page, one charge, one credit', async () => {
  const ana = await house.person('ana');
  const order = {
    id: newId(),
    userId: parsePublicId('user', ana.id) as Uuid,
    idempotencyKey: randomUUID(),
    requestHash: Buffer.alloc(32),
    packId: null,
    coins: 100n,
    priceCents: 135n,
    perCoinNumerator: 135n,
    perCoinDenominator: 100n,
    policyVersion: 1,
    provider: 'sandbox',
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

test('T16, T24: an answer that is lost after the call leads back to the page that was opened', async () => {
  const ben = await house.person('ben');
  for (const fault of ['create_reply_lost', 'create_fails_after']) {
    // Both tries of the call meet the fault.
    await faulty(fault, 2);
    const key = randomUUID();
    const body = { item: { kind: 'exact', coins: '100' } };
    const lost = await ben.post('/v1/orders', body, key);
    assert.deepEqual(
      [lost.status, lost.body.order.state, lost.body.order.checkoutUrl],
      [201, 'unknown', null],
    );
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

test('T24: paid on a page that we never heard of is credited when the provider tells', async () => {
  const cleo = await house.person('cleo');
  await faulty('create_reply_lost', 2);
  const { body } = await cleo.post('/v1/orders', { item: { kind: 'exact', coins: '100' } }, randomUUID());
  assert.equal(body.order.state, 'unknown');
  const [page] = await db.query<{ ref: string }>('select ref from sandbox.checkouts where order_ref = $1', [
    body.order.id,
  ]);
  await pay(`${house.origin}/sandbox/checkout/${page?.ref}`);
  await until(
    'the order is paid',
    () => stateOf(cleo, `/v1/orders/${body.order.id}`),
    (state) => state === 'paid',
  );
});

test('T25: a provider that is away leaves the order unknown, and nobody is charged', async () => {
  const dora = await house.person('dora');
  await faulty('create_unavailable', 1_000_000);
  const { body } = await dora.post('/v1/orders', { item: { kind: 'exact', coins: '100' } }, randomUUID());
  assert.equal(body.order.state, 'unknown');
  clock.advance(45 * MINUTE_MS);
  const path = `/v1/orders/${body.order.id}`;
  const over = await until(
    'the order is expired',
    async () => (await dora.get(path)).body.order,
    (seen) => seen.state === 'expired',
  );
  assert.equal(over.reason, 'never_opened');
  await faulty('create_unavailable', 0);
});

test('T24: a lost answer whose time is over is found in the provider’s own list', async () => {
  const emil = await house.person('emil');
  await faulty('create_reply_lost', 2);
  await faulty('webhook_dropped', 1);
  const { body } = await emil.post('/v1/orders', { item: { kind: 'exact', coins: '100' } }, randomUUID());
  const id = parsePublicId('order', body.order.id) as Uuid;
  const [page] = await db.query<{ ref: string }>('select ref from sandbox.checkouts where order_ref = $1', [
    body.order.id,
  ]);
  await pay(`${house.origin}/sandbox/checkout/${page?.ref}`);
  assert.equal(await stateOf(emil, `/v1/orders/${body.order.id}`), 'unknown');
  clock.advance(45 * MINUTE_MS);
  await until(
    'the order is paid',
    () => stateOf(emil, `/v1/orders/${body.order.id}`),
    (state) => state === 'paid',
  );
  assert.deepEqual(await booksOf(id), { pages: 1n, payments: 1n, coins: 100n });
});

test('a webhook that never comes is not needed', async () => {
  const finn = await house.person('finn');
  await faulty('webhook_dropped', 1);
  const { path, url } = await openOrder(finn, '100');
  await pay(url);
  clock.advance(6_000);
  await until(
    'the order is paid',
    () => stateOf(finn, path),
    (state) => state === 'paid',
  );
});

test('T48: one event, twenty times over two servers, in the wrong order and two days late, is one credit', async () => {
  const gus = await house.person('gus');
  await faulty('webhook_dropped', 3);
  const orders = await Promise.all(['100', '200', '300'].map((coins) => openOrder(gus, coins)));
  for (const { url } of orders) await pay(url);
  const events = await db.query<{ body: string }>(
    `select body from sandbox.events e join sandbox.checkouts c using (ref) where order_ref = any($1)`,
    [orders.map(({ id }) => orderRefOf(id))],
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
    `select sum(p.coins)::bigint as coins from coin_order_payments p join coin_orders o on o.id = p.order_id
      where o.user_id = $1`,
    [parsePublicId('user', gus.id)],
  );
  assert.equal(coins, 600n);
});

test('T48: the sandbox itself delivers every event until it is taken, however often', async () => {
  const hal = await house.person('hal');
  await faulty('webhook_duplicated', 1, 5);
  const { path, url } = await openOrder(hal, '100');
  await pay(url);
  await until(
    'the order is paid',
    () => stateOf(hal, path),
    (state) => state === 'paid',
  );
});

test('T49: a webhook that is not the provider’s changes nothing', async () => {
  const ines = await house.person('ines');
  await faulty('webhook_dropped', 1);
  const { id, path, url } = await openOrder(ines, '100');
  await pay(url);
  const [event] = await db.query<{ body: string }>(
    'select body from sandbox.events e join sandbox.checkouts c using (ref) where order_ref = $1',
    [orderRefOf(id)],
  );
  const body = event?.body ?? '';
  const nowMs = clock.now();
  const good = signWebhook(secrets.webhook, body, nowMs);
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
    ['five minutes old', signWebhook(secrets.webhook, body, nowMs - 301_000), body, 401, 'webhook_rejected'],
    ['from the future', signWebhook(secrets.webhook, body, nowMs + 301_000), body, 401, 'webhook_rejected'],
    ['no JSON', signWebhook(secrets.webhook, 'paid!', nowMs), 'paid!', 400, 'webhook_malformed'],
    ['no object', signWebhook(secrets.webhook, 'null', nowMs), 'null', 400, 'webhook_malformed'],
    ['no body', signWebhook(secrets.webhook, '', nowMs), '', 400, 'webhook_malformed'],
  ];
  for (const [name, signature, sent, status, code] of table) {
    const answer = await send(house.origin, sent, signature);
    assert.deepEqual([answer.status, ((await answer.json()) as { code: string }).code], [status, code], name);
  }
  assert.equal(await stateOf(ines, path), 'awaiting_payment');
  assert.deepEqual((await booksOf(id)).payments, 0n);

  // Signed and true, but of a payment that is not ours: passed over.
  const stranger = JSON.stringify({ id: 'evt_1', type: 'checkout.paid', ref: 'sbx_of_another_shop' });
  assert.equal((await deliver(house.origin, stranger)).status, 204);
  // Two signatures while a secret is being replaced.
  const both = `${good},v1=${'0'.repeat(64)}`;
  assert.equal((await send(house.origin, body, both)).status, 204);
  assert.equal(await stateOf(ines, path), 'paid');
});

test('T49: without a secret no webhook is taken at all', async () => {
  const open = await testHouse({
    slices,
    clock,
    databaseUrl: house.databaseUrl,
    config: { secrets: { ...secrets, webhook: '' } },
  });
  const body = JSON.stringify({ id: 'evt_1', type: 'checkout.paid', ref: 'sbx_1' });
  const answer = await send(open.origin, body, signWebhook('', body, clock.now()));
  assert.deepEqual(
    [answer.status, ((await answer.json()) as { code: string }).code],
    [404, 'webhook_not_configured'],
  );
  await open.close();
});

test('T50: what the provider says must fit the order, or it waits for a person', async () => {
  const jo = await house.person('jola');
  const owner = await openDatabase({ url: house.databaseUrl, role: null });
  const dear = await openOrder(jo, '1000');
  const table: readonly (readonly [string, string, string])[] = [
    ['1,000 Coins for a cent', 'amount_cents = 1', 'amount_mismatch'],
    ['another currency', `currency = 'JPY'`, 'currency_mismatch'],
    ['the payment of another order', `order_ref = '${orderRefOf(dear.id)}'`, 'order_mismatch'],
    ['a fee above the price', 'amount_cents = amount_cents, fee_cents = 999999', 'fee_mismatch'],
    ['a word that is new', `status = 'appeal_under_review'`, 'unknown_status'],
  ];
  for (const [name, change, problem] of table) {
    await faulty('webhook_dropped', 1);
    const { id, path, url } = await openOrder(jo, '1000');
    await pay(url);
    await owner.query(`update sandbox.checkouts set ${change} where idempotency_key = $1`, [id]);
    clock.advance(6_000);
    await until(
      'the order is in_review',
      () => stateOf(jo, path),
      (state) => state === 'in_review',
    );
    assert.equal((await orderById(db, id))?.problem, problem, name);
    assert.equal((await booksOf(id)).payments, 0n, name);
    const [{ parked } = {}] = await db.query<{ parked: object }>(
      'select seen as parked from coin_order_reviews where order_id = $1',
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
  for (const table of ['coin_orders', 'coin_order_payments', 'coin_order_endings', 'coin_order_reviews']) {
    await assert.rejects(db.query(`delete from ${table}`), /permission denied/, table);
  }
  // The audit sees what it is there to see.
  const owner = await openDatabase({ url: house.databaseUrl, role: null });
  await owner.query('alter table coin_order_payments disable trigger forbid_change');
  const [gone] = await owner.query<{ order_id: string }>(
    `delete from coin_order_payments where order_id = (select order_id from coin_order_payments limit 1)
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
    body: 'do=pay&card=pays',
  });
  assert.equal(answer.status, 303);
}

async function faulty(name: string, times: number, milliseconds = 0): Promise<void> {
  await db.query(
    `insert into sandbox.faults (name, remaining, milliseconds) values ($1, $2, $3)
     on conflict (name) do update set remaining = $2, milliseconds = $3`,
    [name, times, milliseconds],
  );
}

function deliver(origin: string, body: string): Promise<Response> {
  return send(origin, body, signWebhook(secrets.webhook, body, clock.now()));
}

function send(origin: string, body: string, signature: string | null): Promise<Response> {
  return fetch(`${origin}/v1/webhooks/sandbox`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(signature === null ? {} : { [SIGNATURE_HEADER]: signature }),
    },
    body,
  });
}

/** The sandbox's books and ours about one order. */
async function booksOf(id: Uuid): Promise<{ pages: bigint; payments: bigint; coins: bigint }> {
  const [books] = await db.query<{ pages: bigint; payments: bigint; coins: bigint }>(
    `select (select count(*) from sandbox.checkouts where order_ref = $2) as pages,
            (select count(*) from coin_order_payments where order_id = $1) as payments,
            (select coalesce(sum(amount), 0)::bigint from ledger_transfers
              where user_data_128 = $1 and ledger = 1) as coins`,
    [id, orderRefOf(id)],
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
