import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Ratio } from '../core/money.ts';
import { type FormulaFacts, formulaRate, SCALE } from './formula.ts';
import cases from './formula-cases.json' with { type: 'json' };
import { type FormulaInputs, keptRatio, recompute, stepsOf } from './rules.ts';

const USUAL: FormulaFacts = {
  bandBasisPoints: 500,
  dayCapBasisPoints: 50,
  neutralWithdrawnPercent: 50,
  coveragePercent: 150,
  weights: { demand: 2, supply: 1, market: 1 },
  base: { numerator: 1_350n, denominator: 1_000_000n },
  previous: { numerator: 1_350n, denominator: 1_000_000n },
  purchasedCents: 1_000_000n,
  withdrawnUnits: 0n,
  outstandingUnits: 0n,
  heldCents: 0n,
  market: null,
};
const rateOf = (about: Partial<FormulaFacts>) => formulaRate({ ...USUAL, ...about }).rate;
/** In billionths of a cent for a unit. */
const counted = ({ numerator, denominator }: Ratio) => (numerator * SCALE) / denominator;

test('in balance the rate is what the policy says', () => {
  // 5,000 dollars bought; half of that withdrawn: 370,370,370 units × 0.00135 = 499,999 cents
  const { rate, steps } = formulaRate({
    ...USUAL,
    withdrawnUnits: 370_370_371n,
    outstandingUnits: 100_000_000n,
    heldCents: 202_500n,
  });
  assert.equal(counted(rate), 1_350_000n);
  assert.deepEqual(
    steps.slice(0, 6).map(({ name, value }) => [name, value]),
    [
      ['withdrawn', '500,000 cents'],
      ['owed', '135,000 cents'],
      ['demand', '0.000000'],
      ['supply', '0.000000'],
      ['market', 'none'],
      ['pressure', '0.000000'],
    ],
  );
});

test('demand and a full till raise it, at most so far in one day, and never past the band', () => {
  const all = { heldCents: 1n };
  assert.equal(counted(rateOf(all)), 1_356_750n, '+0.5 %, the cap of one day');
  let previous = USUAL.base;
  for (let day = 0; day < 30; day += 1) previous = rateOf({ ...all, previous });
  assert.equal(counted(previous), 1_417_500n, '+5 %, the top of the band');
  const empty = { purchasedCents: 0n, withdrawnUnits: 1_000_000n, outstandingUnits: 1_000_000n };
  for (let day = 0; day < 60; day += 1) previous = rateOf({ ...empty, previous });
  assert.equal(counted(previous), 1_282_500n, '−5 %, the bottom');
});

test('with nothing bought, withdrawn, owed or held nothing moves', () => {
  assert.equal(counted(rateOf({ purchasedCents: 0n })), 1_350_000n);
  assert.equal(counted(rateOf({ weights: { demand: 0, supply: 0, market: 9 } })), 1_350_000n);
});

test('a market counts by its weight once there is one', () => {
  const market = { numerator: 2_700n, denominator: 1_000_000n };
  const quiet = { purchasedCents: 0n, dayCapBasisPoints: 1_000 };
  // 1 × 1 of weights 2 + 1 + 1: a quarter of the band
  assert.equal(counted(rateOf({ ...quiet, market })), 1_366_875n);
  assert.equal(counted(rateOf({ ...quiet, market: { numerator: 1n, denominator: 1_000_000n } })), 1_333_137n);
});

test('a policy that moved the middle is followed at the pace of the cap', () => {
  const base = { numerator: 2_000n, denominator: 1_000_000n };
  assert.equal(counted(rateOf({ base, purchasedCents: 0n })), 1_356_750n);
});

test('a rate too small to move stays itself', () => {
  const tiny = { numerator: 1n, denominator: 1_000_000_000n };
  assert.deepEqual(rateOf({ base: tiny, previous: tiny }), tiny);
});

const amount = fc.bigInt({ min: 0n, max: 10n ** 15n });
const ratio = fc
  .tuple(fc.bigInt({ min: 1n, max: 1_000_000_000n }), fc.bigInt({ min: 1n, max: 1_000_000_000n }))
  .map(([numerator, denominator]): Ratio => ({ numerator, denominator }));
const facts: fc.Arbitrary<FormulaFacts> = fc.record({
  bandBasisPoints: fc.integer({ min: 0, max: 5_000 }),
  dayCapBasisPoints: fc.integer({ min: 0, max: 1_000 }),
  neutralWithdrawnPercent: fc.integer({ min: 1, max: 100 }),
  coveragePercent: fc.integer({ min: 1, max: 1_000 }),
  weights: fc.record({
    demand: fc.integer({ min: 0, max: 100 }),
    supply: fc.integer({ min: 0, max: 100 }),
    market: fc.integer({ min: 0, max: 100 }),
  }),
  base: ratio,
  previous: ratio,
  purchasedCents: amount,
  withdrawnUnits: amount,
  outstandingUnits: amount,
  heldCents: amount,
  market: fc.option(ratio),
});

/** a ≤ b */
const atMost = (a: Ratio, b: Ratio) => a.numerator * b.denominator <= b.numerator * a.denominator;
const times = ({ numerator, denominator }: Ratio, basisPoints: number): Ratio => ({
  numerator: numerator * BigInt(10_000 + basisPoints),
  denominator: denominator * 10_000n,
});

test('never further from the day before than the cap, and never out of the band once it is in', () => {
  fc.assert(
    fc.property(facts, (given) => {
      const { base, previous, bandBasisPoints: band, dayCapBasisPoints: cap } = given;
      const { rate } = formulaRate(given);
      assert.ok(rate.numerator > 0n);
      assert.ok(atMost(times(previous, -cap), rate) && atMost(rate, times(previous, cap)));
      const [low, high] = [times(base, -band), times(base, band)];
      const wasIn = atMost(low, previous) && atMost(previous, high);
      if (wasIn) assert.ok(atMost(low, rate) && atMost(rate, high));
      else if (atMost(previous, low)) assert.ok(atMost(previous, rate), 'back towards the band');
      else assert.ok(atMost(rate, previous), 'back towards the band');
    }),
    { numRuns: 2_000 },
  );
});

test('more purchases or fewer withdrawals never lower it; more cash or fewer Diamonds do not either', () => {
  fc.assert(
    fc.property(facts, amount, (given, more) => {
      const { rate } = formulaRate(given);
      for (const stronger of [
        { ...given, purchasedCents: given.purchasedCents + more },
        { ...given, withdrawnUnits: given.withdrawnUnits > more ? given.withdrawnUnits - more : 0n },
        { ...given, heldCents: given.heldCents + more },
        { ...given, outstandingUnits: given.outstandingUnits > more ? given.outstandingUnits - more : 0n },
      ]) {
        assert.ok(atMost(rate, formulaRate(stronger).rate));
      }
    }),
    { numRuns: 1_000 },
  );
});

test('the same inputs give the same, also when they went through JSON', () => {
  fc.assert(
    fc.property(facts, (given) => {
      const kept = JSON.parse(JSON.stringify(keptOf(given))) as FormulaInputs;
      assert.deepEqual(recompute(kept), formulaRate(given).rate);
      assert.deepEqual(stepsOf(kept), formulaRate(given).steps);
    }),
  );
});

test('the cases that every other program of the formula is checked with', () => {
  for (const { inputs, rate, steps } of cases) {
    assert.deepEqual(keptRatio(recompute(inputs as FormulaInputs)), rate);
    assert.deepEqual(stepsOf(inputs as FormulaInputs), steps);
  }
  assert.ok(cases.length >= 8);
});

function keptOf(given: FormulaFacts): FormulaInputs {
  return {
    ...given,
    method: 'formula',
    day: '2026-11-22',
    policyVersion: 1,
    windowDays: 28,
    previousVersion: 1,
    base: keptRatio(given.base),
    previous: keptRatio(given.previous),
    purchasedCents: given.purchasedCents.toString(),
    withdrawnUnits: given.withdrawnUnits.toString(),
    outstandingUnits: given.outstandingUnits.toString(),
    heldCents: given.heldCents.toString(),
    market: given.market === null ? null : keptRatio(given.market),
  };
}
