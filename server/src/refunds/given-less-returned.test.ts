import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buy, FAILING_CARD, give, refund } from '../../test/refund-scene.ts';
import { hands, type Person, serverBeside, testHouse } from '../../test/test-house.ts';
import { goLive } from '../../test/town-life.ts';
import { until } from '../../test/until.ts';
import { DAY_MS, SECOND_MS, testClock } from '../core/clock.ts';
import { newId } from '../core/ids.ts';

// What goes back to the fan was given to nobody: it counts neither against the limits nor as much that was given.

const clock = testClock(Date.UTC(2026, 10, 24, 9));
const site = await testHouse({ clock });
const second = await serverBeside(site);
const mira = await site.person('mira');
const stageId = await goLive(mira);

const given = async (person: Person) => {
  const { day, week, month } = (await person.get('/v1/me/spending')).body.spending;
  return [day, week, month].map((span) => span.given.units);
};
const refunded = async (person: Person, order: string) => {
  const answer = await refund(person, order);
  assert.equal(answer.body.refund?.state, 'refunded', JSON.stringify(answer.body));
};
const limit = async (person: Person, dayCents: string) =>
  assert.equal((await person.request('PUT', '/v1/me/spending/limits', { body: { dayCents } })).status, 200);
const rose = (person: { post: Person['post'] }, quantity: number) =>
  person.post('/v1/gifts', { stageId, giftId: 'rose', quantity }, newId());

test('bought and given back, then a rose: one rose was given, and it is due like every other', async () => {
  const ana = await site.person('ana');
  // Half before the server knows her, half after her first gift; she gives again at once both times.
  await refunded(ana, await buy(ana, 7_500n));
  const order = await buy(ana, 7_500n);
  assert.deepEqual(await given(ana), ['0', '0', '0']);
  await give(ana, stageId, 'rose', 100);
  const rest = await buy(ana, 200n);
  assert.equal((await refund(ana, order)).status, 201);
  const gift = (await rose(ana, 1)).body.gift;
  assert.equal(gift.delay, null);
  assert.deepEqual(await given(ana), ['137', '137', '137']); // 101 Coins
  assert.equal((await refund(ana, rest)).status, 201);
  assert.deepEqual(await given(ana), ['137', '137', '137']);
});

test('a limit has room for what was given back, on two servers, the day after too', async () => {
  const ben = await site.person('ben');
  await limit(ben, '135');
  const [first, other] = [await buy(ben, 50n), await buy(ben, 40n)];
  const there = hands(second.origin, ben.cookie);
  assert.equal((await rose(ben, 10)).status, 201);
  assert.equal((await rose(there, 10)).status, 201);
  await refunded(ben, other);
  assert.equal((await refund(ben, first)).status, 201); // the 30 that are left
  await limit(ben, '2000');
  clock.advance(DAY_MS);
  await limit(ben, '135');
  await buy(ben, 100n);
  assert.equal((await rose(there, 60)).status, 201);
  assert.equal(
    (await rose(ben, 40)).status,
    201,
    '100 Coins are the limit, and none were given today before',
  );
  assert.equal((await rose(there, 1)).body.code, 'spending_limit_reached');
  assert.deepEqual(await given(ben), ['135', '162', '162']); // 100 today, 20 yesterday
});

test('a refund that a bank could not deliver: given again, the same Coins count once', async () => {
  const cleo = await site.person('cleo');
  const order = await buy(cleo, 100n, FAILING_CARD);
  await refunded(cleo, order);
  clock.advance(6 * SECOND_MS);
  await until(
    'the refund has failed',
    async () => (await cleo.get(`/v1/orders/${order}/refund`)).body.refunds[0].state,
    (state) => state === 'failed',
  );
  assert.deepEqual(await given(cleo), ['0', '0', '0']);
  assert.equal((await rose(cleo, 100)).status, 201);
  assert.deepEqual(await given(cleo), ['135', '135', '135']);
});
