import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hands, testHouse } from '../../test/test-house.ts';
import { buyCoins } from '../../test/town-life.ts';
import { newId } from '../core/ids.ts';

/** A site for real people, on which nobody has set up a payment provider. */

const open = await testHouse();
const { databaseUrl } = open;
const closed = await testHouse({ databaseUrl, config: { sandbox: false } });
const ana = await open.person('ana');
const order = { item: { kind: 'exact', coins: '219' } };

test('nobody gets Coins for nothing', async () => {
  const there = hands(closed.origin, ana.cookie);
  const refused = await there.post('/v1/orders', order, newId());
  assert.deepEqual([refused.status, refused.body.code], [409, 'buying_not_set_up']);
  const why = (await there.get('/v1/me/explain/buy')).body.checks.filter(
    ({ passed }: { passed: boolean }) => !passed,
  );
  assert.deepEqual(
    why.map(({ code, whoCanChange }: Record<string, string>) => [code, whoCanChange]),
    [['buying_not_set_up', 'operator']],
  );
  assert.match(why[0].remedy, /Ask whoever runs the site/);
  assert.equal((await there.get('/v1/coin-packs')).status, 200, 'the prices are shown all the same');
});

test('a page that the sandbox opened before takes no payment any more, and credits what was paid before', async () => {
  await buyCoins(ana, 100n);
  const key = newId();
  const opened = await ana.post('/v1/orders', order, key);
  const page = new URL(opened.body.order.checkoutUrl).pathname;
  const there = hands(closed.origin, ana.cookie);
  for (const method of ['GET', 'POST']) {
    const answer = await there.request(method, page, {
      ...(method === 'POST' ? { body: 'do=pay&card=4242424242424242' } : {}),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    assert.deepEqual([answer.status, answer.body.code], [404, 'not_found'], method);
  }
  const again = await there.post('/v1/orders', order, key);
  assert.deepEqual([again.status, again.headers.get('idempotent-replayed')], [201, 'true']);
  assert.equal((await there.get('/v1/me/wallet')).body.coins.units, '100');
});
