import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buy, cents, holds, refund, SLOW_CARD, userIdOf } from '../../test/refund-scene.ts';
import { type Person, testHouse } from '../../test/test-house.ts';
import { anOperator } from '../../test/town-life.ts';
import { until } from '../../test/until.ts';
import { HOUR_MS, SECOND_MS, testClock } from '../core/clock.ts';
import { parsePublicId, type Uuid } from '../core/ids.ts';
import { openDatabase } from '../db/database.ts';
import { auditPurchases } from '../purchases/audit-purchases.ts';
import { orderById, providerOf, shopOf } from '../purchases/index.ts';
import { auditRefunds } from './audit-refunds.ts';
import { checkRefunds } from './jobs.ts';
import { hearPayment } from './meet-recalls.ts';
import { decideParkedRefund, refundById } from './store.ts';

const clock = testClock(Date.UTC(2026, 10, 24, 9));
const site = await testHouse({ clock });
const { db } = site.house;
const shop = shopOf(site.house);
const olu = await anOperator(site, 'olu');
const per = await anOperator(site, 'per');

interface Case {
  readonly fan: Person;
  readonly order: string;
  readonly id: string;
  readonly uuid: Uuid;
}

/** A refund of 100 Coins ($1.35) that the provider holds, and of which it then says something else than it should. */
async function parked(handle: string, said: Readonly<Record<string, unknown>>): Promise<Case> {
  const fan = await site.person(handle);
  const order = await buy(fan, 100n, SLOW_CARD);
  const { id, state } = (await refund(fan, order)).body.refund;
  assert.equal(state, 'sent');
  const uuid = parsePublicId('refund', id) as Uuid;
  await says(uuid, said);
  await until(
    'it waits for a person',
    async () => {
      clock.advance(10 * SECOND_MS);
      return (await refundById(db, uuid))?.state;
    },
    (now) => now === 'parked',
  );
  return { fan, order, id, uuid };
}

/** Changes what the provider says of the refund. */
async function says(refundId: Uuid, said: Readonly<Record<string, unknown>>): Promise<void> {
  const ref = (await refundById(db, refundId))?.refundRef;
  const owner = await openDatabase({ url: site.databaseUrl, role: null });
  const changed = await owner.query(
    'update sandbox.objects set body = body || $2::jsonb where id = $1 returning id',
    [ref, JSON.stringify(said)],
  );
  // It says so from now on.
  await owner.query('delete from sandbox.later where about = $1', [ref]);
  await owner.close();
  assert.equal(changed.length, 1);
}

const ask = (who: Person, { id }: Case, verdict: 'refunded' | 'failed') =>
  who.request('PUT', `/v1/console/refunds/${id}/verdict`, { body: { verdict, reason: 'I asked Stripe' } });

async function decide(who: Person, { id }: Case, verdict: 'approved' | 'rejected' = 'approved') {
  const { items } = (await who.get('/v1/console/approvals?kind=parked_refund&limit=50')).body;
  const approval = items.find(({ body }: { body: { refund: string } }) => body.refund === id);
  return who.request('PUT', `/v1/console/approvals/${approval.id}`, {
    body: { verdict, bodyHash: approval.bodyHash, ...(verdict === 'rejected' ? { reason: 'Not yet' } : {}) },
  });
}

const stateOf = async ({ uuid }: Case) => (await refundById(db, uuid))?.state;
const coinsOf = async ({ fan }: Case) => (await holds(site, userIdOf(fan))).coins;
const isClean = async () =>
  assert.deepEqual([...(await auditRefunds(db)), ...(await auditPurchases(db))], []);

test('two operators find that nothing was sent: the Coins are free again', async () => {
  const one = await parked('ana', { status: 'on_its_head' });
  assert.equal(await coinsOf(one), 0n);
  assert.equal((await ask(one.fan, one, 'failed')).status, 403);
  assert.equal((await ask(olu, one, 'failed')).status, 200);
  assert.equal(await stateOf(one), 'parked', 'one operator alone ends nothing');
  assert.equal((await decide(olu, one)).body.code, 'approval_is_your_own');
  assert.equal((await decide(per, one, 'rejected')).status, 200);
  assert.equal(await stateOf(one), 'parked');
  assert.equal((await ask(per, one, 'failed')).status, 200);
  const done = await decide(olu, one);
  assert.equal(done.status, 200, JSON.stringify(done.body));
  assert.deepEqual([await stateOf(one), await coinsOf(one)], ['failed', 100n]);
  const [seen] = (await one.fan.get(`/v1/orders/${one.order}/refund`)).body.refunds;
  assert.equal(seen.failure, 'The payment provider sent nothing.');
  assert.deepEqual(
    seen.steps.map(({ title }: { title: string }) => title),
    ['Asked for', 'Sent to the provider', 'Somebody asks the provider', 'Did not work'],
  );
  assert.equal((await ask(olu, one, 'failed')).body.code, 'refund_moved_on');
  await isClean();

  // The same word once more is no news.
  const heard = async () => {
    const row = await orderById(db, parsePublicId('order', one.order) as Uuid);
    assert.ok(row?.providerRef);
    const fetched = await providerOf(shop, row)?.fetch(row.providerRef);
    assert.ok(fetched?.kind === 'ok');
    await hearPayment(shop, row, fetched.value);
  };
  await heard();
  assert.equal(await coinsOf(one), 100n);
  assert.equal((await one.fan.get(`/v1/orders/${one.order}/refund`)).body.possible, true, 'no case is open');

  // It was sent after all: then it is booked as what the provider gave back by itself.
  await says(one.uuid, { status: 'succeeded' });
  await heard();
  assert.equal(await coinsOf(one), 0n);
  await isClean();
});

test('money that went back is booked so, and the books never say the opposite of the provider', async () => {
  const one = await parked('ben', { amount: 134, status: 'succeeded' });
  const cash = await cents(site, 'cash');
  const refused = await ask(olu, one, 'failed');
  assert.deepEqual([refused.status, refused.body.code], [409, 'provider_says_otherwise']);
  assert.equal((await ask(olu, one, 'refunded')).status, 200);
  const [first, second] = await Promise.all([decide(per, one), decide(per, one)]);
  assert.deepEqual([first.status, second.status].sort(), [200, 409]);
  assert.deepEqual([await stateOf(one), await coinsOf(one)], ['refunded', 0n]);
  assert.equal(await cents(site, 'cash'), cash, 'it was set aside when it was asked for');
  clock.advance(2 * HOUR_MS);
  await checkRefunds(shop);
  assert.equal(await stateOf(one), 'refunded', 'nobody asks again what people decided');
  await isClean();
});

test('what was decided is done after a crash; what came clear by itself is not decided any more', async () => {
  const one = await parked('cleo', { status: 'on_its_head' });
  assert.equal(await decideParkedRefund(db, one.uuid, 'failed', new Date(clock.now())), true);
  assert.equal(await decideParkedRefund(db, one.uuid, 'refunded', new Date(clock.now())), false);
  await until(
    'it is done',
    async () => {
      clock.advance(SECOND_MS);
      return stateOf(one);
    },
    (state) => state === 'failed',
  );
  assert.equal(await coinsOf(one), 100n);

  const other = await parked('dora', { status: 'on_its_head' });
  assert.equal((await ask(olu, other, 'failed')).status, 200);
  await says(other.uuid, { status: 'succeeded' });
  assert.equal((await decide(per, other)).body.code, 'provider_says_otherwise');
  await until(
    'it came clear',
    async () => {
      clock.advance(HOUR_MS / 2);
      return stateOf(other);
    },
    (state) => state === 'refunded',
  );
  assert.equal((await decide(per, other, 'rejected')).status, 200, 'and leaves the queue');
  const steps = (await other.fan.get(`/v1/orders/${other.order}/refund`)).body.refunds[0].steps;
  assert.equal(steps.at(-1).title, 'Given back');
  await isClean();
});

test('where the provider has two for one request of ours, both count', async () => {
  for (const [handle, first, second] of [
    ['ella', 'failed', 'succeeded'],
    ['fay', 'succeeded', 'failed'],
  ] as const) {
    const one = await parked(handle, { status: first, amount: 134 });
    const { refundRef } = (await refundById(db, one.uuid)) ?? {};
    const owner = await openDatabase({ url: site.databaseUrl, role: null });
    await owner.query(
      `insert into sandbox.objects (id, kind, parent, created_at, body, inner_state)
       select id || 'Second', kind, parent, created_at,
              body || jsonb_build_object('id', id || 'Second', 'status', $2::text), inner_state
         from sandbox.objects where id = $1`,
      [refundRef, second],
    );
    await owner.close();
    assert.equal((await ask(olu, one, 'failed')).body.code, 'provider_says_otherwise', first);
    assert.equal((await ask(olu, one, 'refunded')).status, 200, first);
  }
});
