import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { convertDown } from '../core/money.ts';
import { currencyOf, decimalText, displayMoney } from './currencies.ts';
import { convert, quoteLines, unitsForCents } from './quote-rules.ts';

const CARAT = { numerator: 1_350n, denominator: 1_000_000n };

test('the mock’s quote: 40,000 Diamonds at $5.00 per 1,000, $1.50 fee, 0.9214 euros per dollar', () => {
  const lines = quoteLines({
    units: 40_000_000n,
    centsPerUnit: { numerator: 500n, denominator: 1_000_000n },
    feeCents: 150n,
    taxBasisPoints: 0,
    currency: 'EUR',
    perUsd: { numerator: 9_214n, denominator: 10_000n },
  });
  assert.deepEqual(lines, {
    grossCents: 20_000n,
    feeCents: 150n,
    taxCents: 0n,
    netCents: 19_850n,
    payoutMinor: 18_289n, // 198.50 × 0.9214 = 182.8979
  });
});

// units, fee, tax, currency, per dollar → gross, tax, net, minor
for (const [units, fee, tax, currency, perUsd, gross, withheld, net, minor] of [
  [2_000_000n, 0n, 0, 'USD', null, 2_700n, 0n, 2_700n, 2_700n],
  // 740 units are 0.999 cents: less than a cent is nothing, and nobody gets below zero
  [740n, 0n, 0, 'USD', null, 0n, 0n, 0n, 0n],
  [741n, 150n, 0, 'USD', null, 1n, 0n, -149n, 0n],
  // 24 % of 2,701 cents is 648.24
  [2_001_000n, 0n, 2_400, 'USD', null, 2_701n, 648n, 2_053n, 2_053n],
  // yen have no decimals, dinars three, forints are paid whole
  [2_000_000n, 100n, 0, 'JPY', { numerator: 15_612n, denominator: 100n }, 2_700n, 0n, 2_600n, 4_059n],
  [2_000_000n, 100n, 0, 'KWD', { numerator: 307n, denominator: 1_000n }, 2_700n, 0n, 2_600n, 7_982n],
  [2_000_000n, 100n, 0, 'HUF', { numerator: 33_355n, denominator: 100n }, 2_700n, 0n, 2_600n, 867_200n],
  [2_000_000n, 100n, 0, 'ISK', { numerator: 12_599n, denominator: 100n }, 2_700n, 0n, 2_600n, 3_275n],
] as const) {
  test(`${units} units → ${currency}: ${minor}`, () => {
    assert.deepEqual(
      quoteLines({ units, centsPerUnit: CARAT, feeCents: fee, taxBasisPoints: tax, currency, perUsd }),
      { grossCents: gross, feeCents: fee, taxCents: withheld, netCents: net, payoutMinor: minor },
    );
  });
}

const ratio = fc.record({
  numerator: fc.bigInt({ min: 1n, max: 10_000_000n }),
  denominator: fc.bigInt({ min: 1n, max: 10_000_000n }),
});

test('lines add up exactly, and nothing is ever rounded in the creator’s favour twice', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 10n ** 12n }),
      ratio,
      fc.bigInt({ min: 0n, max: 10_000n }),
      fc.integer({ min: 0, max: 4_000 }),
      fc.constantFrom('EUR', 'JPY', 'KWD', 'HUF'),
      ratio,
      (units, centsPerUnit, feeCents, taxBasisPoints, currency, perUsd) => {
        const lines = quoteLines({ units, centsPerUnit, feeCents, taxBasisPoints, currency, perUsd });
        assert.equal(lines.feeCents + lines.taxCents + lines.netCents, lines.grossCents);
        assert.ok(lines.grossCents * centsPerUnit.denominator <= units * centsPerUnit.numerator);
        assert.ok(lines.taxCents * 10_000n <= lines.grossCents * BigInt(taxBasisPoints));
        assert.ok(lines.payoutMinor >= 0n);
        if (lines.netCents > 0n) {
          const { decimals, step } = currencyOf(currency);
          const scale = 10n ** BigInt(decimals);
          const worth = lines.netCents * perUsd.numerator * scale;
          const of = perUsd.denominator * 100n;
          assert.ok(lines.payoutMinor * of <= worth, 'never more than it is worth');
          assert.ok((lines.payoutMinor + step) * of > worth, 'and less than one step less');
          assert.equal(lines.payoutMinor % step, 0n);
        }
      },
    ),
  );
});

test('a minimum in money is the fewest whole Diamonds that reach it', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 1_000_000n }), ratio, (cents, rate) => {
      const units = unitsForCents(cents, rate);
      assert.equal(units % 1_000n, 0n);
      assert.ok(convertDown(units, rate) >= cents);
      if (units > 0n) assert.ok(convertDown(units - 1_000n, rate) < cents);
    }),
  );
});

test('money reads as people write it', () => {
  assert.deepEqual(
    [
      displayMoney(18_289n, 'EUR'),
      displayMoney(1_240n, 'JPY'),
      displayMoney(12_345n, 'KWD'),
      displayMoney(-150n, 'USD'),
      displayMoney(1_234_567n, 'USD'),
    ],
    ['€182.89', '¥1,240', 'KWD 12.345', '−$1.50', '$12,345.67'],
  );
  assert.equal(decimalText(5n, currencyOf('EUR')), '0.05');
  assert.equal(decimalText(7n, currencyOf('JPY')), '7');
  assert.equal(decimalText(1_005n, currencyOf('KWD')), '1.005');
  assert.throws(() => convert(1n, currencyOf('EUR'), null), RangeError);
  assert.throws(() => currencyOf('eur'), RangeError);
});
