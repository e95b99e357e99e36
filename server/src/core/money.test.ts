import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { amountJson, convertDown, convertUp, displayAmount, groupDigits, split } from './money.ts';

const units = fc.bigInt({ min: 0n, max: 10n ** 18n });
const ratios = fc.record({
  numerator: fc.bigInt({ min: 0n, max: 10n ** 9n }),
  denominator: fc.bigInt({ min: 1n, max: 10n ** 9n }),
});

test('a split gives everybody their share and loses nothing', () => {
  const table: [bigint, bigint[], bigint[]][] = [
    [100n, [1n, 1n, 1n], [34n, 33n, 33n]],
    [2_500n, [60n, 40n], [1_500n, 1_000n]],
    [1n, [1n, 1n], [1n, 0n]],
    [5n, [0n, 1n, 0n], [0n, 5n, 0n]],
    [0n, [3n, 7n], [0n, 0n]],
    // 10 × 7/12 = 5.83, × 4/12 = 3.33, × 1/12 = 0.83: the two left over go to the larger remainders.
    [10n, [7n, 4n, 1n], [6n, 3n, 1n]],
  ];
  for (const [total, weights, parts] of table) assert.deepEqual(split(total, weights), parts);
});

test('any split sums exactly, and no part is a whole unit away from its share', () => {
  const weights = fc.array(fc.bigInt({ min: 0n, max: 10n ** 6n }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(units, weights, (total, shares) => {
      const sum = shares.reduce((a, b) => a + b, 0n);
      fc.pre(sum > 0n);
      const parts = split(total, shares);
      assert.equal(
        parts.reduce((a, b) => a + b, 0n),
        total,
      );
      for (const [index, part] of parts.entries()) {
        const floor = (total * (shares[index] ?? 0n)) / sum;
        assert.ok(part === floor || part === floor + 1n);
      }
    }),
  );
});

test('a split of less than nothing, or between nobody, is a mistake of the programmer', () => {
  assert.throws(() => split(-1n, [1n]), RangeError);
  assert.throws(() => split(1n, []), RangeError);
  assert.throws(() => split(1n, [0n, 0n]), RangeError);
  assert.throws(() => split(1n, [2n, -1n]), RangeError);
});

test('conversion rounds to the stated side by less than one unit', () => {
  fc.assert(
    fc.property(units, ratios, (amount, ratio) => {
      const exact = amount * ratio.numerator;
      const down = convertDown(amount, ratio);
      const up = convertUp(amount, ratio);
      assert.ok(down * ratio.denominator <= exact && exact < (down + 1n) * ratio.denominator);
      assert.ok(up * ratio.denominator >= exact && exact > (up - 1n) * ratio.denominator);
    }),
  );
  assert.throws(() => convertDown(-1n, { numerator: 1n, denominator: 2n }), RangeError);
  assert.throws(() => convertUp(1n, { numerator: 1n, denominator: 0n }), RangeError);
});

test('amounts read as a person says them', () => {
  const table: [Parameters<typeof displayAmount>[0], string][] = [
    [{ asset: 'COIN', units: 1n }, '1 Coin'],
    [{ asset: 'COIN', units: 2_480n }, '2,480 Coins'],
    [{ asset: 'COIN', units: -3n }, '−3 Coins'],
    [{ asset: 'DIAMOND', units: 1_000n }, '1 Diamond'],
    [{ asset: 'DIAMOND', units: 2_500n }, '2.5 Diamonds'],
    [{ asset: 'DIAMOND', units: 1n }, '0.001 Diamonds'],
    [{ asset: 'DIAMOND', units: -12_940_000n }, '−12,940 Diamonds'],
    [{ asset: 'USD', units: 296n }, '$2.96'],
    [{ asset: 'USD', units: -5n }, '−$0.05'],
    [{ asset: 'USD', units: 123_456_789n }, '$1,234,567.89'],
  ];
  for (const [amount, said] of table) assert.equal(displayAmount(amount), said);
  assert.equal(groupDigits(9_223_372_036_854_775_807n), '9,223,372,036,854,775,807');
  assert.deepEqual(amountJson('COIN', 219n), { asset: 'COIN', units: '219', display: '219 Coins' });
});
