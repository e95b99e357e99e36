import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { hands, type Person, testHouse } from '../../../test/test-house.ts';
import { until } from '../../../test/until.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS, testClock } from '../../core/clock.ts';
import { parsePublicId, type Uuid } from '../../core/ids.ts';
import { identity } from '../../identity/index.ts';
import { policy } from '../../policy/index.ts';
import { rates } from '../../rates/index.ts';
import { type Fault, orderFault } from '../../sandbox/faults.ts';
import { wallet } from '../../wallet/index.ts';
import { auditPurchases } from '../audit-purchases.ts';
import { purchases } from '../index.ts';
import { parseCents, statusOf } from './invoice.ts';
import { btcpayProvider } from './provider.ts';

const clock = testClock(Date.UTC(2026, 10, 24, 12));
const slices = [policy, identity, rates, wallet, purchases];
const house = await testHouse({ slices, clock });
const second = await testHouse({
  slices,
  clock,
  databaseUrl: house.databaseUrl,
  config: { secrets: house.house.config.secrets },
});
const { db } = house.house;
const account = house.house.config.payments.btcpay;
assert.ok(account !== null);
const [secret = ''] = account.webhookSecrets;

test('Diamonds for crypto: address, quote, two confirmations, credited once', async () => {
  const ana = await house.person('ana');
  const { order, path } = await buy(ana, { kind: 'exact', diamonds: '100' });
  assert.deepEqual(
    [order.bought.display, order.price.display, order.method, order.mode],
    ['100 Diamonds', '$1.35', 'crypto', 'sandbox'],
  );
  const quoted = (await ana.get(path)).body.order.crypto;
  // $1.35 at $64,000 for a bitcoin: 2,109.375 satoshi, rounded up
  assert.deepEqual([quoted.amount, quoted.due, quoted.currency], ['0.00002110', '0.00002110', 'BTC']);
  assert.match(quoted.link, /^bitcoin:tb1q[0-9a-f]+\?amount=0\.00002110$/);
  assert.equal(Date.parse(quoted.until) - Date.parse(order.createdAt), 15 * MINUTE_MS);
  await send(order.checkoutUrl, 'send');
  // Before the first block, which comes after three seconds: however slowly it is heard of, it is seen unconfirmed.
  let leftMs = 2 * SECOND_MS;
  const unconfirmed = await until(
    'the payment is seen',
    async () => {
      clock.advance(Math.min(leftMs, SECOND_MS / 5));
      leftMs -= Math.min(leftMs, SECOND_MS / 5);
      return (await ana.get(path)).body.order;
    },
    ({ crypto }) => crypto?.seen === true,
  );
  const counts = new Set<number>([unconfirmed.crypto.confirmations]);
  const paid = await until(
    'the order is paid',
    async () => {
      const { body } = await ana.get(path);
      if (body.order.crypto?.seen) counts.add(body.order.crypto.confirmations);
      clock.advance(SECOND_MS / 5);
      return body.order;
    },
    (seen) => seen.state === 'paid',
  );
  assert.ok(counts.has(0) && [...counts].every((count) => count <= 2));
  assert.deepEqual(
    paid.transfers.map((leg: Leg) => [leg.amount.display, leg.from, leg.to]),
    [
      ['$1.35', 'world:btcpay_sandbox', 'platform:cash'],
      ['100 Diamonds', 'platform:diamonds_issued', 'you:diamonds_purchased'],
    ],
  );
  const { diamonds } = (await ana.get('/v1/me/wallet')).body;
  assert.deepEqual([diamonds.purchased.units, diamonds.available.units], ['100000', '0']);
  const entries = (await ana.get('/v1/me/wallet/entries')).body.items;
  assert.deepEqual(
    entries.map((entry: { title: string; kind: string }) => [entry.kind, entry.title]),
    [['purchase', 'Bought 100 Diamonds']],
  );
  assert.ok(paid.how.some((line: { label: string }) => line.label === 'Rate of Diamonds'));
});

test('a quote that nobody pays expires, and nothing is credited', async () => {
  const ben = await house.person('ben');
  const { path } = await buy(ben, { kind: 'exact', coins: '100' });
  clock.advance(16 * MINUTE_MS);
  const over = await ended(ben, path, 'expired');
  assert.deepEqual([over.crypto, over.transfers], [null, []]);
});

test('money that is not as it was asked for waits for a person, with its name', async () => {
  const cleo = await house.person('cleo');
  const cases: readonly (readonly [string, (url: string) => Promise<void>])[] = [
    ['paid_over', (url) => send(url, 'send_double')],
    [
      'paid_partial',
      async (url) => {
        await send(url, 'send_half');
        clock.advance(16 * MINUTE_MS);
      },
    ],
    [
      'marked_by_hand',
      async (url) => {
        await mark(url, 'Settled');
      },
    ],
    [
      'paid_late',
      async (url) => {
        clock.advance(16 * MINUTE_MS);
        // Nobody at the shop has looked yet.
        await send(url, 'send');
      },
    ],
  ];
  for (const [problem, happens] of cases) {
    await hold();
    const { path, order } = await buy(cleo, { kind: 'exact', coins: '100' });
    await db.query('update purchase_checks set next_check_at = $1', [new Date(clock.now() + DAY_MS)]);
    await happens(order.checkoutUrl);
    clock.advance(DAY_MS);
    const parked = await ended(cleo, path, 'in_review');
    assert.deepEqual([parked.problem, parked.transfers], [problem, []]);
  }
  assert.equal((await cleo.get('/v1/me/wallet')).body.coins.units, '0');
});

test('two parts that are enough together are a payment', async () => {
  const dora = await house.person('dora');
  const { path, order } = await buy(dora, { kind: 'exact', coins: '100' });
  await send(order.checkoutUrl, 'send_half');
  assert.ok(Number((await dora.get(path)).body.order.crypto.paid) > 0);
  await send(order.checkoutUrl, 'send');
  await ended(dora, path, 'paid');
});

test('called off: nothing came and it is closed; something came and it stays', async () => {
  const emil = await house.person('emil');
  const first = await buy(emil, { kind: 'exact', coins: '100' });
  assert.equal((await emil.post(`${first.path}/cancel`)).body.order.state, 'canceled');
  const other = await buy(emil, { kind: 'exact', coins: '100' });
  await send(other.order.checkoutUrl, 'send');
  assert.equal((await emil.post(`${other.path}/cancel`)).body.order.state, 'awaiting_payment');
  await ended(emil, other.path, 'paid');
});

test('every fault at every call ends in one invoice that counts, and one credit', async () => {
  const fay = await house.person('fay');
  const faults = ['drop_before', 'drop_after', 'error_after', 'unavailable', 'rate_limited'] as const;
  const calls = ['invoices.create', 'invoices.retrieve', 'invoices.list', 'invoices.payment_methods'];
  for (const fault of faults) {
    for (const call of calls) {
      await orderFault(db, { call, fault, times: 2 });
      const { path, id } = await buy(fay, { kind: 'exact', coins: '100' });
      const url = await until(
        `a page after ${fault} at ${call}`,
        async () => {
          await later();
          return (await fay.get(path)).body.order.checkoutUrl;
        },
        (found) => found !== null,
      );
      await send(url, 'send');
      await ended(fay, path, 'paid');
      await orderFault(db, { call, fault, times: 0 });
      const [books] = await db.query<{ credits: bigint; settled: bigint }>(
        `select (select count(*) from purchase_payments where order_id = $1) as credits,
                (select count(*) from sandbox.objects where kind = 'invoice' and body @> $2) as settled`,
        [id, JSON.stringify({ status: 'Settled', metadata: { orderId: `order_${id.replaceAll('-', '')}` } })],
      );
      assert.deepEqual(books, { credits: 1n, settled: 1n }, `${fault} at ${call}`);
    }
  }
});

test('opened by twenty at once over two servers there is one invoice', async () => {
  const gus = await house.person('gus');
  const key = randomUUID();
  const body = { item: { kind: 'exact', coins: '100' }, method: 'crypto' };
  const there = hands(second.origin, gus.cookie);
  for (const { origin } of [house, second]) {
    await until('the provider is asked again', async () => {
      await later();
      const { methods } = (await hands(origin, '').get('/v1/payment-methods')).body;
      return methods.every(({ available }: { available: boolean }) => available);
    });
  }
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? gus : there).post('/v1/orders', body, key)),
  );
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([201]));
  assert.equal(new Set(answers.map(({ body: { order } }) => order.id)).size, 1);
  const [{ invoices } = {}] = await db.query<{ invoices: bigint }>(
    `select count(*) as invoices from sandbox.objects where kind = 'invoice' and body @> $1`,
    [JSON.stringify({ metadata: { orderId: answers[0]?.body.order.id } })],
  );
  assert.equal(invoices, 1n);
});

test('deliveries: again and again is one credit, a stranger’s is none', async () => {
  const hal = await house.person('hal');
  await hold();
  const { path, order } = await buy(hal, { kind: 'exact', coins: '100' });
  await send(order.checkoutUrl, 'send');
  for (let block = 0; block < 4; block += 1) {
    clock.advance(4 * SECOND_MS);
    await (await fetch(`${order.checkoutUrl}/state`)).json();
  }
  const invoice = order.checkoutUrl.split('/').at(-1);
  const event = {
    deliveryId: 'a',
    originalDeliveryId: 'a',
    isRedelivery: false,
    type: 'InvoiceSettled',
    storeId: account.storeId,
    invoiceId: invoice,
  };
  const body = JSON.stringify(event);
  const table: readonly (readonly [string, string, string | null, number])[] = [
    ['no signature', body, null, 400],
    ['another algorithm', body, `sha1=${'0'.repeat(64)}`, 400],
    ['another secret', body, sign('another secret of somebody', body), 401],
    ['an empty secret', body, sign('', body), 401],
    ['another body', body.replace('Settled', 'settled'), sign(secret, body), 401],
    ['another store', ...signedWith({ ...event, storeId: 'of somebody else' }), 401],
    ['no event', 'null', sign(secret, 'null'), 400],
    ['no JSON', 'paid!', sign(secret, 'paid!'), 400],
    ['an invoice of nobody', ...signedWith({ ...event, invoiceId: 'nothing' }), 204],
  ];
  for (const [name, sent, signature, status] of table) {
    assert.equal((await deliver(house.origin, sent, signature)).status, status, name);
  }
  // A server that found the provider away leaves it alone for a while, and then lets one call try.
  for (const { origin } of [house, second]) {
    await until('the provider is asked again', async () => {
      await later();
      return (await deliver(origin, ...signedWith({ ...event, invoiceId: 'nothing' }))).status === 204;
    });
  }
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      deliver(
        index % 2 === 0 ? house.origin : second.origin,
        ...signedWith({ ...event, deliveryId: `d${index}` }),
      ),
    ),
  );
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([204]));
  await ended(hal, path, 'paid');
  assert.equal((await hal.get('/v1/me/wallet')).body.coins.units, '100');
});

test('what comes to an address days after its invoice is in the list of what was paid since', async () => {
  const jo = await house.person('jona');
  const { path, order } = await buy(jo, { kind: 'exact', coins: '100' });
  const ref = order.checkoutUrl.split('/').at(-1);
  clock.advance(16 * MINUTE_MS);
  await ended(jo, path, 'expired');
  clock.advance(9 * DAY_MS);
  await hold();
  await send(order.checkoutUrl, 'send');
  assert.ok(account !== null);
  const listed = new Map<string, bigint>();
  const provider = btcpayProvider({ account });
  for await (const { providerRef, paidCents } of provider.listSince(new Date(clock.now() - DAY_MS))) {
    listed.set(providerRef, paidCents);
  }
  assert.equal(listed.get(ref ?? ''), 135n);
  const late = [...listed.keys()].filter((one) => one !== ref);
  const old = await db.query<{ id: string }>(
    `select id from sandbox.objects where kind = 'invoice' and created_at < $1 and id = any($2::text[])
        and body->>'additionalStatus' = 'None'`,
    [new Date(clock.now() - DAY_MS), late],
  );
  assert.deepEqual(old, [], 'what was paid in its time, or never, is not asked about again');
});

test('an invoice that somebody made by hand has no metadata: it is passed over, wherever it turns up', async () => {
  const ivo = await house.person('ivo');
  const { path, order } = await buy(ivo, { kind: 'exact', coins: '100' });
  const known = order.checkoutUrl.split('/').at(-1);
  const id = randomUUID().replaceAll('-', '').slice(0, 22);
  await db.query(
    `insert into sandbox.objects (id, kind, parent, created_at, body, inner_state)
     select $2, kind, parent, created_at, body || jsonb_build_object('id', $2::text, 'metadata', null), inner_state
       from sandbox.objects where id = $1`,
    [known, id],
  );
  const event = {
    deliveryId: id,
    originalDeliveryId: id,
    type: 'InvoiceSettled',
    storeId: account.storeId,
    invoiceId: id,
  };
  const body = JSON.stringify(event);
  assert.equal((await deliver(house.origin, body, sign(secret, body))).status, 204);
  assert.equal((await ivo.get(path)).body.order.state, 'awaiting_payment');
});

test('two words of BTCPay make one of ours; a word that is new waits', () => {
  const table: readonly (readonly [string, string, string, string])[] = [
    ['New', 'None', '0', 'open'],
    ['New', 'PaidPartial', '1.00', 'open'],
    ['Processing', 'None', '2.96', 'processing'],
    ['Processing', 'PaidOver', '3.00', 'processing'],
    ['Settled', 'None', '2.96', 'paid'],
    ['Settled', 'PaidOver', '3.00', 'review paid_over'],
    ['Settled', 'Marked', '0', 'review marked_by_hand'],
    ['Settled', 'PaidLate', '2.96', 'review paid_late'],
    ['Expired', 'None', '0', 'expired'],
    ['Expired', 'PaidPartial', '1.00', 'review paid_partial'],
    ['Expired', 'PaidLate', '2.96', 'review paid_late'],
    ['Invalid', 'None', '2.96', 'review payment_invalid'],
    ['Invalid', 'None', '0', 'declined'],
    ['Invalid', 'Marked', '0', 'canceled'],
    ['Invalid', 'Marked', '1.00', 'review payment_invalid'],
    ['Settled', 'Blessed', '2.96', 'other'],
    ['Sleeping', 'None', '0', 'other'],
  ];
  for (const [status, additionalStatus, paidAmount, expected] of table) {
    const made = statusOf({ status, additionalStatus, paidAmount });
    assert.equal(
      [made.status, made.problem].filter(Boolean).join(' '),
      expected,
      `${status} ${additionalStatus}`,
    );
  }
  assert.deepEqual(['2.96', '2', '2.5', '0.009', '1e3', '-1', '', '9'.repeat(13)].map(parseCents), [
    296n,
    200n,
    250n,
    0n,
    null,
    null,
    null,
    null,
  ]);
});

test('a server that is not there, and one that does not let us in', async () => {
  const away = btcpayProvider({ account: { ...account, url: 'http://127.0.0.1:1' } });
  assert.equal((await away.fetch('x')).kind, 'unknown');
  const thief = btcpayProvider({ account: { ...account, apiKey: 'guess' } });
  assert.equal((await thief.fetch('x')).kind, 'retryable');
  const provider = btcpayProvider({ account });
  assert.deepEqual(await provider.fetch('nothing'), { kind: 'declined', code: 'not-found' });
  const listed: string[] = [];
  for await (const { providerRef } of provider.listSince(new Date(0))) listed.push(providerRef);
  assert.ok(listed.length > 20);
  assert.equal(new Set(listed).size, listed.length);
});

test('afterwards the books agree', async () => {
  assert.deepEqual(await auditPurchases(db), []);
});

interface Leg {
  readonly amount: { readonly display: string };
  readonly from: string;
  readonly to: string;
}

async function buy(person: Person, item: object) {
  const answer = await person.post('/v1/orders', { item, method: 'crypto' }, randomUUID());
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  const { order } = answer.body;
  return { order, path: `/v1/orders/${order.id}`, id: parsePublicId('order', order.id) as Uuid };
}

async function send(url: string, deed: 'send' | 'send_half' | 'send_double'): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: new URL(url).origin, 'content-type': 'application/x-www-form-urlencoded' },
    body: `do=${deed}`,
  });
  assert.equal(answer.status, 303);
}

/** Somebody at the shop marks the invoice in BTCPay itself. */
async function mark(url: string, status: 'Settled' | 'Invalid'): Promise<void> {
  assert.ok(account !== null);
  const id = url.split('/').at(-1);
  const answer = await fetch(`${account.url}/api/v1/stores/${account.storeId}/invoices/${id}/status`, {
    method: 'POST',
    headers: { authorization: `token ${account.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ status }),
  });
  assert.equal(answer.status, 200, await answer.text());
}

/** Keeps every event back, so that only asking finds out. */
async function hold(): Promise<void> {
  await orderFault(db, { call: 'btcpay.webhook', fault: 'held' as Fault, times: 50 });
}

/** Lets time pass; the provider is left alone for a while after several misses. */
async function later(): Promise<void> {
  clock.advance(5 * SECOND_MS);
}

async function ended(person: Person, path: string, state: string) {
  return until(
    `the order is ${state}`,
    async () => {
      await later();
      return (await person.get(path)).body.order;
    },
    (order) => order.state === state,
  );
}

function sign(key: string, body: string): string {
  return `sha256=${createHmac('sha256', key).update(body).digest('hex')}`;
}

test('two secrets hold while one is replaced', async () => {
  const webhookSecrets = ['the next one of this shop', secret];
  const { secrets } = house.house.config;
  const open = await testHouse({
    slices,
    clock,
    databaseUrl: house.databaseUrl,
    config: {
      secrets,
      sandbox: false,
      payments: { stripe: null, btcpay: { ...account, webhookSecrets }, paypal: null },
    },
  });
  const body = JSON.stringify({
    deliveryId: 'r',
    originalDeliveryId: 'r',
    isRedelivery: false,
    type: 'InvoiceSettled',
    storeId: account.storeId,
    invoiceId: 'nothing',
  });
  for (const known of webhookSecrets) {
    const { status } = await deliver(open.origin, body, sign(known, body));
    // Taken: that there is no such invoice is found out afterwards, where the shop can be asked.
    assert.ok([204, 503].includes(status), `${status}`);
  }
  assert.equal((await deliver(open.origin, body, sign('the one before both', body))).status, 401);
  await open.close();
});

function signedWith(event: object): [string, string] {
  const body = JSON.stringify(event);
  return [body, sign(secret, body)];
}

function deliver(origin: string, body: string, signature: string | null): Promise<Response> {
  return fetch(`${origin}/v1/webhooks/btcpay`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(signature === null ? {} : { 'btcpay-sig': signature }),
    },
    body,
  });
}
