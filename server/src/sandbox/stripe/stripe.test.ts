import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import pino from 'pino';
import Stripe from 'stripe';
import { testDatabase } from '../../../test/harness.ts';
import { MINUTE_MS, testClock } from '../../core/clock.ts';
import { goAbout } from '../deliver.ts';
import type { Desk } from '../desk.ts';
import { openSandbox } from '../index.ts';
import { TEST_CARDS, testCard } from './cards.ts';
import { answerChallenge, payWith } from './payments.ts';

/** The sandbox's card company, asked with Stripe's own SDK and with plain requests. */

const clock = testClock(Date.UTC(2026, 10, 24, 12));
const db = await testDatabase();
const log = pino({ level: 'silent' });
const sandbox = await openSandbox({ db, clock, log, seed: 'a seed of the test' });
after(() => sandbox.close());
const desk: Desk = { db, clock, wake: () => {} };
const { url, secretKey, webhookSecret, connectSecret } = sandbox.stripe;
const { hostname, port } = new URL(url);
const stripe = new Stripe(secretKey, {
  host: hostname,
  port,
  protocol: 'http',
  maxNetworkRetries: 0,
  telemetry: false,
});

const BODY = new URLSearchParams({
  mode: 'payment',
  success_url: 'https://carat.example/back',
  'line_items[0][quantity]': '1',
  'line_items[0][price_data][currency]': 'usd',
  'line_items[0][price_data][unit_amount]': '296',
  'line_items[0][price_data][product_data][name]': '219 Coins',
}).toString();

test('a keyed request is done once, and its first answer is its answer', async () => {
  const key = randomUUID();
  const first = await post('/v1/checkout/sessions', BODY, key);
  const again = await post('/v1/checkout/sessions', BODY, key);
  assert.deepEqual([first.status, first.replayed, again.status, again.replayed], [200, null, 200, 'true']);
  assert.equal(again.text, first.text);
  const other = await post('/v1/checkout/sessions', BODY.replace('296', '297'), key);
  assert.deepEqual([other.status, other.error.type], [400, 'idempotency_error']);
  const elsewhere = await post('/v1/refunds', 'payment_intent=pi_1', key);
  assert.deepEqual([elsewhere.status, elsewhere.error.type], [400, 'idempotency_error']);
  assert.equal((await post('/v1/checkout/sessions', BODY, 'x'.repeat(256))).status, 400);
});

test('two at once with one key: one is done, the other hears that it is in use', async () => {
  const first = randomUUID();
  assert.equal((await post('/v1/checkout/sessions', BODY, first)).status, 200);
  // As if the first were still at work: its row is there and has no answer.
  await db.query(`update sandbox.calls set status = null, body = null, begun_at = now() where key = $1`, [
    first,
  ]);
  const busy = await post('/v1/checkout/sessions', BODY, first);
  assert.deepEqual([busy.status, busy.error.code], [409, 'idempotency_key_in_use']);
  const keys = Array.from({ length: 3 }, () => randomUUID());
  const answers = await Promise.all(
    keys.flatMap((one) => Array.from({ length: 8 }, () => post('/v1/checkout/sessions', BODY, one))),
  );
  assert.ok(answers.every(({ status }) => status === 200 || status === 409));
  const made = new Set(answers.filter(({ status }) => status === 200).map(({ text }) => JSON.parse(text).id));
  assert.equal(made.size, keys.length);
});

test('a server error after the work is kept; wrong parameters leave no trace', async () => {
  const key = randomUUID();
  await order({ call: 'checkout.sessions.create', fault: 'error_after', times: 1 });
  const before = await sessions();
  const failed = await post('/v1/checkout/sessions', BODY, key);
  const again = await post('/v1/checkout/sessions', BODY, key);
  assert.deepEqual([failed.status, again.status, again.replayed], [500, 500, 'true']);
  assert.equal(await sessions(), before + 1n, 'the work was done');

  const fresh = randomUUID();
  const wrong = await post('/v1/checkout/sessions', `${BODY}&colour=red`, fresh);
  assert.deepEqual([wrong.status, wrong.error.code, wrong.error.param], [400, 'parameter_unknown', 'colour']);
  assert.equal((await post('/v1/checkout/sessions', BODY, fresh)).status, 200, 'the key is free');
});

test('what is wrong is refused in Stripe’s words', async () => {
  const table: readonly (readonly [string, string, string])[] = [
    ['mode=payment', 'parameter_missing', 'line_items'],
    [BODY.replace('mode=payment', 'mode=setup'), 'parameter_invalid', 'mode'],
    [`${BODY}&payment_intent_data%5Bcolour%5D=red`, 'parameter_unknown', 'payment_intent_data[colour]'],
    [
      BODY.replace('unit_amount%5D=296', 'unit_amount%5D=-5'),
      'parameter_invalid',
      'line_items[0][price_data][unit_amount]',
    ],
    [
      BODY.replace('unit_amount%5D=296', 'unit_amount%5D=2.96'),
      'parameter_invalid',
      'line_items[0][price_data][unit_amount]',
    ],
    [BODY.replace('unit_amount%5D=296', 'unit_amount%5D=49'), 'amount_too_small', 'line_items'],
    [
      BODY.replace(encodeURIComponent('https://carat.example/back'), 'javascript%3Aalert'),
      'url_invalid',
      'success_url',
    ],
  ];
  for (const [body, code, param] of table) {
    const { status, error } = await post('/v1/checkout/sessions', body);
    assert.deepEqual([status, error.code, error.param], [400, code, param], body);
  }
  const soon = await post(
    '/v1/checkout/sessions',
    `${BODY}&expires_at=${Math.floor(clock.now() / 1_000) + 60}`,
  );
  assert.deepEqual([soon.status, soon.error.param], [400, 'expires_at']);
  assert.equal((await post('/v1/nothing', '')).status, 404);
  assert.equal(
    (await post('/v1/checkout/sessions', '{"mode":"payment"}', undefined, 'application/json')).status,
    400,
  );
  const stranger = await fetch(`${url}/v1/events`, { headers: { authorization: 'Bearer sk_test_guess' } });
  assert.equal(stranger.status, 401);
  const version = await fetch(`${url}/v1/events`, {
    headers: { authorization: `Bearer ${secretKey}`, 'stripe-version': 'yesterday' },
  });
  assert.equal(version.status, 400);
});

test('every card does what it says', async () => {
  const outcomes = new Map<string, string>();
  for (const card of TEST_CARDS) {
    const session = await pay(card.number);
    const shown = await stripe.checkout.sessions.retrieve(session, { expand: ['payment_intent'] });
    const intent = shown.payment_intent as Stripe.PaymentIntent;
    outcomes.set(
      card.number.slice(-4),
      `${shown.status} ${intent.status} ${intent.last_payment_error?.decline_code ?? ''}`.trim(),
    );
  }
  assert.deepEqual(Object.fromEntries(outcomes), {
    '4242': 'complete succeeded',
    '3220': 'open requires_action',
    '0002': 'open requires_payment_method generic_decline',
    '9995': 'open requires_payment_method insufficient_funds',
    '0259': 'complete succeeded',
    '5126': 'complete succeeded',
    '7726': 'complete succeeded',
  });
  const asked = await pay('4000000000003220');
  await answerChallenge(desk, asked, false);
  const refused = await stripe.checkout.sessions.retrieve(asked, { expand: ['payment_intent'] });
  const intent = refused.payment_intent as Stripe.PaymentIntent;
  assert.equal(intent.last_payment_error?.decline_code, 'authentication_required');
  await answerChallenge(desk, asked, true);
  assert.equal(
    (await stripe.checkout.sessions.retrieve(asked)).status,
    'open',
    'nothing waits for an answer',
  );
  clock.advance(25 * 60 * MINUTE_MS);
  assert.equal((await stripe.checkout.sessions.retrieve(asked)).status, 'expired');
});

test('two payers at one page: one charge', async () => {
  const { id } = await open();
  const card = testCard('4242424242424242');
  assert.ok(card !== undefined);
  await Promise.all(Array.from({ length: 10 }, () => payWith(desk, id, card, null)));
  const intent = (await stripe.checkout.sessions.retrieve(id)).payment_intent as string;
  assert.equal((await stripe.charges.list({ payment_intent: intent })).data.length, 1);
});

test('refunds: in parts, never more than is there, and some fail later', async () => {
  const intent = await paidBy('4242424242424242');
  await stripe.refunds.create({ payment_intent: intent, amount: 100 });
  await assert.rejects(stripe.refunds.create({ payment_intent: intent, amount: 197 }), {
    code: 'amount_too_large',
  });
  await stripe.refunds.create({ payment_intent: intent });
  await assert.rejects(stripe.refunds.create({ payment_intent: intent }), {
    code: 'charge_already_refunded',
  });
  assert.equal((await stripe.refunds.list({ payment_intent: intent })).data.length, 2);

  const failing = await paidBy('4000000000005126');
  const waiting = await paidBy('4000000000007726');
  const first = await stripe.refunds.create({ payment_intent: failing });
  const second = await stripe.refunds.create({ payment_intent: waiting });
  assert.deepEqual([first.status, second.status], ['succeeded', 'pending']);
  clock.advance(6_000);
  await run();
  const [failed, done] = await Promise.all([
    stripe.refunds.retrieve(first.id),
    stripe.refunds.retrieve(second.id),
  ]);
  assert.deepEqual(
    [failed.status, failed.failure_reason, done.status],
    ['failed', 'expired_or_canceled_card', 'succeeded'],
  );
  const [charge] = (await stripe.charges.list({ payment_intent: failing })).data;
  assert.equal(charge?.amount_refunded, 0, 'what came back is there again');
});

test('a dispute is opened, answered, won or lost, and costs its fee', async () => {
  for (const [evidence, status] of [
    ['winning_evidence', 'won'],
    ['losing_evidence', 'lost'],
  ] as const) {
    const intent = await paidBy('4000000000000259');
    clock.advance(3_000);
    await run();
    const [dispute] = (await stripe.disputes.list({ payment_intent: intent })).data;
    assert.ok(dispute !== undefined);
    assert.deepEqual(
      [dispute.status, dispute.amount, dispute.balance_transactions.map(({ fee, net }) => [fee, net])],
      ['needs_response', 296, [[1_500, -1_796]]],
    );
    await assert.rejects(stripe.refunds.create({ payment_intent: intent }), { code: 'charge_disputed' });
    const closed = await stripe.disputes.update(dispute.id, {
      evidence: { uncategorized_text: evidence },
      submit: true,
    });
    assert.equal(closed.status, status);
    await assert.rejects(stripe.disputes.close(dispute.id), /already closed/);
  }
  const types = (await stripe.events.list({ limit: 100 })).data.map(({ type }) => type as string);
  for (const type of ['created', 'funds_withdrawn', 'updated', 'closed', 'funds_reinstated']) {
    assert.ok(types.includes(`charge.dispute.${type}`), type);
  }
});

test('a balance adds up: charges and refunds, less the fees', async () => {
  const intent = await paidBy('4242424242424242');
  await stripe.refunds.create({ payment_intent: intent, amount: 100 });
  const [charge] = (
    await stripe.charges.list({ payment_intent: intent, expand: ['data.balance_transaction'] })
  ).data;
  const balance = charge?.balance_transaction as Stripe.BalanceTransaction;
  // 2.9 % of $2.96 = 8.584¢ → 9¢, and 30¢
  assert.deepEqual([balance.amount, balance.fee, balance.net], [296, 39, 257]);
  const lines = await stripe.balanceTransactions.list({ type: 'refund', limit: 1 });
  assert.equal(lines.data[0]?.amount, -100);
});

test('lists have pages, in order, each thing once', async () => {
  clock.advance(MINUTE_MS);
  const since = Math.floor(clock.now() / 1_000);
  const opened = new Set<string>();
  for (let index = 0; index < 25; index += 1) opened.add((await open()).id);
  const listed: string[] = [];
  for await (const { id } of stripe.checkout.sessions.list({ created: { gte: since }, limit: 10 }))
    listed.push(id);
  assert.deepEqual([listed.length, new Set(listed)], [25, opened]);
});

test('the SDK takes our signature for Stripe’s own', async () => {
  const taken: Stripe.Event[] = [];
  const { createServer } = await import('node:http');
  const merchant = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    const signature = String(request.headers['stripe-signature']);
    const raw = Buffer.concat(parts);
    try {
      taken.push(
        Stripe.webhooks.constructEvent(raw, signature, webhookSecret, 300, undefined, clock.now() / 1_000),
      );
      response.writeHead(204).end();
    } catch {
      response.writeHead(401).end();
    }
  });
  await new Promise<void>((listening) => merchant.listen(0, '127.0.0.1', listening));
  after(() => merchant.close());
  const to = `http://127.0.0.1:${(merchant.address() as { port: number }).port}`;
  await db.query('update sandbox.deliveries set next_attempt_at = null');
  const about = await pay('4242424242424242');
  await order({ call: 'stripe.webhook', fault: 'wrong_secret', times: 1 });
  await run(to);
  assert.equal(taken.length, 2, 'one of the three was signed with another secret');
  clock.advance(1_000);
  await run(to);
  assert.equal(taken.length, 3, 'and came again');
  const completed = taken.find(({ type }) => type === 'checkout.session.completed');
  assert.equal((completed?.data.object as { id?: string } | undefined)?.id, about);
});

test('the fault API wants its own key and knows its words', async () => {
  const { director } = sandbox;
  const send = (body: object, key = director.key) =>
    fetch(`${director.url}/faults`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: JSON.stringify(body),
    });
  const fault = { call: 'checkout.sessions.create', fault: 'unavailable', times: 1 };
  assert.equal((await send(fault, secretKey)).status, 401);
  assert.equal((await send({ ...fault, fault: 'earthquake' })).status, 400);
  assert.equal((await send(fault)).status, 200);
  assert.equal((await post('/v1/checkout/sessions', BODY)).status, 503);
  assert.equal((await post('/v1/checkout/sessions', BODY)).status, 200);
  await send({ ...fault, times: 5 });
  await fetch(`${director.url}/faults`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${director.key}` },
  });
  assert.equal((await post('/v1/checkout/sessions', BODY)).status, 200);
});

interface Posted {
  readonly status: number;
  readonly text: string;
  readonly replayed: string | null;
  readonly error: { readonly type?: string; readonly code?: string; readonly param?: string };
}

async function post(
  path: string,
  body: string,
  key?: string,
  contentType = 'application/x-www-form-urlencoded',
): Promise<Posted> {
  const answer = await fetch(url + path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${secretKey}`,
      'content-type': contentType,
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    body,
  });
  const text = await answer.text();
  return {
    status: answer.status,
    text,
    replayed: answer.headers.get('idempotent-replayed'),
    error: (JSON.parse(text) as { error?: Posted['error'] }).error ?? {},
  };
}

async function order(fault: object): Promise<void> {
  const { director } = sandbox;
  const answer = await fetch(`${director.url}/faults`, {
    method: 'POST',
    headers: { authorization: `Bearer ${director.key}` },
    body: JSON.stringify(fault),
  });
  assert.equal(answer.status, 200, await answer.text());
}

async function open(): Promise<{ id: string }> {
  const { status, text } = await post('/v1/checkout/sessions', BODY);
  assert.equal(status, 200, text);
  return JSON.parse(text) as { id: string };
}

/** Pays a fresh session with a card; the session's id. */
async function pay(number: string): Promise<string> {
  const { id } = await open();
  const card = testCard(number);
  assert.ok(card !== undefined);
  await payWith(desk, id, card, null);
  return id;
}

async function paidBy(number: string): Promise<string> {
  const session = await stripe.checkout.sessions.retrieve(await pay(number));
  return session.payment_intent as string;
}

/** Lets what is due happen, and tells the merchant at an address. */
async function run(to: string | null = null): Promise<void> {
  const secrets = {
    stripe: webhookSecret,
    stripe_connect: connectSecret,
    btcpay: 'x',
    btcpay_payouts: 'x',
    paypal: 'x',
  };
  await goAbout({ desk, log, secrets, paypalUrl: '', to: () => to });
}

async function sessions(): Promise<bigint> {
  const [row] = await db.query<{ count: bigint }>(
    `select count(*) from sandbox.objects where kind = 'checkout.session'`,
  );
  return row?.count ?? 0n;
}
