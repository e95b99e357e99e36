import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testHouse } from '../../test/test-house.ts';
import { until } from '../../test/until.ts';
import { MINUTE_MS, testClock } from '../core/clock.ts';
import { identity } from '../identity/index.ts';
import { policy } from '../policy/index.ts';
import { rates } from '../rates/index.ts';
import { wallet } from '../wallet/index.ts';
import { purchases } from './index.ts';

const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const clock = testClock(NOW);
const house = await testHouse({ slices: [policy, identity, rates, wallet, purchases], clock });
const body = { item: { kind: 'exact', coins: '219' } };

test('a person has twenty open orders at most, however many are asked for at once', async () => {
  const ana = await house.person('ana');
  const keys = Array.from({ length: 30 }, (_, n) => `key-${n}`);
  const answers = await Promise.all(keys.map((key) => ana.post('/v1/orders', body, key)));
  const said = answers.map((answer) => answer.body.code ?? answer.status);
  assert.equal(said.filter((one) => one === 201).length, 20, said.join());
  assert.equal(said.filter((one) => one === 'too_many_open_orders').length, 10);
  const [row] = await house.house.db.query<{ rows: bigint }>('select count(*) as rows from purchase_orders');
  assert.equal(row?.rows, 20n);

  // Refused orders leave nothing; orders that were taken are answered again.
  const taken = keys[said.indexOf(201)];
  assert.equal((await ana.post('/v1/orders', body, taken)).status, 201);
  const refused = await ana.post('/v1/orders', body, keys[said.indexOf('too_many_open_orders')]);
  assert.deepEqual(
    [refused.status, refused.body.detail, refused.body.remedy],
    [
      409,
      'You have 20 orders that are not paid yet, which is the most.',
      'Pay or cancel one of them, or wait: the first is over at 2026-11-22T12:30:00.000Z.',
    ],
  );
  const buying = async (who: typeof ana) => {
    const { checks } = (await who.get('/v1/me/explain/buy')).body;
    return checks.find(({ code }: { code: string }) => code === 'too_many_open_orders');
  };
  const { passed, have, remedy, earliest } = await buying(ana);
  assert.deepEqual(
    [passed, have, remedy, earliest],
    [false, '20 not paid yet', 'Pay or cancel one of them.', '2026-11-22T12:30:00.000Z'],
  );
  const listed = (await ana.get('/v1/me/orders/open')).body.items;
  assert.equal(listed.length, 20);
  assert.ok(
    listed.every(
      ({ state, checkoutUrl }: Record<string, string>) => state === 'awaiting_payment' && checkoutUrl,
    ),
  );
  assert.equal((await ana.post(`/v1/orders/${listed[0].id}/cancel`, {})).body.order.state, 'canceled');
  assert.equal((await buying(ana)).passed, true);
  const left = (await ana.get('/v1/me/orders/open')).body.items;
  assert.deepEqual(
    left.map(({ id }: { id: string }) => id),
    listed.slice(1).map(({ id }: { id: string }) => id),
  );
  // Others have their own.
  const bo = await house.person('boris');
  assert.equal((await buying(bo)).passed, true);
  assert.deepEqual((await bo.get('/v1/me/orders/open')).body.items, []);
  assert.equal((await bo.post('/v1/orders', body, 'key')).status, 201);
});

test('an order that is over, in whatever way, leaves its place to another', async () => {
  const cy = await house.person('cyra');
  const open = async (key: string) => {
    const answer = await cy.post('/v1/orders', body, key);
    return answer.status === 201 ? answer.body.order : answer.body.code;
  };
  const first = await open('key-0');
  clock.advance(MINUTE_MS);
  const orders = [first];
  for (let n = 1; n < 20; n++) orders.push(await open(`key-${n}`));
  assert.equal(await open('key-20'), 'too_many_open_orders');

  const canceled = await cy.post(`/v1/orders/${orders[5].id}/cancel`, {});
  assert.equal(canceled.body.order.state, 'canceled');
  assert.equal((await open('key-20')).state, 'awaiting_payment');
  assert.equal(await open('key-21'), 'too_many_open_orders');

  await cy.request('POST', new URL(orders[6].checkoutUrl).pathname, {
    body: 'do=pay&card=4242424242424242',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  await until(
    'the order is paid',
    () => cy.get(`/v1/orders/${orders[6].id}`),
    (answer) => answer.body.order.state === 'paid',
  );
  assert.equal((await open('key-22')).state, 'awaiting_payment');
  assert.equal(await open('key-23'), 'too_many_open_orders');

  clock.set(Date.parse(first.expiresAt) - 1);
  assert.equal(await open('key-23'), 'too_many_open_orders');
  clock.set(Date.parse(first.expiresAt));
  assert.equal((await open('key-23')).state, 'awaiting_payment');
});
