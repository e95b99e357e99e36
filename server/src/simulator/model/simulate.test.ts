import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TOWN } from '../../../test/simulated-town.ts';
import { type PolicyDocument, PRESETS } from '../../policy/index.ts';
import { policyOf } from '../../policy/rules.ts';
import { hashOf, SCENARIOS, type SimulationInputs } from '../inputs.ts';
import { sentenceOf } from '../rules.ts';
import type { SimulationResult } from './lines.ts';
import { MODEL_VERSION, type Progress, simulate } from './simulate.ts';

const policyWith = (change: (document: PolicyDocument) => PolicyDocument = (document) => document) =>
  policyOf(change(oneWayToPay(PRESETS.carat.document)), {
    version: 1,
    preset: 'carat',
    effectiveFrom: new Date(0),
  });
/** The preset's own ways of payment may change; these results are of this one. */
const oneWayToPay = (document: PolicyDocument): PolicyDocument => ({
  ...document,
  payouts: {
    ...document.payouts,
    methods: document.payouts.methods.filter(({ method }) => method === 'ach'),
  },
});
const policy = policyWith();

function run(inputs: SimulationInputs, under = policy): SimulationResult {
  const living = simulate(inputs, under);
  let step = living.next();
  while (step.done !== true) step = living.next();
  return step.value;
}

test('the same inputs come to the same bytes, and another seed to others', () => {
  const [one, again] = [run(TOWN), run(structuredClone(TOWN))];
  assert.equal(JSON.stringify(one), JSON.stringify(again));
  assert.notEqual(JSON.stringify(run({ ...TOWN, seed: 43 })), JSON.stringify(one));
});

test('this version of the model comes to these numbers; another result is another version', () => {
  const { now, proposed } = run(TOWN);
  assert.equal(MODEL_VERSION, 2);
  assert.deepEqual(now.sums, {
    purchasedCents: '208056',
    earnedUnits: '75486000',
    earnedCents: '101719',
    paidOutCents: '59620',
    waitingCents: '2890',
    mostShortCents: '0',
    leastCoverage: '15836',
    lastCoverage: '24359',
    medianCents: '3996',
  });
  assert.equal(
    hashOf({ now, proposed }).toString('hex'),
    '14713a948a4a0a449991e79ea2d557db82ea8bbcecfa34250787d776a48a8341',
  );
});

test('a rate that is the rate now changes nothing', () => {
  const { now, proposed } = run({ ...TOWN, proposed: { ...TOWN.proposed, ...TOWN.now } });
  assert.deepEqual(proposed, now);
  assert.equal(sentenceOf(TOWN, now.sums, proposed.sums), 'With this rate nothing would change.');
});

test('fans do the same under both rates; only what Diamonds are worth differs', () => {
  const { now, proposed } = run(TOWN);
  for (const [index, line] of now.days.entries()) {
    assert.equal(line.purchasedCents, proposed.days[index]?.purchasedCents);
    assert.equal(line.earnedUnits, proposed.days[index]?.earnedUnits);
  }
  const [before, after] = [BigInt(now.sums.earnedCents), BigInt(proposed.sums.earnedCents)];
  // 1 % less, but for the cents of each creator's day.
  const cents = BigInt(TOWN.days * TOWN.creators);
  assert.ok(after < before && (before * 99n) / 100n - after <= cents, `${before} → ${after}`);
  assert.match(
    sentenceOf(TOWN, now.sums, proposed.sums),
    /^With this rate creators would get \d\.\d % less \(\$[\d.,]+ in 40 days\); at the end the house would hold [\d.]+ % of what it owes instead of [\d.]+ %\.$/,
  );
});

test('in every scenario the books add up day by day: what was there, earned and paid is what is there', () => {
  for (const scenario of SCENARIOS) {
    const { now } = run({ ...TOWN, scenario });
    let held = BigInt(TOWN.start.heldCents);
    for (const line of now.days) {
      // Fees of providers are rounded down per purchase and one 50 cents per payout goes to them: never more comes in than was paid.
      const most = held + BigInt(line.purchasedCents) - BigInt(line.paidOutCents);
      assert.ok(BigInt(line.heldCents) <= most, `${scenario}, day ${line.day}`);
      assert.ok(
        BigInt(line.heldCents) >= most - BigInt(line.purchasedCents) / 25n,
        `${scenario}, day ${line.day}`,
      );
      held = BigInt(line.heldCents);
    }
    const last = now.days.at(-1);
    const earned = now.days.reduce((sum, { earnedUnits }) => sum + BigInt(earnedUnits), 0n);
    const there = BigInt(TOWN.start.outstandingUnits) + earned;
    // Paid out in cents, so to a cent's worth of units for each payout.
    const paidUnits = (BigInt(now.sums.paidOutCents) * 1_000_000n) / 1_350n;
    const difference = there - paidUnits - BigInt(last?.outstandingUnits ?? '0');
    assert.ok(difference >= 0n && difference < 741n * 400n, `${scenario}: ${difference}`);
  }
});

test('a house with too little cash lets withdrawals wait, and its cash never falls below zero', () => {
  const { now } = run({
    ...TOWN,
    scenario: 'run',
    start: { ...TOWN.start, heldCents: '2000', outstandingUnits: '118518516' },
  });
  assert.ok(BigInt(now.sums.mostShortCents) > 0n);
  for (const { heldCents } of now.days) assert.ok(BigInt(heldCents) >= 0n);
  assert.match(
    sentenceOf(TOWN, { ...now.sums, earnedCents: '1' }, now.sums),
    /On its worst day withdrawals of \$[\d.,]+ would wait for cash \(without it \$/,
  );
});

test('the policy’s tiers, maturity, least and formula count', () => {
  const plain = run(TOWN).now;
  const tiered = run({
    ...TOWN,
    start: { ...TOWN.start, tiers: [{ yieldBasisPoints: 11_000, creators: 12 }] },
  });
  const more = BigInt(tiered.now.sums.earnedUnits) * 10_000n;
  assert.equal(more / BigInt(plain.sums.earnedUnits), 11_000n);

  const never = policyWith((document) => ({
    ...document,
    withdrawals: { ...document.withdrawals, minDiamonds: 1_000_000_000 },
  }));
  assert.equal(run(TOWN, never).now.sums.paidOutCents, '0');

  const moving = policyWith((document) => ({
    ...document,
    rates: { ...document.rates, formula: { ...document.rates.formula, isOn: true, noticeDays: 2 } },
  }));
  const rates = run(TOWN, moving).now.days.map(({ rateCents }) => rateCents);
  assert.deepEqual(rates.slice(0, 3), ['1350', '1350', '1350']);
  assert.ok(new Set(rates.slice(3)).size > 3, rates.join(' '));
});

test('where nothing has to wait, what is given is available on its day', () => {
  const at = (maturityDays: number) =>
    BigInt(
      run(
        { ...TOWN, start: { ...TOWN.start, outstandingUnits: '0' } },
        policyWith((document) => ({ ...document, diamonds: { ...document.diamonds, maturityDays } })),
      ).now.sums.paidOutCents,
    );
  assert.ok(
    at(0) > 0n && at(0) >= at(1),
    `${at(0)} of those of the day, ${at(1)} of those of the day before`,
  );
});

test('the reserve pays no withdrawal, and is kept of each day’s sales', () => {
  const start = { ...TOWN.start, outstandingUnits: '118518516' };
  const short = (reserveCents: string) =>
    BigInt(run({ ...TOWN, scenario: 'run', start: { ...start, reserveCents } }).now.sums.mostShortCents);
  assert.ok(
    short('40000') > short('0'),
    `${short('40000')} with most of it in reserve, ${short('0')} in cash`,
  );
  const none = policyWith((document) => ({
    ...document,
    refunds: { ...document.refunds, reserveBasisPoints: 0 },
  }));
  const most = policyWith((document) => ({
    ...document,
    refunds: { ...document.refunds, reserveBasisPoints: 5_000 },
  }));
  const inputs: SimulationInputs = { ...TOWN, scenario: 'run', start: { ...start, heldCents: '0' } };
  assert.ok(
    BigInt(run(inputs, most).now.sums.mostShortCents) > BigInt(run(inputs, none).now.sums.mostShortCents),
  );
});

test('Coins that fans have are not lost where there are fewer of them than fans', () => {
  const coins = (count: string) =>
    BigInt(run({ ...TOWN, viewers: 12_000, start: { ...TOWN.start, coins: count } }).now.sums.earnedUnits);
  assert.ok(coins('11851') > coins('0'));
});

test('a run says how far it is, day by day', () => {
  const living = simulate({ ...TOWN, days: 7 }, policy);
  const told: Progress[] = [];
  for (let step = living.next(); step.done !== true; step = living.next()) told.push(step.value);
  assert.deepEqual(told, [
    { phase: 'opening', day: 0 },
    ...[0, 1, 2, 3, 4, 5, 6].map((day) => ({ phase: 'days', day })),
    { phase: 'checking', day: 7 },
  ]);
});
