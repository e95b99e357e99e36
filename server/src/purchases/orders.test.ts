import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { testHouse } from '../../test/test-house.ts';
import { identity } from '../identity/index.ts';
import { adoptPolicy, PRESETS, policy } from '../policy/index.ts';
import { rates } from '../rates/index.ts';
import { wallet } from '../wallet/index.ts';
import { purchases } from './index.ts';

const house = await testHouse({ slices: [policy, identity, rates, wallet, purchases] });
const ana = await house.person('ana');

const exact = (coins: unknown) => ({ item: { kind: 'exact', coins } });

test('the price is shown before, and the price shown is the price charged', async () => {
  const { body: packs } = await house.stranger.get('/v1/coin-packs');
  assert.deepEqual(
    packs.packs.map((pack: { coins: { units: string }; price: { display: string }; perCoin: string }) => [
      pack.coins.units,
      pack.price.display,
      pack.perCoin,
    ]),
    [
      ['70', '$0.95', '1.35¢'], // 94.5
      ['350', '$4.73', '1.35¢'], // 472.5
      ['700', '$9.45', '1.35¢'],
      ['1400', '$18.90', '1.35¢'],
      ['3500', '$47.25', '1.35¢'],
      ['7000', '$94.50', '1.35¢'],
      ['17500', '$236.25', '1.35¢'],
    ],
  );
  assert.deepEqual(
    [packs.exact.min.units, packs.exact.max.units, packs.exact.perCoin],
    ['37', '100000', '1.35¢'],
  );
  const { body: quote } = await house.stranger.get('/v1/quotes/coins?coins=219');
  assert.equal(quote.price.display, '$2.96');

  const shown = await ana.post(
    '/v1/orders',
    { ...exact('219'), priceCents: quote.price.units },
    randomUUID(),
  );
  assert.equal(shown.status, 201);
  assert.deepEqual(shown.body.order.price, quote.price);
  const pack = await ana.post('/v1/orders', { item: { kind: 'pack', packId: 'pack_350' } }, randomUUID());
  assert.deepEqual(pack.body.order.price, packs.packs[1].price);

  const moved = await ana.post('/v1/orders', { ...exact('219'), priceCents: '295' }, randomUUID());
  assert.deepEqual([moved.status, moved.body.code, moved.body.field], [409, 'price_changed', '/priceCents']);
});

test('an amount is digits and nothing else', async () => {
  const table: readonly (readonly [unknown, number, string])[] = [
    ['219', 201, ''],
    [219, 400, 'invalid_request'],
    [true, 400, 'invalid_request'],
    [null, 400, 'invalid_request'],
    [[1], 400, 'invalid_request'],
    [1.5, 400, 'invalid_request'],
    [-1, 400, 'invalid_request'],
    [0, 400, 'invalid_request'],
    [2 ** 53 + 1, 400, 'invalid_request'],
    ['', 400, 'invalid_request'],
    ['1.5', 400, 'invalid_request'],
    ['-1', 400, 'invalid_request'],
    ['１', 400, 'invalid_request'],
    ['٣', 400, 'invalid_request'],
    [' 50', 400, 'invalid_request'],
    ['50\n', 400, 'invalid_request'],
    ['1e3', 400, 'invalid_request'],
    ['0x10', 400, 'invalid_request'],
    ['007', 400, 'invalid_request'],
    ['1_000', 400, 'invalid_request'],
    ['1,000', 400, 'invalid_request'],
    ['NaN', 400, 'invalid_request'],
    ['99999999999999999999', 400, 'invalid_request'],
    ['0', 422, 'coins_out_of_bounds'],
    ['1', 422, 'coins_out_of_bounds'],
    ['9', 422, 'coins_out_of_bounds'],
    ['10', 422, 'below_method_minimum'],
    ['36', 422, 'below_method_minimum'],
    ['37', 201, ''],
    ['100000', 201, ''],
    ['100001', 422, 'coins_out_of_bounds'],
    ['9007199254740993', 422, 'coins_out_of_bounds'],
    ['9223372036854775808', 422, 'coins_out_of_bounds'],
  ];
  for (const [coins, status, code] of table) {
    const answer = await ana.post('/v1/orders', exact(coins), randomUUID());
    assert.deepEqual([answer.status, answer.body.code ?? ''], [status, code], JSON.stringify(coins));
    const quoted = await ana.get(`/v1/quotes/coins?coins=${encodeURIComponent(String(coins))}`);
    const fits = status === 201 || code === 'below_method_minimum' || coins === 219;
    assert.equal(quoted.status === 200, fits, `quote ${JSON.stringify(coins)}`);
  }
  // On the wire, where JSON itself is at stake.
  for (const raw of [
    '{"item":{"kind":"exact","coins":1e400}}',
    '{"item":{"kind":"exact","coins":NaN}}',
    '{"item":{"kind":"exact","coins":"219","coins2":"1"}}',
    '{"item":{"kind":"exact","coins":"219"},"userId":"somebody"}',
    '{"item":{"kind":"pack","packId":"pack_70","coins":"7000"}}',
    '{"item":{"kind":"exact","coins":"219"},"__proto__":{"x":1}}',
    '[]',
    '',
  ]) {
    const answer = await ana.request('POST', '/v1/orders', {
      body: raw,
      headers: { 'idempotency-key': randomUUID() },
    });
    assert.equal(answer.status, 400, raw);
  }
  const unknown = await ana.post('/v1/orders', { item: { kind: 'pack', packId: 'pack_71' } }, randomUUID());
  assert.deepEqual([unknown.status, unknown.body.code], [422, 'unknown_pack']);
});

test('the way back leads to this site alone', async () => {
  for (const returnTo of [
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'wallet',
    '/a b',
    '/\t/evil',
    '',
  ]) {
    const answer = await ana.post('/v1/orders', { ...exact('50'), returnTo }, randomUUID());
    assert.deepEqual([answer.status, answer.body.field], [400, '/returnTo'], returnTo);
  }
  for (const returnTo of ['/live/mira?sheet=gifts', '/wallet#top', '/@evil.example', '/.//evil.example']) {
    const answer = await ana.post('/v1/orders', { ...exact('50'), returnTo }, randomUUID());
    assert.equal(answer.status, 201, returnTo);
    assert.equal(new URL(answer.body.order.checkoutUrl).origin, house.origin);
  }
});

test('a retry is answered, not repeated', async () => {
  const key = randomUUID();
  const body = { ...exact('100'), returnTo: '/wallet' };
  const first = await ana.post('/v1/orders', body, key);
  assert.equal(first.headers.get('idempotent-replayed'), null);
  const again = await ana.request('POST', '/v1/orders', {
    // The same request in other white space and order.
    body: `{ "returnTo" : "/wallet",\n "item": {"coins":"100",   "kind":"exact"} }`,
    headers: { 'idempotency-key': key },
  });
  assert.deepEqual([again.status, again.headers.get('idempotent-replayed')], [201, 'true']);
  assert.deepEqual(again.body, first.body);

  const other = await ana.post('/v1/orders', exact('101'), key);
  assert.deepEqual([other.status, other.body.code], [422, 'idempotency_key_reused']);
  assert.deepEqual(
    (await ana.post('/v1/orders', body, key)).body,
    first.body,
    'the first one can still be asked for',
  );

  const ben = await house.person('ben');
  const his = await ben.post('/v1/orders', body, key);
  assert.equal(his.status, 201);
  assert.notEqual(his.body.order.id, first.body.order.id, 'a key is its owner’s alone');
});

test('one key sent twenty times at once makes one order', async () => {
  const key = randomUUID();
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => ana.post('/v1/orders', exact('123'), key)),
  );
  assert.deepEqual(new Set(answers.map((answer) => answer.status)), new Set([201]));
  assert.equal(new Set(answers.map((answer) => JSON.stringify(answer.body))).size, 1);
  const [{ orders, pages } = {}] = await house.house.db.query<{ orders: bigint; pages: bigint }>(
    `select (select count(*) from purchase_orders where idempotency_key = $1) as orders,
            (select count(*) from sandbox.objects c join purchase_orders o
               on c.body @> jsonb_build_object('client_reference_id', 'order_' || replace(o.id::text, '-', ''))
              where o.idempotency_key = $1) as pages`,
    [key],
  );
  assert.deepEqual([orders, pages], [1n, 1n]);
});

test('a request that moves money needs a key that can be kept', async () => {
  const without = await ana.post('/v1/orders', exact('50'));
  assert.deepEqual([without.status, without.body.code], [400, 'idempotency_key_missing']);
  for (const key of ['', 'x'.repeat(256), 'a b', 'é']) {
    const answer = await ana.request('POST', '/v1/orders', {
      body: exact('50'),
      headers: { 'idempotency-key': key },
    });
    assert.equal(answer.status, 400, JSON.stringify(key));
  }
  assert.equal((await ana.post('/v1/orders', exact('50'), 'x'.repeat(255))).status, 201);
});

test('only adults buy, only people who are signed in, only from this site', async () => {
  const tim = await house.person('tim', { dateOfBirth: '2010-01-01' });
  const young = await tim.post('/v1/orders', exact('50'), randomUUID());
  assert.deepEqual([young.status, young.body.code], [403, 'under_age']);
  assert.equal((await house.stranger.post('/v1/orders', exact('50'), randomUUID())).status, 401);
  const foreign = await ana.request('POST', '/v1/orders', {
    body: exact('50'),
    headers: { 'idempotency-key': randomUUID(), origin: 'https://evil.example' },
  });
  assert.deepEqual([foreign.status, foreign.body.code], [403, 'foreign_origin']);
});

test('an order is seen by its owner alone', async () => {
  const { body } = await ana.post('/v1/orders', exact('50'), randomUUID());
  const path = `/v1/orders/${body.order.id}`;
  const eve = await house.person('eve');
  assert.equal((await ana.get(path)).status, 200);
  assert.equal((await eve.get(path)).status, 404);
  assert.equal((await eve.post(`${path}/cancel`)).status, 404);
  assert.equal((await house.stranger.get(path)).status, 401);
  assert.equal((await ana.get('/v1/orders/order_00000000000000000000000000000000')).status, 404);
  assert.equal((await ana.get('/v1/orders/1')).status, 400);
});

const UNLIMITED = { dayCents: null, weekCents: null, monthCents: null, raiseAfterHours: 24 };

test('an order that was asked for keeps its price when the policy moves on', async () => {
  const key = randomUUID();
  const first = await ana.post('/v1/orders', exact('1000'), key);
  assert.deepEqual([first.body.order.price.display, first.body.order.policyVersion], ['$13.50', 1]);
  const nowMs = house.house.clock.now();
  await adoptPolicy(house.house.db, {
    preset: 'twitch_like',
    document: { ...PRESETS.twitch_like.document, spending: UNLIMITED },
    effectiveFrom: new Date(nowMs),
    author: null,
    reason: 'The Coins of another house.',
    nowMs,
  });
  const fresh = await ana.post('/v1/orders', exact('1000'), randomUUID());
  assert.deepEqual([fresh.body.order.price.display, fresh.body.order.policyVersion], ['$14.00', 2]);
  const again = await ana.post('/v1/orders', exact('1000'), key);
  assert.deepEqual(again.body, first.body);
  const late = await ana.post('/v1/orders', { ...exact('1000'), priceCents: '1350' }, randomUUID());
  assert.equal(late.body.code, 'price_changed');
});
