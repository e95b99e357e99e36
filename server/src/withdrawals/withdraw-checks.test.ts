import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DAY_MS, HOUR_MS } from '../core/clock.ts';
import { newId } from '../core/ids.ts';
import { PRESETS } from '../policy/index.ts';
import { policyOf } from '../policy/rules.ts';
import {
  type AccountFacts,
  type Asked,
  leastUnits,
  type WithdrawFacts,
  withdrawalChecks,
} from './withdraw-checks.ts';

const NOW_MS = Date.UTC(2026, 10, 24, 12);
const policy = policyOf(PRESETS.carat.document, { version: 1, preset: 'carat', effectiveFrom: new Date(0) });
const account: AccountFacts = {
  id: newId(),
  method: 'sepa',
  country: 'DE',
  holder: 'Mira Solane',
  usableFrom: new Date(NOW_MS),
  setup: null,
};
const fine: WithdrawFacts = {
  nowMs: NOW_MS,
  availableUnits: 40_000_000n,
  accounts: [account],
  recent: [],
  held: null,
  paidBefore: true,
  oneOpen: false,
  firstHeld: false,
  centsPerUnit: policy.diamonds.centsPerUnit,
  identity: 'none',
  paperName: null,
};
const all: Asked = { units: 40_000_000n, accountId: account.id };

const failing = (facts: Partial<WithdrawFacts>, asked: Asked | null = null, rules = policy) =>
  withdrawalChecks({ ...fine, ...facts }, rules, asked)
    .filter(({ check }) => !check.passed)
    .map(({ check }) => check.code);

test('with nothing in the way every check passes, asked or not', () => {
  assert.deepEqual(failing({}), []);
  assert.deepEqual(failing({}, all), []);
});

const recent = (agoMs: number, cents: bigint, method = 'sepa') => ({ atMs: NOW_MS - agoMs, cents, method });
const payouts = (more: Partial<typeof policy.payouts>) => ({
  ...policy,
  payouts: { ...policy.payouts, ...more },
});

// What stands in the way → which check says so. 40,000 Diamonds are $540.00; the day's cap is $1,000.
for (const [what, facts, asked, rules, codes] of [
  ['no account', { accounts: [] }, null, policy, ['payout_account_missing']],
  ['an account of somebody else', {}, { ...all, accountId: newId() }, policy, ['payout_account_missing']],
  [
    'an account in a country that is not reached',
    { accounts: [{ ...account, country: 'US' }] },
    null,
    policy,
    ['payout_method_unavailable'],
  ],
  [
    'an account that is one millisecond too new',
    { accounts: [{ ...account, usableFrom: new Date(NOW_MS + 1) }] },
    all,
    policy,
    ['payout_account_too_new'],
  ],
  [
    'one unit below the minimum available',
    { availableUnits: 1_999_999n },
    null,
    policy,
    ['withdrawal_too_small'],
  ],
  ['one unit below the minimum asked', {}, { ...all, units: 1_999_999n }, policy, ['withdrawal_too_small']],
  ['the minimum itself', {}, { ...all, units: 2_000_000n }, policy, []],
  ['one unit more than there is', {}, { ...all, units: 40_000_001n }, policy, ['insufficient_diamonds']],
  ['the cap to the cent', { recent: [recent(HOUR_MS, 46_000n)] }, all, policy, []],
  ['the cap by one cent', { recent: [recent(HOUR_MS, 46_001n)] }, all, policy, ['withdrawal_over_day_cap']],
  ['a day ago to the millisecond', { recent: [recent(DAY_MS, 100_000n)] }, all, policy, []],
  [
    'nothing left of the cap',
    { recent: [recent(DAY_MS - 1, 100_000n)] },
    null,
    policy,
    ['withdrawal_over_day_cap'],
  ],
  [
    'a cap of the method, used by that method',
    { recent: [recent(HOUR_MS, 10_000n, 'ach'), recent(HOUR_MS, 10_000n)] },
    all,
    payouts({ methods: policy.payouts.methods.map((terms) => ({ ...terms, dayMaxCents: 60_000n })) }),
    ['withdrawal_over_method_cap'],
  ],
  [
    'a cap of the week',
    { recent: [recent(6 * DAY_MS, 50_000n)] },
    all,
    { ...policy, withdrawals: { ...policy.withdrawals, weekMaxCents: 100_000n } },
    ['withdrawal_over_week_cap'],
  ],
  [
    'a hold',
    { held: { reason: 'We look at it.', until: new Date(NOW_MS) } },
    all,
    policy,
    ['withdrawals_on_hold'],
  ],
  ['a first one on its way', { paidBefore: false, oneOpen: true }, all, policy, ['first_withdrawal_waits']],
  ['a first one', { paidBefore: false, oneOpen: false }, all, policy, []],
  ['a later one beside another', { paidBefore: true, oneOpen: true }, all, policy, []],
  ['no rule for first ones', { paidBefore: false, oneOpen: true }, all, payouts({ firstHoldMs: 0 }), []],
  ['a policy that asks for identity', {}, all, payouts({ identityNeeded: true }), ['payout_identity_needed']],
  [
    'papers that wait for a decision',
    { identity: 'submitted' },
    all,
    payouts({ identityNeeded: true }),
    ['payout_identity_needed'],
  ],
  [
    'papers that were approved',
    { identity: 'approved', paperName: { legalName: 'Mira Solane', latinName: null } },
    all,
    payouts({ identityNeeded: true }),
    [],
  ],
  [
    'papers of another name',
    { identity: 'approved', paperName: { legalName: 'Ada King', latinName: null } },
    all,
    policy,
    ['payout_name_differs'],
  ],
  [
    'papers of a close name',
    { identity: 'approved', paperName: { legalName: 'Mira J. Solané', latinName: null } },
    all,
    policy,
    [],
  ],
  ['no method at all', {}, all, payouts({ methods: [] }), ['payout_method_unavailable']],
] as const) {
  test(`${what}: ${codes.join(', ') || 'passes'}`, () =>
    assert.deepEqual(failing(facts, asked, rules), codes));
}

test('when a cap is used up, the earliest instant is when enough of it is older than the window', () => {
  const facts = { ...fine, recent: [recent(20 * HOUR_MS, 30_000n), recent(HOUR_MS, 60_000n)] };
  const [cap] = withdrawalChecks(facts, policy, all).filter(({ check }) => !check.passed);
  // $100.00 are left, $540.00 are asked for: the first $300.00 are not enough, with the $600.00 it is.
  assert.equal(cap?.check.earliest, new Date(NOW_MS + 23 * HOUR_MS).toISOString());
  assert.equal(cap?.check.have, '$100.00 left');
});

test('the least leaves something after the fee', () => {
  const manual = policy.payouts.methods.find(({ method }) => method === 'manual');
  assert.equal(leastUnits(policy, manual, fine.centsPerUnit), 2_000_000n);
  const dear = manual && { ...manual, minCents: 0n, feeCents: 10_000n };
  // $100.01 ÷ 1.35 cents = 7,408.1…, in whole Diamonds
  assert.equal(leastUnits(policy, dear, fine.centsPerUnit), 7_409_000n);
});

test('every failed check says what to do or when it passes, and raising what is asked never helps a cap', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 1n, max: 90_000_000n }),
      fc.array(
        fc.record({
          agoMs: fc.integer({ min: 0, max: 8 * DAY_MS }),
          cents: fc.bigInt({ min: 1n, max: 90_000n }),
        }),
        {
          maxLength: 6,
        },
      ),
      (units, before) => {
        const facts = { ...fine, recent: before.map(({ agoMs, cents }) => recent(agoMs, cents)) };
        const judge = (of: bigint) =>
          withdrawalChecks(facts, policy, { ...all, units: of }).map(({ check }) => check);
        for (const check of judge(units)) {
          assert.equal(check.passed, check.remedy === null);
          if (check.passed) assert.equal(check.earliest, null);
        }
        const capFails = (of: bigint) =>
          judge(of).some(({ code, passed }) => code.includes('_cap') && !passed);
        if (capFails(units)) assert.ok(capFails(units + 1_000_000n));
      },
    ),
  );
});
