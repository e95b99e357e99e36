import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { openSocket } from '../../test/socket.ts';
import { type Person, testHouse } from '../../test/test-house.ts';
import { until } from '../../test/until.ts';
import { MINUTE_MS, testClock } from '../core/clock.ts';
import type { Slice } from '../house.ts';
import { identity } from '../identity/index.ts';
import { policy } from '../policy/index.ts';
import { rates } from '../rates/index.ts';
import { addSocket } from '../realtime/routes.ts';
import { wallet } from '../wallet/index.ts';
import { purchases } from './index.ts';

const clock = testClock(Date.UTC(2026, 10, 24, 12));
const socket: Slice = { name: 'socket', routes: addSocket };
const house = await testHouse({ slices: [policy, identity, rates, wallet, purchases, socket], clock });

const DECLINED = '4000000000000002';
const INSUFFICIENT = '4000000000009995';
const CONFIRMS = '4000000000003220';

interface Shown {
  readonly status: number;
  readonly html: string;
}

/** A browser without scripts at the payment page of one order. */
async function checkout(person: Person, coins: string) {
  const answer = await person.post(
    '/v1/orders',
    { item: { kind: 'exact', coins }, returnTo: '/wallet' },
    randomUUID(),
  );
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  const { order } = answer.body;
  const url: string = order.checkoutUrl;
  return {
    order,
    url,
    async look(): Promise<Shown> {
      const page = await fetch(url);
      return { status: page.status, html: await page.text() };
    },
    /** Presses a button; the address that the browser is sent to. */
    async press(form: Record<string, string>): Promise<string> {
      const answer = await fetch(url, {
        method: 'POST',
        redirect: 'manual',
        headers: { origin: house.origin, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(form),
      });
      assert.equal(answer.status, 303, await answer.text());
      return new URL(answer.headers.get('location') ?? '', url).href;
    },
    /** Goes back without paying, as the page offers it; the site then closes the page. */
    async leave(): Promise<string> {
      const { html } = await this.look();
      const link = /class="back" href="([^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '';
      await person.post(`/v1/orders/${order.id}/cancel`);
      return link;
    },
    back: `${house.origin}/wallet?order=${order.id}`,
    state: async () => (await person.get(`/v1/orders/${order.id}`)).body.order,
    until: (state: string) =>
      until(
        `the order is ${state}`,
        async () => (await person.get(`/v1/orders/${order.id}`)).body.order,
        (seen) => seen.state === state,
      ),
  };
}

const coinsOf = async (person: Person) => (await person.get('/v1/me/wallet')).body.coins.display;

test('pay by card, come back, the Coins are there', async () => {
  const ana = await house.person('ana');
  const { body: ticket } = await ana.post('/v1/socket-tickets');
  const listener = openSocket(house.origin, ticket.ticket);
  await listener.next('hello');
  const till = await checkout(ana, '219');
  assert.equal(till.order.state, 'awaiting_payment');

  const { status, html } = await till.look();
  assert.equal(status, 200);
  for (const words of [
    'Sandbox. No real money moves.',
    '219 Coins',
    '$2.96',
    'Pay $2.96',
    'Back without paying',
  ]) {
    assert.ok(html.includes(words), words);
  }
  assert.ok(!/<script|\son[a-z]+=|https?:\/\/(?!127)/i.test(html), 'no script and nothing from elsewhere');

  assert.equal(await till.press({ do: 'pay', card: '4242424242424242' }), till.back);
  const paid = await till.until('paid');
  assert.deepEqual(
    paid.transfers.map((leg: { amount: { display: string }; from: string; to: string }) => [
      leg.amount.display,
      leg.from,
      leg.to,
    ]),
    [
      ['$2.96', 'world:stripe_sandbox', 'platform:cash'],
      ['$0.39', 'platform:cash', 'platform:provider_fees'], // 2.9 % of $2.96 = 8.584¢ → 9¢, and 30¢
      ['219 Coins', 'platform:coins_issued', 'you:coins'],
    ],
  );
  assert.equal(await coinsOf(ana), '219 Coins');
  const frame = await listener.next('wallet');
  assert.deepEqual(frame.coins, { asset: 'COIN', units: '219', display: '219 Coins' });
  assert.ok((await till.look()).html.includes('The payment is complete.'));
  assert.equal(
    await till.press({ do: 'pay', card: '4242424242424242' }),
    till.back,
    'pressing again only leads back',
  );
  assert.equal(await coinsOf(ana), '219 Coins');
  listener.ws.close();
});

test('a declined card can be followed by one that pays', async () => {
  const ben = await house.person('ben');
  const till = await checkout(ben, '100');
  assert.equal(await till.press({ do: 'pay', card: DECLINED }), till.url);
  assert.ok((await till.look()).html.includes('The card was declined. Nothing was charged.'));
  assert.equal(await till.press({ do: 'pay', card: INSUFFICIENT }), till.url);
  assert.ok((await till.look()).html.includes('The card does not have enough money. Nothing was charged.'));
  assert.equal((await till.state()).state, 'awaiting_payment');
  assert.equal(await till.press({ do: 'pay', card: '4242424242424242' }), till.back);
  await till.until('paid');
  assert.equal(await coinsOf(ben), '100 Coins');
});

test('whoever leaves after a declined card sees why, and nothing was charged', async () => {
  const cleo = await house.person('cleo');
  const cases = [
    [[], 'canceled', null],
    [[DECLINED], 'declined', 'generic_decline'],
    [[DECLINED, INSUFFICIENT], 'declined', 'insufficient_funds'],
  ] as const;
  for (const [cards, state, reason] of cases) {
    const till = await checkout(cleo, '100');
    for (const card of cards) await till.press({ do: 'pay', card });
    assert.equal(await till.leave(), `${till.back}&left=true`);
    const ended = await till.until(state);
    assert.deepEqual([ended.reason, ended.checkoutUrl, ended.transfers], [reason, null, []]);
  }
  assert.equal(await coinsOf(cleo), '0 Coins');
});

test('3-D Secure: confirmed pays, refused does not, walking away runs out of time', async () => {
  const dora = await house.person('dora');
  const confirmed = await checkout(dora, '100');
  assert.equal(await confirmed.press({ do: 'pay', card: CONFIRMS }), confirmed.url);
  assert.ok((await confirmed.look()).html.includes('Your test bank asks'));
  assert.equal((await confirmed.state()).state, 'awaiting_payment');
  assert.equal(await confirmed.press({ do: 'confirm' }), confirmed.back);
  await confirmed.until('paid');

  const refused = await checkout(dora, '100');
  await refused.press({ do: 'pay', card: CONFIRMS });
  assert.equal(await refused.press({ do: 'refuse' }), refused.url);
  assert.ok((await refused.look()).html.includes('The payment was not confirmed. Nothing was charged.'));
  await refused.leave();
  assert.equal((await refused.until('declined')).reason, 'authentication_required');

  const left = await checkout(dora, '100');
  await left.press({ do: 'pay', card: CONFIRMS });
  clock.advance(66 * MINUTE_MS);
  await left.until('expired');
  assert.equal(await left.press({ do: 'confirm' }), left.url, 'too late to confirm');
  assert.ok((await left.look()).html.includes('Nothing was charged.'));
  assert.equal(await coinsOf(dora), '100 Coins');
});

test('the tab may be closed after paying: nobody has to come back', async () => {
  const emil = await house.person('emil');
  const till = await checkout(emil, '100');
  await till.press({ do: 'pay', card: '4242424242424242' });
  await until(
    'the Coins are there',
    () => coinsOf(emil),
    (coins) => coins === '100 Coins',
  );
});

test('an order can be called off, and a payment that came first stays', async () => {
  const finn = await house.person('finn');
  const off = await checkout(finn, '100');
  const canceled = await finn.post(`/v1/orders/${off.order.id}/cancel`);
  assert.deepEqual([canceled.status, canceled.body.order.state], [200, 'canceled']);
  assert.equal(await off.press({ do: 'pay', card: '4242424242424242' }), off.url);
  assert.ok((await off.look()).html.includes('Nothing was charged.'));

  const first = await checkout(finn, '100');
  await first.press({ do: 'pay', card: '4242424242424242' });
  const late = await finn.post(`/v1/orders/${first.order.id}/cancel`);
  assert.equal(late.body.order.state, 'paid');
  assert.equal(await coinsOf(finn), '100 Coins');
});

test('a payment page takes what it offers and nothing else', async () => {
  const gus = await house.person('gus');
  const till = await checkout(gus, '100');
  const post = (body: string, headers: Record<string, string> = {}) =>
    fetch(till.url, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: house.origin, 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body,
    });
  assert.equal((await post('do=steal')).status, 400);
  assert.equal((await post('card=pays')).status, 400);
  assert.equal((await post('do=pay&do=leave')).status, 400);
  assert.equal((await post(`do=pay&card=${'x'.repeat(3_000)}`)).status, 413);
  assert.equal((await post('do=pay&card=4242424242424242', { origin: 'https://evil.example' })).status, 403);
  assert.equal((await post('do=pay&card=nobody')).status, 303, 'an unknown card is not a payment');
  assert.equal((await till.state()).state, 'awaiting_payment');
  const nowhere = await fetch(`${house.origin}/sandbox/stripe/cs_test_nothing`);
  assert.equal(nowhere.status, 404);
  assert.ok((await nowhere.text()).includes('This address leads to no payment.'));
  const policyHeader = (await fetch(till.url)).headers.get('content-security-policy') ?? '';
  assert.match(
    policyHeader,
    /^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]+'; script-src 'sha256-[A-Za-z0-9+/=]+'; connect-src 'self'; form-action 'self'/,
  );
});
