import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Person, testHouse } from '../../test/test-house.ts';
import { buyCoins } from '../../test/town-life.ts';
import { until } from '../../test/until.ts';
import { DAY_MS, MINUTE_MS, testClock } from '../core/clock.ts';
import { newId, parsePublicId } from '../core/ids.ts';
import { clearFaults, orderFault } from '../sandbox/faults.ts';
import { slices } from '../slices.ts';
import { insertClosing, insertEnding } from './store.ts';

const clock = testClock(Date.UTC(2026, 10, 22, 12));
const house = await testHouse({ slices, clock });
const again = await testHouse({ slices, clock, databaseUrl: house.databaseUrl });

// 100 Coins are $1.35.
const order = (person: Person, coins: string, key = newId()) =>
  person.post('/v1/orders', { item: { kind: 'exact', coins } }, key);
const limit = (person: Person, wishes: Record<string, string | null>) =>
  person.request('PUT', '/v1/me/spending/limits', { body: wishes });
const bought = async (person: Person) =>
  (await person.get('/v1/me/spending')).body.spending.week.bought.units;
const counted = async (person: Person) => {
  const { bought, open } = (await person.get('/v1/me/spending')).body.spending.day;
  return { bought: bought.units, open: open.units };
};
const stateOf = async (person: Person, id: string) => {
  const { state, reason } = (await person.get(`/v1/orders/${id}`)).body.order;
  return [state, reason];
};
const pay = (person: Person, { checkoutUrl }: { checkoutUrl: string }) =>
  person.request('POST', new URL(checkoutUrl, 'http://sandbox').pathname, {
    body: 'do=pay&card=4242424242424242',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });

test('what was paid and what may still be paid count, and the price is what counts', async () => {
  const ana = await house.person('ana');
  await limit(ana, { weekCents: '500' });
  await buyCoins(ana, 219n); // $2.96
  assert.equal(await bought(ana), '296');
  assert.equal((await order(ana, '151')).status, 201); // $2.04, open: $5.00 in all
  const key = newId();
  const over = await order(ana, '40', key);
  assert.deepEqual(
    [over.status, over.body.code, over.body.data.left],
    [403, 'spending_limit_reached', '$0.00'],
  );
  assert.equal(await bought(ana), '296', 'what is open is not paid');
  // Seven days later neither counts any more: what was not paid is over.
  clock.advance(7 * DAY_MS);
  await until(
    'the open order is over',
    () => counted(ana),
    ({ open }) => open === '0',
  );
  assert.equal((await order(ana, '370')).status, 201);
});

test('of many orders at once, in two processes, as many are opened as fit', async () => {
  const ben = await house.person('ben');
  await limit(ben, { dayCents: '405' });
  const origins = [house.origin, again.origin];
  const answers = await Promise.all(
    Array.from({ length: 8 }, async (_, at) => {
      const origin = origins[at % 2] ?? '';
      const answer = await fetch(`${origin}/v1/orders`, {
        method: 'POST',
        headers: {
          origin,
          cookie: ben.cookie,
          'content-type': 'application/json',
          'idempotency-key': newId(),
        },
        body: JSON.stringify({ item: { kind: 'exact', coins: '100' } }),
      });
      return answer.status;
    }),
  );
  assert.deepEqual(
    answers.sort((a, b) => a - b),
    [201, 201, 201, 403, 403, 403, 403, 403],
  );
});

test('a page opened before midnight counts after it, for it may be paid then', async () => {
  const cleo = await house.person('cleo');
  await limit(cleo, { dayCents: '1000' });
  const midnight = (Math.floor(clock.now() / DAY_MS) + 1) * DAY_MS;
  clock.advance(midnight - 5 * MINUTE_MS - clock.now());
  const first = await order(cleo, '700'); // $9.45
  assert.equal(first.status, 201);
  clock.advance(10 * MINUTE_MS);
  assert.deepEqual(await counted(cleo), { bought: '0', open: '945' });
  const second = await order(cleo, '700');
  assert.deepEqual([second.body.code, second.body.data.left], ['spending_limit_reached', '$0.55']);
  await pay(cleo, first.body.order);
  await until(
    'it is paid',
    () => counted(cleo),
    ({ bought }) => bought === '945',
  );
  assert.deepEqual(await counted(cleo), { bought: '945', open: '0' });
});

test('a lowered limit closes the pages that do not fit any more, the newest first', async () => {
  const dora = await house.person('dora');
  const [small, large] = [await order(dora, '100'), await order(dora, '1000')]; // $1.35, $13.50
  await limit(dora, { dayCents: '200' });
  assert.deepEqual(await stateOf(dora, large.body.order.id), ['canceled', 'over_limit']);
  assert.equal((await stateOf(dora, small.body.order.id))[0], 'awaiting_payment');
  await pay(dora, large.body.order);
  assert.deepEqual(
    await stateOf(dora, large.body.order.id),
    ['canceled', 'over_limit'],
    'its page takes no money',
  );
  assert.deepEqual(await counted(dora), { bought: '0', open: '135' });
  assert.equal((await dora.get('/v1/me/wallet')).body.coins.units, '0');
});

test('a break closes every page; one that the provider did not close then is closed when it is looked at', async () => {
  const eve = await house.person('eve');
  const open = await order(eve, '100');
  assert.equal((await eve.post('/v1/me/spending/break', { days: 7 })).status, 200);
  assert.deepEqual(await stateOf(eve, open.body.order.id), ['canceled', 'buying_closed']);

  const fay = await house.person('fay');
  await orderFault(house.house.db, { call: 'checkout.sessions.expire', fault: 'drop_before', times: 100 });
  const late = await order(fay, '100');
  assert.equal((await fay.post('/v1/me/spending/break', { days: 1 })).status, 200);
  assert.deepEqual(
    await stateOf(fay, late.body.order.id),
    ['awaiting_payment', null],
    'the provider did not answer',
  );
  await clearFaults(house.house.db);
  clock.advance(10 * MINUTE_MS);
  await until(
    'the page is closed',
    () => stateOf(fay, late.body.order.id),
    ([state]) => state === 'canceled',
  );
});

test('the provider’s message may be faster than its answer: the reason was written before it was asked', async () => {
  const gil = await house.person('gil');
  const { id } = (await order(gil, '100')).body.order;
  const orderId = parsePublicId('order', id) ?? assert.fail('no id of an order');
  const at = new Date(clock.now());
  await insertClosing(house.house.db, orderId, 'over_limit', at);
  await insertClosing(house.house.db, orderId, 'buying_closed', at);
  assert.deepEqual(await stateOf(gil, id), ['awaiting_payment', null], 'not closed yet');
  await insertEnding(house.house.db, orderId, 'canceled', null, at);
  assert.deepEqual(await stateOf(gil, id), ['canceled', 'buying_closed']);
});

test('the explanation of buying and giving knows the limits, by the rule that refuses', async () => {
  const hal = await house.person('hal');
  const room = async (gate: 'buy' | 'send') => {
    const { passed, checks } = (await hal.get(`/v1/me/explain/${gate}`)).body;
    const check = checks.find(({ code }: { code: string }) => code === 'spending_limit_reached');
    return { passed, ok: check.passed, have: check.have, need: check.need, remedy: check.remedy };
  };
  assert.deepEqual(
    [(await room('buy')).passed, (await room('send')).ok],
    [true, true],
    'with the usual limits',
  );
  await limit(hal, { dayCents: null, weekCents: '500', monthCents: null });
  assert.equal((await order(hal, '350')).status, 201); // $4.73, open
  const { passed, ok, have, need, remedy } = await room('buy');
  assert.deepEqual([passed, ok, have, need], [false, false, '$0.27 left of $5.00 in seven days', '$0.50']);
  assert.match(remedy, /Orders that are open count/);
  const smallest = (await hal.get('/v1/coin-packs')).body.exact.min.units;
  const refused = await order(hal, smallest);
  assert.deepEqual([refused.status, refused.body.code], [403, 'spending_limit_reached']);

  assert.deepEqual((await room('send')).ok, true, 'nothing was given');
  await limit(hal, { dayCents: '0' });
  const giving = await room('send');
  assert.deepEqual([giving.passed, giving.have], [false, '$0.00 left of $0.00 a day']);
});

test('who closes a page of their own is told no other reason, though one was to close it before', async () => {
  const ida = await house.person('ida');
  await orderFault(house.house.db, { call: 'checkout.sessions.expire', fault: 'drop_before', times: 100 });
  const { id } = (await order(ida, '100')).body.order;
  assert.equal((await limit(ida, { dayCents: '100' })).status, 200);
  assert.deepEqual(await stateOf(ida, id), ['awaiting_payment', null]);
  await clearFaults(house.house.db);
  assert.equal((await ida.post(`/v1/orders/${id}/cancel`)).status, 200);
  assert.deepEqual(await stateOf(ida, id), ['canceled', null]);
});

test('the explanation of giving counts as the gift does: one rounding, of the sum of Coins', async () => {
  const jan = await house.person('jan');
  const creator = await house.person('kim');
  assert.equal((await creator.post('/v1/me/creator')).status, 200);
  const { body } = await creator.post('/v1/stages/start', { title: 'Roses' });
  await buyCoins(jan, 200n);
  await limit(jan, { dayCents: '135', weekCents: null, monthCents: null });
  const give = (quantity: number) =>
    jan.post('/v1/gifts', { stageId: body.stage.id, giftId: 'rose', quantity }, newId());
  const explained = async () => (await jan.get('/v1/me/explain/send')).body.passed;
  assert.equal((await give(99)).status, 201);
  assert.equal(await explained(), true);
  assert.equal((await give(1)).status, 201, 'the hundredth rose is $1.35 in all');
  assert.equal(await explained(), false);
  assert.equal((await give(1)).status, 403);
});
