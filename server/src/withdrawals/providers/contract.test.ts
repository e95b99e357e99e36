import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testAddress } from '../../../test/test-address.ts';
import { testHouse } from '../../../test/test-house.ts';
import { MINUTE_MS, testClock } from '../../core/clock.ts';
import { newId, publicId } from '../../core/ids.ts';
import { clearFaults, type Fault, orderFault } from '../../sandbox/faults.ts';
import { setUp } from '../../sandbox/stripe/connect.ts';
import { btcpayPayouts } from './btcpay/provider.ts';
import { paypalPayouts } from './paypal/provider.ts';
import type { PayoutOperation, PayoutProvider, PayoutSnapshot } from './provider.ts';
import { stripePayouts } from './stripe/provider.ts';

/** What is true of every provider behind the port, each against its own company in the sandbox. */

const clock = testClock(Date.UTC(2026, 10, 24, 9));
const site = await testHouse({ clock });
const { house } = site;
const { db } = house;
const { stripe, btcpay, paypal } = house.config.payments;
assert.ok(stripe !== null && btcpay !== null && paypal !== null);

interface Case {
  readonly payer: PayoutProvider;
  /** The call that makes a payment, to meet a fault. */
  readonly call: string;
  /** A receiver that can be paid, another each time. */
  receiver(): Promise<string>;
  /** One that no such company pays to. */
  readonly nobody: string;
  readonly currency: string;
  /** Makes the company say of the payment `$1` what nobody understands. */
  readonly odd: string;
}

let made = 0;
const next = () => {
  made += 1;
  return made;
};

async function stripeAccount(payer: PayoutProvider): Promise<string> {
  assert.ok(payer.accounts !== undefined);
  const opened = await payer.accounts.open({ accountId: newId(), userRef: `user_${next()}`, country: 'US' });
  assert.ok(opened.kind === 'ok');
  const page = await payer.accounts.setUpPage(opened.value.ref, 'https://carat.example/');
  assert.ok(page.kind === 'ok');
  const link = new URL(page.value.url).pathname.split('/').at(-1) ?? '';
  await setUp({ db, clock, wake: () => undefined }, link, 'finish', '000123456789');
  return opened.value.ref;
}

const stripePayer = stripePayouts({ account: stripe });
const CASES: readonly Case[] = [
  {
    payer: stripePayer,
    call: 'transfers.create',
    receiver: () => stripeAccount(stripePayer),
    nobody: 'acct_1NobodyAtAll',
    currency: 'USD',
    odd: `update sandbox.objects set body = body || '{"amount_reversed": 1}' where id = $1`,
  },
  {
    payer: btcpayPayouts({ account: btcpay, clock }),
    call: 'btcpay.payouts.create',
    receiver: async () => testAddress(next()),
    nobody: 'tb1nobody',
    currency: 'BTC',
    odd: `update sandbox.objects set body = body || '{"state": "Frozen"}' where id = $1`,
  },
  {
    payer: paypalPayouts({ account: paypal, clock }),
    call: 'paypal.payouts.create',
    receiver: async () => `receiver${next()}@mail.example`,
    nobody: 'nobody',
    currency: 'USD',
    odd: `update sandbox.objects set body = body || '{"status": "FROZEN"}' where parent = $1 or id = $1`,
  },
];

async function operationTo({ receiver, currency }: Case, destination?: string): Promise<PayoutOperation> {
  return {
    attemptId: newId(),
    reference: `CAR-C0NTRACT${String(next()).padStart(2, '0')}`,
    withdrawal: publicId('wd', newId()),
    destination: destination ?? (await receiver()),
    minor: 40_000n,
    currency,
    takenRef: null,
  };
}

const faulty = (call: string, fault: Fault) => orderFault(db, { call, fault, times: 1 });

/** Asked as the house asks: looked for, and where nothing is found, asked for. */
async function found({ payer }: Case, operation: PayoutOperation): Promise<PayoutSnapshot> {
  const there = await payer.fetch(operation);
  assert.ok(there.kind === 'ok', JSON.stringify(there, replaced));
  if (there.value !== null) return there.value;
  const asked = await payer.create(operation);
  assert.ok(asked.kind === 'ok', JSON.stringify(asked, replaced));
  return asked.value;
}

const replaced = (_key: string, value: unknown) => (typeof value === 'bigint' ? `${value}` : value);

for (const one of CASES) {
  const { payer } = one;
  const name = payer.id;

  test(`${name}: the same attempt asked for twice is one payment`, async () => {
    const operation = await operationTo(one);
    const first = await payer.create(operation);
    assert.ok(first.kind === 'ok', JSON.stringify(first, replaced));
    assert.deepEqual(
      [first.value.attemptId, first.value.minor, first.value.currency, first.value.destination],
      [operation.attemptId, operation.minor, operation.currency, operation.destination],
    );
    assert.equal((await found(one, operation)).takenRef, first.value.takenRef);
    const again = await payer.create(operation);
    // Who knows no keys refuses a second one to the same address, and says so.
    if (again.kind === 'ok') assert.equal(again.value.takenRef, first.value.takenRef);
    else assert.equal(again.kind, 'declined');
    const booked = { ...operation, takenRef: first.value.takenRef };
    const seen = await payer.fetch(booked);
    assert.ok(seen.kind === 'ok' && seen.value?.takenRef === first.value.takenRef);
  });

  for (const fault of ['drop_after', 'error_after', 'drop_before', 'unavailable'] as const) {
    test(`${name}: an answer that is ${fault} is no refusal, and the payment is found`, async () => {
      const operation = await operationTo(one);
      await faulty(one.call, fault);
      const lost = await payer.create(operation);
      // A client that asks again by itself has the answer already; nobody takes it for a refusal.
      assert.notEqual(lost.kind, 'declined');
      await clearFaults(db);
      // The key of a company that keeps its first answer, a server error too, has that answer: it is looked for.
      const { takenRef } = await found(one, operation);
      assert.equal((await found(one, { ...operation, takenRef })).takenRef, takenRef);
    });
  }

  test(`${name}: what nobody pays to is refused for certain, and nothing is there`, async () => {
    const operation = await operationTo(one, one.nobody);
    assert.equal((await payer.create(operation)).kind, 'declined');
    assert.deepEqual(await payer.fetch(operation), { kind: 'ok', value: null });
  });

  test(`${name}: a word or an amount that was not asked for is neither paid nor back`, async () => {
    const operation = await operationTo(one);
    const { takenRef } = await found(one, operation);
    const booked = { ...operation, takenRef };
    await db.query(one.odd, [takenRef]);
    const odd = await payer.fetch(booked);
    assert.ok(odd.kind === 'ok' && odd.value?.status === 'other', JSON.stringify(odd, replaced));
  });

  test(`${name}: what was begun is listed, where the company lists at all`, async () => {
    const operation = await operationTo(one);
    const { takenRef } = await found(one, operation);
    const listed: string[] = [];
    for await (const there of payer.listSince(new Date(clock.now() - MINUTE_MS))) listed.push(there.takenRef);
    assert.equal(listed.includes(takenRef), name !== 'paypal');
  });

  test(`${name}: what is made in the sandbox is never live, and has a world of its own`, async () => {
    const operation = await operationTo(one);
    const taken = await found(one, operation);
    assert.equal(taken.livemode, false);
    assert.equal(payer.mode, 'sandbox');
    assert.ok(payer.world.endsWith('_sandbox'));
  });
}
