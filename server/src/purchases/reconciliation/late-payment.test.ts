import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testHouse } from '../../../test/test-house.ts';
import { until as eventually } from '../../../test/until.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, testClock } from '../../core/clock.ts';
import { newId, parsePublicId } from '../../core/ids.ts';
import { orderFault } from '../../sandbox/faults.ts';
import { shopOf } from '../index.ts';
import { auditReconciliations } from './audit.ts';
import { reconcile, reconcileDays } from './reconcile.ts';

const clock = testClock(Date.UTC(2026, 10, 24, 9));
const site = await testHouse({ clock });
const { db } = site.house;

test('paid after its order had ended, and no webhook tells: the comparison of that day asks about it', async () => {
  const ana = await site.person('ana');
  // From the start: what tells of the end of the order would ask about it, too.
  await orderFault(db, { call: 'btcpay.webhook', fault: 'held', times: 1_000 });
  const item = { kind: 'exact', coins: '500' };
  const opened = await ana.post('/v1/orders', { item, method: 'crypto' }, newId());
  assert.equal(opened.status, 201, JSON.stringify(opened.body));
  const { id, checkoutUrl } = opened.body.order;
  await eventually(
    'the order has ended',
    async () => {
      clock.advance(10 * MINUTE_MS);
      return (await ana.get(`/v1/orders/${id}`)).body.order.state;
    },
    (state) => state === 'expired' || state === 'canceled' || state === 'failed',
  );
  clock.advance(3 * HOUR_MS);
  const paid = await ana.request('POST', new URL(checkoutUrl).pathname, {
    body: 'do=send',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  assert.ok(paid.status < 400, `${paid.status}`);
  clock.advance(DAY_MS);
  const reviews = () =>
    db.query<{ problem: string }>('select problem from purchase_reviews where order_id = $1', [
      parsePublicId('order', id),
    ]);
  assert.deepEqual(await reviews(), []);
  // A server compares the day and dies, or gets no answer about the payment itself.
  const shop = shopOf(site.house);
  const btcpay = shop.providers.find((provider) => provider.id === 'btcpay');
  assert.ok(btcpay !== undefined);
  const until = new Date(Math.floor(clock.now() / DAY_MS) * DAY_MS);
  const { run } = await reconcile(shop, btcpay, { since: new Date(until.getTime() - DAY_MS), until }, null);
  assert.deepEqual([run.payments, run.matched, await reviews()], [1, 0, []]);
  await reconcileDays(shop);
  assert.equal((await reviews()).length, 1, 'it waits for a person, who sees what came');
  assert.deepEqual(await auditReconciliations(db), []);
});
