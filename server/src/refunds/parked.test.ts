import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holds, userIdOf } from '../../test/refund-scene.ts';
import { type Person, testHouse } from '../../test/test-house.ts';
import { anOperator } from '../../test/town-life.ts';
import { until } from '../../test/until.ts';
import { DAY_MS, MINUTE_MS, testClock } from '../core/clock.ts';
import { newId } from '../core/ids.ts';
import { openDatabase } from '../db/database.ts';
import { auditPurchases } from '../purchases/audit-purchases.ts';
import { auditRefunds } from './audit-refunds.ts';

const clock = testClock(Date.UTC(2026, 10, 24, 9));
const site = await testHouse({ clock });
const { db } = site.house;
const olu = await anOperator(site, 'olu');
const per = await anOperator(site, 'per');

/** An order in crypto of 100 Coins ($1.35) for which so much came; it waits for a person. */
async function parked(person: Person, paid: string, words: readonly [string, string]): Promise<string> {
  const body = { item: { kind: 'exact', coins: '100' }, method: 'crypto' };
  const opened = await person.post('/v1/orders', body, newId());
  assert.equal(opened.status, 201, JSON.stringify(opened.body));
  const { id, checkoutUrl } = opened.body.order;
  const owner = await openDatabase({ url: site.databaseUrl, role: null });
  await owner.query(
    `update sandbox.objects set body = body || jsonb_build_object('status', $2::text, 'additionalStatus', $3::text,
       'paidAmount', $4::text), inner_state = jsonb_set(inner_state, '{payments}', jsonb_build_array(jsonb_build_object(
         'hash', repeat('a', 64), 'satoshi', '1500', 'at', $5::bigint, 'late', false, 'confirmations', 6)))
      where id = $1`,
    [checkoutUrl.split('/').at(-1), ...words, paid, Math.floor(clock.now() / 1_000)],
  );
  await owner.close();
  await until(
    'it waits for a person',
    async () => {
      clock.advance(MINUTE_MS / 4);
      return (await person.get(`/v1/orders/${id}`)).body.order.state;
    },
    (state) => state === 'in_review',
  );
  return id;
}

function resolve(who: Person, order: string, body: object) {
  return who.request('PUT', `/v1/console/orders/${order}/resolution`, { body });
}

async function coinsOf(person: Person): Promise<bigint> {
  return (await holds(site, userIdOf(person))).coins;
}

test('what came is credited at the order’s price, once, whoever asks', async () => {
  const ana = await site.person('ana');
  const order = await parked(ana, '1.00', ['Expired', 'PaidPartial']);
  const { items } = (await olu.get('/v1/console/orders?show=parked')).body;
  assert.deepEqual(
    items.map(({ id }: { id: string }) => id),
    [order],
  );
  const seen = (await olu.get(`/v1/console/orders/${order}`)).body.parked;
  assert.deepEqual([seen.problem, seen.came.display, seen.credits.units], ['paid_partial', '$1.00', '74']);
  assert.equal(
    (await resolve(olu, order, { verdict: 'close', reason: 'Nothing came' })).body.code,
    'money_came',
  );
  const both = await Promise.all([
    resolve(olu, order, { verdict: 'credit', reason: 'What came' }),
    resolve(per, order, { verdict: 'credit', reason: 'What came' }),
  ]);
  assert.deepEqual(
    both.map(({ status }) => status).sort(),
    [200, 409],
    JSON.stringify(both.map(({ body }) => body)),
  );
  assert.equal(await coinsOf(ana), 74n);
  const paid = (await ana.get(`/v1/orders/${order}`)).body.order;
  assert.deepEqual([paid.state, paid.bought.units, paid.price.display], ['paid', '74', '$1.00']);
  assert.deepEqual((await olu.get('/v1/console/orders?show=parked')).body.items, []);
  assert.deepEqual([...(await auditPurchases(db)), ...(await auditRefunds(db))], []);
});

test('what goes back by hand, and what was marked by hand, takes two operators', async () => {
  const ben = await site.person('ben');
  const order = await parked(ben, '1.00', ['Expired', 'PaidPartial']);
  assert.equal(
    (await resolve(olu, order, { verdict: 'given_back', reason: 'They asked' })).body.code,
    'reference_needed',
  );
  const asked = await resolve(olu, order, {
    verdict: 'given_back',
    reason: 'They asked',
    reference: 'tx 4f1a',
  });
  assert.deepEqual(
    [asked.status, asked.body.parked.resolution.state],
    [200, 'waiting'],
    JSON.stringify(asked.body),
  );
  const { id, bodyHash } = asked.body.parked.resolution.approval;
  const decide = (who: Person) =>
    who.request('PUT', `/v1/console/orders/${order}/resolution-decision`, {
      body: { approvalId: id, verdict: 'approved', bodyHash, reason: null },
    });
  assert.equal((await decide(olu)).body.code, 'approval_is_your_own');
  const done = await decide(per);
  assert.deepEqual(
    [done.status, done.body.parked.resolution.state],
    [200, 'done'],
    JSON.stringify(done.body),
  );
  assert.equal(await coinsOf(ben), 0n);
  assert.equal(
    (await resolve(olu, order, { verdict: 'credit', reason: 'Again' })).body.code,
    'order_not_parked',
  );

  const cleo = await site.person('cleo');
  const marked = await parked(cleo, '1.35', ['Settled', 'Marked']);
  const credit = await resolve(olu, marked, { verdict: 'credit', reason: 'I saw it come' });
  assert.equal(credit.body.parked.resolution.state, 'waiting');
  assert.equal(await coinsOf(cleo), 0n);
  // Decided where all approvals are.
  const { items } = (await per.get('/v1/console/approvals')).body;
  const open = items.find(({ kind }: { kind: string }) => kind === 'parked_order');
  assert.equal(open.title, 'An order that waits for a person');
  const body = { verdict: 'approved', bodyHash: open.bodyHash };
  const own = await olu.request('PUT', `/v1/console/approvals/${open.id}`, { body });
  assert.equal(own.body.code, 'approval_is_your_own');
  const approved = await per.request('PUT', `/v1/console/approvals/${open.id}`, { body });
  assert.equal(approved.status, 200, JSON.stringify(approved.body));
  assert.equal(await coinsOf(cleo), 100n);
});

test('what was credited as it came, and what was given back, agree with the provider’s books', async () => {
  const nowMs = clock.now();
  const made = await olu.post('/v1/console/reconciliation', {
    provider: 'btcpay',
    since: new Date(nowMs - DAY_MS).toISOString(),
    until: new Date(nowMs + MINUTE_MS).toISOString(),
  });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  assert.deepEqual(made.body.differences, []);
});

test('the database refuses a payment of another amount that nobody decided', async () => {
  await assert.rejects(
    db.query(
      `insert into purchase_payments (order_id, provider, provider_ref, asset, units, price_cents, fee_cents, paid_at,
         credit_transfer_id, posted_at)
       select id, provider, 'forged', asset, units * 10, price_cents, 0, now(), gen_random_uuid(), 1
         from purchase_orders limit 1`,
    ),
    /another amount than was ordered or decided/,
  );
});
