import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buy, holds, refund, userIdOf } from '../../test/refund-scene.ts';
import { type Person, testHouse } from '../../test/test-house.ts';
import { anOperator, makeOperator } from '../../test/town-life.ts';
import { until } from '../../test/until.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS, testClock } from '../core/clock.ts';
import { newId, parsePublicId } from '../core/ids.ts';
import { openDatabase } from '../db/database.ts';
import { accountId } from '../ledger/index.ts';
import { auditPurchases } from '../purchases/audit-purchases.ts';
import { orderById, shopOf } from '../purchases/index.ts';
import { offerRefund } from './ask-refund.ts';
import { auditRefunds } from './audit-refunds.ts';
import { confirmSent } from './by-hand.ts';
import { carryRefund } from './carry-refund.ts';
import { checkRefunds } from './jobs.ts';
import { supportGaveBack } from './store.ts';

const clock = testClock(Date.UTC(2026, 10, 24, 9));
const site = await testHouse({ clock });
const { house } = site;
const { db } = house;
const shop = shopOf(house);
const olu = await anOperator(site, 'olu');

/** Buys Coins with crypto, which its provider cannot send back. */
async function buyWithCrypto(person: Person, coins: bigint): Promise<string> {
  const item = { kind: 'exact', coins: String(coins) };
  const opened = await person.post('/v1/orders', { item, method: 'crypto' }, newId());
  assert.equal(opened.status, 201, JSON.stringify(opened.body));
  const { id, checkoutUrl } = opened.body.order;
  const paid = await person.request('POST', new URL(checkoutUrl).pathname, {
    body: 'do=send',
    headers: { origin: new URL(checkoutUrl).origin, 'content-type': 'application/x-www-form-urlencoded' },
  });
  assert.equal(paid.status, 303);
  await until(
    'it is paid',
    async () => {
      clock.advance(SECOND_MS);
      return (await person.get(`/v1/orders/${id}`)).body.order.state;
    },
    (state) => state === 'paid',
  );
  return id;
}
async function worldCents(name: string): Promise<bigint> {
  const id = accountId('world', name, 'USD');
  const account = (await house.ledger.balances([id])).get(id);
  return account === undefined ? 0n : account.creditsPosted - account.debitsPosted;
}
async function coinsOf(person: Person): Promise<bigint> {
  return (await holds(site, userIdOf(person))).coins;
}
function ask(who: Person, order: string, body: object = {}) {
  return who.post(`/v1/console/orders/${order}/refunds`, { reason: 'Asked by mail', ...body }, newId());
}
function sent(who: Person, id: string, reference: string) {
  return who.request('PUT', `/v1/console/refunds/${id}/sent`, { body: { reference } });
}
function takenBack(who: Person, id: string) {
  return who.request('PUT', `/v1/console/refunds/${id}/taken-back`, { body: { reason: 'Not after all' } });
}
function decide(who: Person, { id, approval }: { id: string; approval: { id: string; bodyHash: string } }) {
  const { id: approvalId, bodyHash } = approval;
  return who.request('PUT', `/v1/console/refunds/${id}/decision`, {
    body: { approvalId, verdict: 'approved', bodyHash, reason: null },
  });
}
async function audited(): Promise<void> {
  assert.deepEqual([...(await auditRefunds(db)), ...(await auditPurchases(db))], []);
}

test('while there is one operator, what takes two says so, with the way out, and goes on by itself', async () => {
  const ana = await site.person('ana');
  const order = await buy(ana, 8_000n); // $108.00
  const asked = await ask(olu, order);
  assert.deepEqual([asked.status, asked.body.refund.state], [201, 'waiting'], JSON.stringify(asked.body));
  assert.match(asked.body.refund.failure, /takes two operators.*npm run make-operator/);
  const seen = (await ana.get(`/v1/orders/${order}/refund`)).body.refunds[0];
  assert.equal(seen.state, 'waiting');
  assert.match(seen.failure, /takes two operators/);
  assert.doesNotMatch(seen.failure, /npm/, 'what to type is the operators’ business');
  const back = await takenBack(olu, asked.body.refund.id);
  assert.deepEqual([back.status, back.body.refund.state], [200, 'rejected'], JSON.stringify(back.body));
  assert.equal(await coinsOf(ana), 8_000n);

  const again = await ask(olu, order);
  const per = await site.person('per');
  await makeOperator(site, per);
  clock.advance(2 * MINUTE_MS);
  // Whoever looks at the same moment asks once: what was asked is not withdrawn under the eyes of the second operator.
  const id = parsePublicId('refund', again.body.refund.id) ?? '';
  await Promise.all(Array.from({ length: 8 }, () => carryRefund(shop, id)));
  const [approvals] = await db.query<{ asked: bigint }>(
    'select count(*) as asked from approvals where subject_id = $1',
    [id],
  );
  assert.equal(approvals?.asked, 1n);
  const open = await until(
    'the second operator is asked',
    async () => {
      await checkRefunds(shop);
      return (await per.get(`/v1/console/orders/${order}`)).body.refunds[0];
    },
    ({ approval }) => approval !== null,
  );
  assert.deepEqual([open.failure, open.state], [null, 'waiting']);
  const done = await decide(per, open);
  assert.deepEqual([done.body.refund.id, done.body.refund.state], [again.body.refund.id, 'refunded']);
  await audited();
});

test('a refund that came to nothing leaves no difference between the provider’s books and ours', async () => {
  const made = await olu.post('/v1/console/reconciliation', {
    provider: 'stripe',
    since: new Date(clock.now() - DAY_MS).toISOString(),
    until: new Date(clock.now() + MINUTE_MS).toISOString(),
  });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  assert.deepEqual(made.body.differences, []);
});

test('never by hand what the provider can send back itself', async () => {
  const ben = await site.person('ben');
  const order = await buy(ben, 100n);
  const detail = (await olu.get(`/v1/console/orders/${order}`)).body;
  assert.deepEqual([detail.offer.possible, detail.offer.road], [true, 'provider']);
  assert.equal((await ask(olu, order, { reference: 'SEPA 1' })).status, 400, 'there is no such field');
  const asked = await ask(olu, order);
  assert.deepEqual([asked.body.refund.road, asked.body.refund.state], ['provider', 'refunded']);
  assert.equal((await sent(olu, asked.body.refund.id, 'SEPA 1')).body.code, 'refund_moved_on');
  assert.equal((await takenBack(olu, asked.body.refund.id)).body.code, 'refund_moved_on');
  await audited();
});

test('crypto: held when asked, paid after it was decided, booked with its reference, to an account of its own', async () => {
  const per = await anOperator(site, 'pia');
  const cleo = await site.person('cleo');
  const order = await buyWithCrypto(cleo, 8_000n); // $108.00
  assert.equal((await refund(cleo, order)).body.code, 'refund_needs_a_hand');
  const [provider, byHand] = [await worldCents('btcpay_sandbox'), await worldCents('by_hand')];
  const asked = await ask(olu, order);
  assert.deepEqual(
    [asked.body.refund.road, asked.body.refund.state, asked.body.refund.reference],
    ['hand', 'waiting', null],
    JSON.stringify(asked.body),
  );
  assert.equal(await coinsOf(cleo), 0n, 'held at once');
  assert.equal(
    (await sent(per, asked.body.refund.id, 'tx 1')).body.code,
    'refund_moved_on',
    'not decided yet',
  );
  const yes = await decide(per, asked.body.refund);
  assert.deepEqual([yes.body.refund.state, await worldCents('by_hand')], ['to_pay', byHand]);
  // Nothing ends it by itself: perhaps the money is on its way.
  clock.advance(40 * DAY_MS);
  await checkRefunds(shop);
  const id = parsePublicId('refund', asked.body.refund.id) ?? '';
  const about = { reference: 'tx 4b7c', by: userIdOf(per) };
  await Promise.all([confirmSent(house, id, about), confirmSent(house, id, about)]);
  await assert.rejects(confirmSent(house, id, { ...about, reference: 'tx other' }), /refund/i);
  await confirmSent(house, id, about);
  assert.equal(await worldCents('by_hand'), byHand + 10_800n);
  assert.equal(await worldCents('btcpay_sandbox'), provider, 'the provider has nothing to do with it');
  assert.equal(await coinsOf(cleo), 0n);
  await audited();
});

test('crypto below the policy’s amount: one operator; what was not sent can be taken back; nobody their own', async () => {
  const dora = await site.person('dora');
  const order = await buyWithCrypto(dora, 100n);
  const fresh = await anOperator(site, 'uma');
  const colleague = await anOperator(site, 'ulf');
  const asked = await ask(fresh, order);
  assert.equal(asked.body.refund.state, 'to_pay', JSON.stringify(asked.body));
  // Who asked may have paid already: they do not undo it alone.
  const alone = await takenBack(fresh, asked.body.refund.id);
  assert.deepEqual([alone.status, alone.body.code], [403, 'another_operator_takes_back']);
  const back = await takenBack(colleague, asked.body.refund.id);
  assert.equal(back.body.refund?.state, 'rejected', JSON.stringify(back.body));
  assert.equal(await coinsOf(dora), 100n);
  // What nobody saw not to be paid counts among what support gave back.
  assert.ok((await supportGaveBack(db, userIdOf(dora), new Date(0))) > 0n);
  const again = await ask(fresh, order);
  await makeOperator(site, dora);
  assert.equal((await sent(dora, again.body.refund.id, 'tx own')).body.code, 'refund_is_your_own');
  const both = await Promise.all([
    sent(fresh, again.body.refund.id, 'tx 77'),
    takenBack(colleague, again.body.refund.id),
  ]);
  assert.deepEqual(both.map(({ status }) => status).sort(), [200, 409]);
  await audited();
});

test('a provider that is gone: by hand; play money of before: not at all', async () => {
  const eli = await site.person('eli');
  const order = await buy(eli, 100n);
  const row = await orderById(db, parsePublicId('order', order) ?? '');
  assert.ok(row !== null);
  const by = { kind: 'support', operatorId: userIdOf(olu) } as const;
  const roadOf = async (providers: typeof shop.providers, mode: 'sandbox' | 'live') => {
    const offer = await offerRefund({ house, providers }, { ...row, mode }, by);
    return [offer.road, offer.checks.find(({ check }) => !check.passed)?.check.code ?? null];
  };
  const others = shop.providers.filter(({ id }) => id !== row.provider);
  assert.deepEqual(await roadOf(shop.providers, 'sandbox'), ['provider', null]);
  assert.deepEqual(await roadOf(others, 'sandbox'), ['hand', null]);
  assert.deepEqual(await roadOf([], 'live'), ['hand', null]);
  assert.deepEqual(await roadOf([], 'sandbox'), ['hand', 'refund_of_play_money']);
});

test('the database itself takes no refund by hand twice', async () => {
  const owner = await openDatabase({ url: site.databaseUrl, role: null });
  const [payment] = await owner.query<{ id: string }>('select refund_id as id from refund_payments limit 1');
  assert.ok(payment !== undefined);
  await assert.rejects(
    owner.query('insert into refund_payments select refund_id, reference, by_user, at from refund_payments'),
    /refund_payments_pkey/,
  );
  await owner.close();
});
