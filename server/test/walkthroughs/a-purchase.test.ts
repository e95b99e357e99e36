import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testClock } from '../../src/core/clock.ts';
import { identity } from '../../src/identity/index.ts';
import { auditWithin } from '../../src/ledger/audit.ts';
import { policy } from '../../src/policy/index.ts';
import { purchases } from '../../src/purchases/index.ts';
import { rates } from '../../src/rates/index.ts';
import { orderFault } from '../../src/sandbox/faults.ts';
import { wallet } from '../../src/wallet/index.ts';
import { testHouse } from '../test-house.ts';
import { until } from '../until.ts';
import { Page } from './page.ts';

/**
 * Walks through one purchase on a real server and compares what it said with docs/walkthroughs/a-purchase.md.
 * `RECORD=1` writes the page anew.
 */
const PAGE = new URL('../../../docs/walkthroughs/a-purchase.md', import.meta.url);
const clock = testClock(Date.UTC(2026, 10, 24, 12));
const house = await testHouse({ slices: [policy, identity, rates, wallet, purchases], clock });
const { db } = house.house;

test('docs/walkthroughs/a-purchase.md is what happens', async () => {
  const page = new Page();
  page.tell(`# A purchase

Ana buys 219 Coins. Every answer below was given by a running server; \`server/test/walkthroughs/a-purchase.test.ts\`
asks for them again and compares. Record them anew with
\`RECORD=1 node --test server/test/walkthroughs/a-purchase.test.ts\`. Names stand for the long ids.

## 1. What it costs

One Coin costs 1.35¢, so 219 cost 295.65¢, rounded up to a whole cent. The price that is shown is the price that is charged.`);
  const ana = await house.person('ana');
  const quote = await ana.get('/v1/quotes/coins?coins=219');
  page.exchange('GET /v1/quotes/coins?coins=219', quote);

  page.tell(`## 2. The order

Ana's client makes a key, keeps it, and sends the price that Ana saw. The order is written down before the provider is asked
for a page to pay on.`);
  const body = { item: { kind: 'exact', coins: '219' }, priceCents: '296', returnTo: '/wallet' };
  const opened = await ana.post('/v1/orders', body, 'key-of-ana');
  const { order } = opened.body;
  page.name(order.id, 'order_ana');
  page.name(new URL(order.checkoutUrl).pathname.split('/').at(-1) ?? '', 'cs_ana');
  page.exchange('POST /v1/orders\nIdempotency-Key: key-of-ana', opened, body);

  page.tell(`## 3. The answer is lost on the way

Ana's client asks again with the same key and gets the same answer. There is still one order.`);
  const again = await ana.post('/v1/orders', body, 'key-of-ana');
  assert.deepEqual(again.body, opened.body);
  page.facts([
    ['status', String(again.status)],
    ['Idempotent-Replayed', again.headers.get('idempotent-replayed') ?? ''],
    ['the same body', 'yes'],
    ['orders', (await count('purchase_orders')).toString()],
  ]);
  const other = await ana.post('/v1/orders', { item: { kind: 'exact', coins: '9999' } }, 'key-of-ana');
  page.tell('The same key with another request is refused:');
  page.exchange('POST /v1/orders\nIdempotency-Key: key-of-ana', other, {
    item: { kind: 'exact', coins: '9999' },
  });

  page.tell(`## 4. Ana pays

The page belongs to the provider. In the sandbox it takes test cards, says "Sandbox. No real money moves.", and sends Ana back.
For a moment the provider's word is held up, so that the order can be seen waiting.`);
  await orderFault(db, { call: 'stripe.webhook', fault: 'late', times: 3, milliseconds: 1_000 });
  const paid = await ana.request('POST', new URL(order.checkoutUrl).pathname, {
    body: 'do=pay&card=4242424242424242',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  page.facts([
    ['the page answers', String(paid.status)],
    ['and sends Ana to', paid.headers.get('location') ?? ''],
    ['the order is', (await ana.get(`/v1/orders/${order.id}`)).body.order.state],
    ['Ana has', (await ana.get('/v1/me/wallet')).body.coins.display],
  ]);

  page.tell(`## 5. The provider tells us, three times

Its webhook is signed. What it says is a hint where to look and is not believed: the payment is fetched, and its amount,
currency and order are compared with ours. The transfers' ids come from the provider's own id of the payment, so the ledger takes them once.`);
  await orderFault(db, { call: 'stripe.webhook', fault: 'duplicated', times: 3 });
  clock.advance(1_000);
  const settled = await until(
    'the order is paid',
    () => ana.get(`/v1/orders/${order.id}`),
    (seen) => seen.body.order.state === 'paid',
  );
  for (const [index, leg] of settled.body.order.transfers.entries()) {
    page.name(leg.id, ['tx_gross', 'tx_fee', 'tx_coins'][index] ?? '');
  }
  page.exchange('GET /v1/orders/order_ana', settled);
  page.facts([
    ['payments', (await count('purchase_payments')).toString()],
    ['Ana has', (await ana.get('/v1/me/wallet')).body.coins.display],
  ]);

  page.tell(`## 6. The receipt

Both sides of every transfer that succeeded together. What others have is theirs to know, so only Ana's own balance is shown.`);
  const coinsId = settled.body.order.transfers[2].id;
  const receipt = await ana.get(`/v1/me/wallet/entries/${coinsId}`);
  page.table(
    ['transfer', 'account', 'debit', 'credit', 'balance after'],
    receipt.body.legs.map((leg: Leg) => [
      leg.id,
      leg.account,
      leg.debit?.display ?? '',
      leg.credit?.display ?? '',
      leg.balanceAfter?.display ?? '',
    ]),
  );
  page.table(
    ['how the number was made', '', ''],
    receipt.body.how.map((line: { label: string; value: string; note: string | null }) => [
      line.label,
      line.value,
      line.note ?? '',
    ]),
  );

  page.tell(`## 7. The books

Recomputed from the transfers, all of them:`);
  const report = await db.transaction((tx) => auditWithin(tx));
  assert.equal(report.isClean, true);
  const own = report.findings.find(({ name }) => name === 'paid orders agree with their transfers');
  page.facts([
    [own?.name ?? '', 'holds'],
    ['every other check of `npm run audit`', 'holds'],
  ]);

  await page.compare(PAGE, house.origin);
});

interface Leg {
  readonly id: string;
  readonly account: string;
  readonly debit: { display: string } | null;
  readonly credit: { display: string } | null;
  readonly balanceAfter: { display: string } | null;
}

async function count(table: 'purchase_orders' | 'purchase_payments'): Promise<bigint> {
  const [row] = await db.query<{ rows: bigint }>(`select count(*) as rows from ${table}`);
  return row?.rows ?? 0n;
}
