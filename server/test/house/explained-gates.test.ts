import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { DAY_MS, MINUTE_MS, testClock } from '../../src/core/clock.ts';
import { newId } from '../../src/core/ids.ts';
import { adoptPolicy, type PolicyDocument, PRESETS } from '../../src/policy/index.ts';
import { clearFaults, orderFault } from '../../src/sandbox/faults.ts';
import { type Answer, PASSPHRASE, type Person, testHouse } from '../test-house.ts';
import { buyCoins, goLive } from '../town-life.ts';
import { until } from '../until.ts';
import { ACH_ACCOUNT, addAccount, creatorWith, SENDERS, withdraw } from '../withdrawal-scene.ts';

/** What refuses at a gate stands in its explanation, under the same code: each check of each gate is met once. */

// A Tuesday.
const clock = testClock(Date.UTC(2026, 10, 24, 9));
const site = await testHouse({ clock, config: { payouts: SENDERS, fiatRates: { kind: 'none' } } });
const { house } = site;
const { db } = house;
const UNITS = 2_000_000n;

/** Where each check of a gate refuses and is explained, when not in this file. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  age_unknown: 'server/src/identity/gates.test.ts',
  under_age: 'server/src/identity/gates.test.ts',
  account_frozen: 'server/src/identity/gates.test.ts',
  on_a_break: 'server/src/gifts/giving-room.test.ts',
  payment_disputed: 'server/src/refunds/disputes.test.ts',
  buying_not_set_up: 'server/src/purchases/no-provider.test.ts',
  too_many_open_orders: 'server/src/purchases/open-orders.test.ts',
  spending_limit_reached: 'server/src/purchases/spending-limits.test.ts',
  withdrawals_on_hold: 'server/src/withdrawals/holds.test.ts',
  payout_account_bounced: 'server/src/withdrawals/bank-accounts.test.ts',
  payout_setup_needed: 'server/src/withdrawals/providers/stripe-payouts.test.ts',
  payout_identity_needed: 'server/src/verification/verification.test.ts',
  payout_name_differs: 'server/src/verification/verification.test.ts',
};
const met = new Set<string>();
/** Every check that any explanation here has listed. */
const listed = new Set<string>();

interface Check {
  readonly code: string;
  readonly passed: boolean;
  readonly have: string;
  readonly remedy: string | null;
  readonly earliest: string | null;
}

async function explained(person: Person, gate: string): Promise<Check[]> {
  const { body } = await person.get(`/v1/me/explain/${gate}`);
  for (const { code } of body.checks) listed.add(code);
  assert.equal(
    body.passed,
    body.checks.every(({ passed }: Check) => passed),
    JSON.stringify(body),
  );
  return body.checks;
}

/** It was refused for this, and the explanation says the same, with what to do. */
async function agrees(person: Person, gate: string, refused: { readonly body: { readonly code: string } }) {
  const { code } = refused.body;
  const checks = await explained(person, gate);
  const failing = checks.filter(({ passed }) => !passed);
  assert.deepEqual(
    failing.map((check) => check.code),
    [code],
    JSON.stringify(refused.body),
  );
  assert.ok(failing[0]?.remedy, `${code} says what to do`);
  met.add(code);
}

const nothing = async (person: Person, gate: string) =>
  assert.deepEqual(
    (await explained(person, gate)).filter(({ passed }) => !passed),
    [],
  );
const quote = (person: Person, accountId: string, units = UNITS) =>
  person.post('/v1/me/withdrawals/quotes', { diamondUnits: units.toString(), accountId });

/** The policy of this house from now on. */
async function adopt(change: (document: PolicyDocument) => void): Promise<void> {
  const document = structuredClone(PRESETS.carat.document);
  change(document);
  const now = clock.now();
  await adoptPolicy(db, {
    document,
    preset: 'carat',
    effectiveFrom: new Date(now),
    author: null,
    reason: 'A test.',
    nowMs: now,
  });
}

test('giving: without Coins', async () => {
  const kim = await site.person('kim');
  const stageId = await goLive(kim);
  const fan = await site.person('fanny');
  const give = () => fan.post('/v1/gifts', { stageId, giftId: 'rose', quantity: 1 }, newId());
  await agrees(fan, 'send', await give());
  await buyCoins(fan, 100n);
  await nothing(fan, 'send');
  assert.equal((await give()).status, 201);
  await nothing(fan, 'buy');
  await nothing(kim, 'earn');
});

test('buying: while nobody who takes money answers', async () => {
  const fan = await site.person('buyer');
  await nothing(fan, 'buy');
  const order = (method: string) =>
    fan.post('/v1/orders', { item: { kind: 'exact', coins: '1000' }, method }, newId());
  await orderFault(db, { call: '*', fault: 'unavailable', times: 1_000 });
  const [card, crypto] = await Promise.all(
    ['card', 'crypto'].map((method) =>
      until(
        `${method} is refused`,
        () => order(method),
        ({ body }) => body.code === 'payment_provider_unavailable',
      ),
    ),
  );
  assert.equal(crypto?.status, card?.status);
  await agrees(fan, 'buy', card as Answer);
  await clearFaults(db);
  clock.advance(MINUTE_MS);
  await nothing(fan, 'buy');
});

test('withdrawing: no account, one that is new, too little, and all at once too often', async () => {
  const person = await creatorWith(site, 'walker', 0n);
  const other = await addAccount(await creatorWith(site, 'other', 0n));
  const codes = async () =>
    (await explained(person, 'withdraw')).filter(({ passed }) => !passed).map(({ code }) => code);
  assert.deepEqual(await codes(), ['payout_account_missing', 'withdrawal_too_small']);
  assert.equal((await quote(person, other)).body.code, 'payout_account_missing');
  met.add('payout_account_missing');

  const rich = await creatorWith(site, 'rich', 400_000_000n);
  const account = await addAccount(rich);
  await agrees(rich, 'withdraw', await quote(rich, account));
  clock.advance(DAY_MS);
  await nothing(rich, 'withdraw');
  assert.equal((await quote(rich, account)).status, 201);

  const poor = await creatorWith(site, 'poor', UNITS - 1n);
  const little = await addAccount(poor);
  clock.advance(DAY_MS);
  await agrees(poor, 'withdraw', await quote(poor, little, UNITS - 1n));

  const { quotesPerHour } = PRESETS.carat.document.payoutLimits;
  for (let asked = 0; asked < quotesPerHour; asked += 1) {
    assert.equal((await quote(rich, account)).status, 201, `price ${asked}`);
    clock.advance(1_000);
  }
  await agrees(rich, 'withdraw', await quote(rich, account));
  const { earliest } = (await explained(rich, 'withdraw')).find(
    ({ code }) => code === 'quotes_too_many',
  ) as Check;
  clock.set(Date.parse(earliest ?? '') - 1);
  assert.equal((await quote(rich, account)).body.code, 'quotes_too_many');
  clock.advance(1);
  await nothing(rich, 'withdraw');
  assert.equal((await quote(rich, account)).status, 201);
});

test('withdrawing: the first one on its way, then each cap, by the least that can be withdrawn', async () => {
  const terms = (document: PolicyDocument) =>
    document.payouts.methods.filter(({ method }) => method === 'ach');
  for (const [code, change] of [
    [
      'first_withdrawal_waits',
      (document: PolicyDocument) => {
        document.payouts.firstHoldHours = 24;
      },
    ],
    [
      'withdrawal_over_day_cap',
      (document: PolicyDocument) => {
        document.withdrawals.dayMaxCents = 5_000;
      },
    ],
    [
      'withdrawal_over_week_cap',
      (document: PolicyDocument) => {
        document.withdrawals.weekMaxCents = 5_000;
        document.withdrawals.dayMaxCents = null;
      },
    ],
    [
      'withdrawal_over_method_cap',
      (document: PolicyDocument) => {
        for (const one of terms(document)) one.dayMaxCents = 5_000;
      },
    ],
  ] as const) {
    await adopt((document) => {
      document.payouts.firstHoldHours = 0;
      change(document);
    });
    const person = await creatorWith(site, `capped${met.size}`, 40_000_000n);
    // A cap is of all who are paid to the same account.
    const account = await addAccount(person, { ...ACH_ACCOUNT, account: `70000000${met.size}` });
    clock.advance(DAY_MS);
    await nothing(person, 'withdraw');
    // $27.00: of $50.00 too little is left for another.
    await withdraw(person, account, UNITS);
    await agrees(person, 'withdraw', await quote(person, account));
    assert.ok(met.has(code), code);
  }
  await adopt(() => {});
});

test('withdrawing: a way that is not paid here any more, and euros without a rate, or with an old one', async () => {
  const person = await creatorWith(site, 'euros', 40_000_000n);
  const account = await addAccount(person, {
    method: 'sepa',
    holder: 'Mira Solane',
    iban: 'NL91 ABNA 0417 1643 00',
  });
  clock.advance(DAY_MS);
  await agrees(person, 'withdraw', await quote(person, account, 20_000_000n));
  await db.query(
    `insert into fiat_versions (version, as_of, source, hash, taken_at)
     values (1, $1::timestamptz::date, 'A test', decode(repeat('00', 32), 'hex'), $1)`,
    [new Date(clock.now())],
  );
  await db.query(`insert into fiat_rates values (1, 'EUR', 9214, 10000)`);
  await nothing(person, 'withdraw');
  clock.advance((PRESETS.carat.document.rates.fiatMaxAgeDays + 1) * DAY_MS);
  await signIn(person);
  await agrees(person, 'withdraw', await quote(person, account, 20_000_000n));

  const dollars = await creatorWith(site, 'dollars', 40_000_000n);
  const bank = await addAccount(dollars, ACH_ACCOUNT);
  clock.advance(DAY_MS);
  await nothing(dollars, 'withdraw');
  await adopt((document) => {
    document.payouts.methods = document.payouts.methods.filter(({ method }) => method !== 'ach');
  });
  await agrees(dollars, 'withdraw', await quote(dollars, bank));
});

test('every check that an explanation lists was met, here or where it says', async () => {
  const places = new Map(
    await Promise.all(
      [...new Set(Object.values(ELSEWHERE))].map(
        async (path) => [path, await readFile(path, 'utf8')] as const,
      ),
    ),
  );
  for (const code of listed) {
    if (met.has(code)) continue;
    const path = ELSEWHERE[code];
    assert.ok(path !== undefined, `${code} is listed and nothing meets it`);
    assert.ok(places.get(path)?.includes(code), `${path} does not meet ${code}`);
  }
  for (const code of Object.keys(ELSEWHERE)) assert.ok(!met.has(code), `${code} is met here`);
});

async function signIn({ handle, post }: Person): Promise<void> {
  const { status } = await post('/v1/sign-in', { email: `${handle}@people.example`, password: PASSPHRASE });
  assert.equal(status, 200);
}
