import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { Ajv } from 'ajv';
import pino from 'pino';
import { createGenerator } from 'ts-json-schema-generator';
import type { StripeAccount } from '../../src/config.ts';
import { type Clock, MINUTE_MS, systemClock, testClock } from '../../src/core/clock.ts';
import { newId } from '../../src/core/ids.ts';
import type { CheckoutOperation, PayInProvider } from '../../src/purchases/provider.ts';
import { stripeProvider } from '../../src/purchases/stripe/provider.ts';
import { orderFault } from '../../src/sandbox/faults.ts';
import { openSandbox } from '../../src/sandbox/index.ts';
import { testCard } from '../../src/sandbox/stripe/cards.ts';
import { setUp } from '../../src/sandbox/stripe/connect.ts';
import { payWith } from '../../src/sandbox/stripe/payments.ts';
import { BANK_GONE, type PayoutOperation } from '../../src/withdrawals/providers/provider.ts';
import { stripePayouts } from '../../src/withdrawals/providers/stripe/provider.ts';
import { testDatabase } from '../harness.ts';
import type { Params } from './stripe-params.ts';

/**
 * What the adapter and Stripe have agreed on. It runs against the sandbox, and the same again against Stripe's own
 * test mode when `STRIPE_TEST_SECRET_KEY` is given.
 */

type TypeName = Params['name'];

const clock = testClock(Date.UTC(2026, 10, 24, 12));
const db = await testDatabase();
const asked: { readonly operation: string; readonly params: Record<string, unknown> }[] = [];
const sandbox = await openSandbox({
  db,
  clock,
  log: pino({ level: 'silent' }),
  seed: 'a seed of the test',
  witness: (operation, params) => asked.push({ operation, params: structuredClone(params) }),
});
after(() => sandbox.close());
const desk = { db, clock, wake: () => {} };

const account: StripeAccount = {
  mode: 'sandbox',
  secretKey: sandbox.stripe.secretKey,
  webhookSecrets: [sandbox.stripe.webhookSecret],
  methods: ['card', 'wallet'],
  connect: { webhookSecrets: [sandbox.stripe.connectSecret] },
  apiUrl: sandbox.stripe.url,
};

agreement('the sandbox', clock, account, false);
const realKey = process.env.STRIPE_TEST_SECRET_KEY;
agreement(
  'Stripe’s test mode',
  systemClock,
  { ...account, mode: 'test', secretKey: realKey ?? '', apiUrl: null },
  realKey === undefined ? 'STRIPE_TEST_SECRET_KEY is not given: nothing was asked of the real Stripe' : false,
);

function agreement(where: string, time: Clock, own: StripeAccount, skip: string | false): void {
  const provider = stripeProvider({ account: own, clock: time });
  const operation = (changes: Partial<CheckoutOperation> = {}): CheckoutOperation => ({
    operationId: newId(),
    orderRef: `order_${newId()}`,
    description: '219 Coins',
    method: 'card',
    amountCents: 296n,
    currency: 'USD',
    returnUrl: 'https://carat.example/wallet?order=order_1',
    createdAt: new Date(time.now()),
    expiresAt: new Date(time.now() + provider.capabilities.openMs),
    ...changes,
  });

  test(`${where}: a page is opened once for each operation`, { skip }, async () => {
    const first = operation();
    const opened = await provider.createCheckout(first);
    assert.ok(opened.kind === 'ok', JSON.stringify(opened));
    assert.match(opened.value.providerRef, /^cs_test_/);
    assert.ok(URL.canParse(opened.value.redirectUrl));
    assert.deepEqual(await provider.createCheckout(first), opened);
    const other = await provider.createCheckout(operation());
    assert.ok(other.kind === 'ok' && other.value.providerRef !== opened.value.providerRef);
  });

  test(`${where}: one key for two requests opens nothing new`, { skip }, async () => {
    const first = operation();
    assert.equal((await provider.createCheckout(first)).kind, 'ok');
    const mixed = { ...first, amountCents: 999n, orderRef: `order_${newId()}` };
    assert.deepEqual(await provider.createCheckout(mixed), { kind: 'unknown', reason: 'idempotency_error' });
  });

  test(`${where}: an open page, as it is fetched, and closed`, { skip }, async () => {
    const { ref, orderRef } = await open(provider, operation());
    const snapshot = await fetched(provider, ref);
    assert.deepEqual(
      [snapshot.status, snapshot.orderRef, snapshot.amountCents, snapshot.currency, snapshot.livemode],
      ['open', orderRef, 296n, 'USD', false],
    );
    assert.deepEqual([snapshot.feeCents, snapshot.paidAt, snapshot.disputes], [0n, null, []]);
    for (let times = 0; times < 2; times += 1) {
      const canceled = await provider.cancel(ref);
      assert.ok(canceled.kind === 'ok' && canceled.value.status === 'canceled');
    }
    assert.equal((await fetched(provider, ref)).status, 'canceled');
  });

  test(`${where}: what is refused is refused for good, a wrong key is not`, { skip }, async () => {
    assert.deepEqual(await provider.createCheckout(operation({ amountCents: 49n })), {
      kind: 'declined',
      code: 'amount_too_small',
    });
    assert.deepEqual(await provider.fetch('cs_test_nothing'), { kind: 'declined', code: 'resource_missing' });
    assert.deepEqual(await provider.fetch('pi_nothing'), { kind: 'declined', code: 'resource_missing' });
    assert.deepEqual(await provider.fetchRefund('re_nothing'), {
      kind: 'declined',
      code: 'resource_missing',
    });
    const thief = stripeProvider({ account: { ...own, secretKey: 'sk_test_guess' }, clock: time });
    assert.equal((await thief.fetch('cs_test_nothing')).kind, 'retryable');
  });

  test(`${where}: the list since an instant has the page`, { skip }, async () => {
    const since = new Date(time.now() - MINUTE_MS);
    const { ref } = await open(provider, operation());
    const listed: string[] = [];
    for await (const snapshot of provider.listSince(since)) listed.push(snapshot.providerRef);
    assert.ok(listed.includes(ref));
    assert.equal(new Set(listed).size, listed.length);
  });

  const payouts = stripePayouts({ account: own });
  const { accounts } = payouts;
  assert.ok(accounts !== undefined);

  test(`${where}: an account is opened once, has a page, and misses what it misses`, { skip }, async () => {
    const accountId = newId();
    const opening = { accountId, userRef: 'user_1', country: 'US' };
    const opened = await accounts.open(opening);
    assert.ok(opened.kind === 'ok', inspect(opened));
    const { ref } = opened.value;
    assert.deepEqual(await accounts.open(opening), opened);
    const page = await accounts.setUpPage(ref, 'https://carat.example/studio/payout-methods');
    assert.ok(page.kind === 'ok' && URL.canParse(page.value.url), inspect(page));
    const seen = await accounts.fetch(ref, 'USD');
    assert.ok(seen.kind === 'ok');
    assert.deepEqual(
      [seen.value.ready, seen.value.submitted, seen.value.rejected, seen.value.bank],
      [false, false, false, null],
    );
    assert.ok(seen.value.missing.includes('external_account'), seen.value.missing.join());
    // Nothing can be transferred to it before it is set up, and nothing is there then.
    const asked = payment(ref);
    const refused = await payouts.create(asked);
    assert.equal(refused.kind, 'declined', inspect(refused));
    assert.deepEqual(await payouts.fetch(asked), { kind: 'ok', value: null });
  });

  test(`${where}: a transfer to nobody is refused for good, a wrong key is not`, { skip }, async () => {
    const nobody = payment('acct_1NobodyAtAll0000');
    assert.equal((await payouts.create(nobody)).kind, 'declined');
    assert.deepEqual(await payouts.fetch(nobody), { kind: 'ok', value: null });
    const thief = stripePayouts({ account: { ...own, secretKey: 'sk_test_guess' } });
    assert.equal((await thief.create(payment('acct_1NobodyAtAll0000'))).kind, 'retryable');
  });
}

function payment(destination: string): PayoutOperation {
  const attemptId = newId();
  const reference = `CAR-${attemptId.slice(-10).toUpperCase()}`;
  return {
    attemptId,
    reference,
    withdrawal: 'wd_1',
    destination,
    minor: 2_650n,
    currency: 'USD',
    takenRef: null,
  };
}

test('transferred, paid out, taken back: each is in the snapshot, each happens once', async () => {
  const payouts = stripePayouts({ account });
  const { accounts } = payouts;
  assert.ok(accounts !== undefined);
  const merchant = await payouts.ownAccount();
  assert.ok(merchant.kind === 'ok' && merchant.value.startsWith('acct_'), inspect(merchant));
  const opened = await accounts.open({ accountId: newId(), userRef: 'user_1', country: 'US' });
  assert.ok(opened.kind === 'ok');
  const { ref } = opened.value;
  const page = await accounts.setUpPage(ref, 'https://carat.example/studio/payout-methods');
  assert.ok(page.kind === 'ok');
  const link = page.value.url.split('/').at(-1) ?? '';
  await setUp(desk, link, 'finish', '000123456789');
  const [paid, back] = [payment(ref), payment(ref)];
  for (const one of [paid, back]) {
    const taken = await payouts.create(one);
    assert.ok(taken.kind === 'ok', inspect(taken));
    assert.deepEqual(
      [taken.value.status, taken.value.minor, taken.value.attemptId],
      ['taken', 2_650n, one.attemptId],
    );
    assert.deepEqual(await payouts.create(one), taken);
    assert.deepEqual(await payouts.fetch(one), taken);
  }
  const found = await payouts.fetch(paid);
  assert.ok(found.kind === 'ok' && found.value !== null);
  const sent = await payouts.forward(paid, found.value, 1);
  assert.ok(sent.kind === 'ok' && sent.value.status === 'on_its_way', inspect(sent));
  assert.deepEqual(await payouts.forward(paid, found.value, 1), sent);
  const other = await payouts.fetch(back);
  assert.ok(other.kind === 'ok' && other.value !== null);
  for (let times = 0; times < 2; times += 1) {
    const reversed = await payouts.takeBack(back, other.value, 1);
    assert.ok(reversed.kind === 'ok' && reversed.value.status === 'back', inspect(reversed));
  }
  // What was paid out cannot be taken back.
  assert.equal((await payouts.takeBack(paid, found.value, 1)).kind, 'declined');
  // One that is not as it was asked for is nobody's to guess at.
  const odd = await payouts.fetch({ ...paid, minor: 2_651n });
  assert.ok(odd.kind === 'ok' && odd.value?.status === 'other');
  const listed: (string | null)[] = [];
  for await (const { attemptId } of payouts.listSince(new Date(clock.now() - MINUTE_MS)))
    listed.push(attemptId);
  assert.deepEqual(listed.toSorted(), [paid.attemptId, back.attemptId].toSorted());
  assert.equal((await accounts.setUpPage(ref, 'https://carat.example/')).kind, 'ok');
});

test('a refusal stays under its key, and the next question has another one', async () => {
  const payouts = stripePayouts({ account });
  const { accounts } = payouts;
  assert.ok(accounts !== undefined);
  const opened = await accounts.open({ accountId: newId(), userRef: 'user_2', country: 'US' });
  assert.ok(opened.kind === 'ok');
  const { ref } = opened.value;
  const page = await accounts.setUpPage(ref, 'https://carat.example/studio/payout-methods');
  assert.ok(page.kind === 'ok');
  await setUp(desk, page.value.url.split('/').at(-1) ?? '', 'finish', '000123456789');
  const one = payment(ref);
  const taken = await payouts.create(one);
  assert.ok(taken.kind === 'ok', inspect(taken));
  await orderFault(db, { call: 'payouts.create', fault: 'short_of_money', times: 1 });
  const short = { kind: 'declined', code: 'balance_insufficient' } as const;
  for (let times = 0; times < 2; times += 1) {
    assert.deepEqual(await payouts.forward(one, taken.value, 1), short, 'it is remembered');
  }
  // A bank that is not there is refused; the one that was looked at is paid, and the next question may name it.
  const bank = await accounts.fetch(ref, 'USD');
  assert.ok(bank.kind === 'ok' && bank.value.bank !== null);
  assert.deepEqual(await payouts.forward({ ...one, bank: 'ba_1Nowhere' }, taken.value, 2), {
    kind: 'declined',
    code: BANK_GONE,
  });
  const sent = await payouts.forward({ ...one, bank: bank.value.bank.ref }, taken.value, 3);
  assert.ok(sent.kind === 'ok' && sent.value.status === 'on_its_way', inspect(sent));
});

test('paid, given back in part, disputed: each is in the snapshot', async () => {
  const provider = stripeProvider({ account, clock });
  const operation: CheckoutOperation = {
    operationId: newId(),
    orderRef: 'order_paid',
    description: '1,000 Coins',
    method: 'card',
    amountCents: 1_350n,
    currency: 'USD',
    returnUrl: 'https://carat.example/wallet',
    createdAt: new Date(clock.now()),
    expiresAt: new Date(clock.now() + 30 * MINUTE_MS),
  };
  const { ref } = await open(provider, operation);
  const card = testCard('4242424242424242');
  assert.ok(card !== undefined);
  await payWith(desk, ref, card, 'apple_pay');
  const paid = await fetched(provider, ref);
  // 2.9 % of $13.50 = 39.15¢ → 39¢, and 30¢
  assert.deepEqual([paid.status, paid.feeCents, paid.paidAt?.getTime()], ['paid', 69n, clock.now()]);
  const back = {
    operationId: newId(),
    providerRef: ref,
    amountCents: 350n,
    reason: 'requested_by_customer',
  } as const;
  const refund = await provider.refund(back);
  assert.ok(refund.kind === 'ok' && refund.value.status === 'succeeded' && refund.value.amountCents === 350n);
  assert.deepEqual(await provider.refund(back), refund, 'asked again it is the same refund');
  assert.deepEqual(await provider.fetchRefund(refund.value.refundRef), refund);
  assert.deepEqual(await provider.refund({ ...back, operationId: newId(), amountCents: 1_001n }), {
    kind: 'declined',
    code: 'amount_too_large',
  });
  assert.equal((await fetched(provider, ref)).refundedCents, 350n);
});

test('every request of the adapter is one that the types of the installed SDK allow', () => {
  const generator = createGenerator({
    path: fileURLToPath(new URL('stripe-params.ts', import.meta.url)),
    tsconfig: fileURLToPath(new URL('../../../tsconfig.json', import.meta.url)),
    skipTypeCheck: true,
    topRef: false,
    additionalProperties: false,
    expose: 'none',
  });
  const types: Readonly<Record<string, TypeName>> = {
    'checkout.sessions.create': 'SessionCreate',
    'checkout.sessions.retrieve': 'SessionRetrieve',
    'checkout.sessions.expire': 'SessionExpire',
    'checkout.sessions.list': 'SessionList',
    'refunds.create': 'RefundCreate',
    'refunds.retrieve': 'RefundRetrieve',
    'disputes.list': 'DisputeList',
    'accounts.create': 'AccountCreate',
    'accounts.retrieve': 'AccountRetrieve',
    'accounts.retrieve_current': 'AccountRetrieveCurrent',
    'accounts.create_login_link': 'LoginLinkCreate',
    'account_links.create': 'AccountLinkCreate',
    'transfers.create': 'TransferCreate',
    'transfers.retrieve': 'TransferRetrieve',
    'transfers.list': 'TransferList',
    'transfers.create_reversal': 'ReversalCreate',
    'payouts.create': 'PayoutCreate',
    'payouts.list': 'PayoutList',
  };
  const ajv = new Ajv({ strict: false, allErrors: true });
  const checks = new Map(
    Object.entries(types).map(([operation, type]) => [
      operation,
      ajv.compile(generator.createSchema(type) as object),
    ]),
  );
  const seen = new Set<string>();
  for (const { operation, params } of asked) {
    const check = checks.get(operation);
    assert.ok(check !== undefined, `no type is named for ${operation}`);
    assert.ok(check(params), `${operation}: ${JSON.stringify(check.errors)}`);
    seen.add(operation);
  }
  // Disputes are asked for of disputed payments alone.
  assert.deepEqual([...seen, 'disputes.list'].toSorted(), Object.keys(types).toSorted());
  // The check sees what it is there to see.
  const create = checks.get('checkout.sessions.create');
  assert.equal(create?.({ mode: 'payment', payment_method_types: ['card'] }), false);
});

async function open(
  provider: PayInProvider,
  operation: CheckoutOperation,
): Promise<{ ref: string; orderRef: string }> {
  const opened = await provider.createCheckout(operation);
  assert.ok(opened.kind === 'ok', JSON.stringify(opened));
  return { ref: opened.value.providerRef, orderRef: operation.orderRef };
}

async function fetched(provider: PayInProvider, ref: string) {
  const outcome = await provider.fetch(ref);
  assert.ok(outcome.kind === 'ok', inspect(outcome));
  return outcome.value;
}
