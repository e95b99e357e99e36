import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Ratio } from '../core/money.ts';
import { displayParts, type GiftMoney, howGift, sharesOf } from './how.ts';

const ratio = (numerator: bigint, denominator: bigint): Ratio => ({ numerator, denominator });

/** The preset `carat`: 1.35 ¢ a Coin, half a Diamond a Coin, 1.35 ¢ a Diamond. */
const money = (coins: bigint, quantity = 1, feePerCent = ratio(0n, 1n)): GiftMoney => ({
  coins,
  quantity,
  diamondUnits: coins * 500n,
  centsPerCoin: ratio(135n, 100n),
  centsPerUnit: ratio(1_350n, 1_000_000n),
  diamondUnitsPerCoin: ratio(500n, 1n),
  feePerCent,
});

test('the shares of a gift, to a thousandth of a cent', () => {
  const rows: [GiftMoney, { paid: bigint; fee: bigint; creator: bigint; platform: bigint }][] = [
    [money(1n), { paid: 1_350n, fee: 0n, creator: 675n, platform: 675n }],
    [money(12n, 12), { paid: 16_200n, fee: 0n, creator: 8_100n, platform: 8_100n }],
    // 4 % of 13,498.65 ¢ is 539.946 ¢.
    [
      money(9_999n, 1, ratio(4n, 100n)),
      { paid: 13_498_650n, fee: 539_946n, creator: 6_749_325n, platform: 6_209_379n },
    ],
  ];
  for (const [of, expected] of rows) assert.deepEqual(sharesOf(of), expected);
});

test('property: what the fan paid is what all others got, for any policy', () => {
  const positive = (max: bigint) => fc.bigInt({ min: 1n, max });
  fc.assert(
    fc.property(
      positive(40_000n),
      fc.integer({ min: 1, max: 999 }),
      positive(10_000n),
      positive(1_000n),
      positive(2_000n),
      positive(10_000_000n),
      fc.bigInt({ min: 0n, max: 100n }),
      (price, quantity, cents, coins, units, value, fee) => {
        const shares = sharesOf({
          coins: price * BigInt(quantity),
          quantity,
          diamondUnits: price * BigInt(quantity) * units,
          centsPerCoin: ratio(cents, coins),
          centsPerUnit: ratio(value, 1_000_000_000n),
          diamondUnitsPerCoin: ratio(units, 1n),
          feePerCent: ratio(fee, 1_000n),
        });
        assert.equal(shares.paid - shares.fee - shares.creator - shares.platform, 0n);
      },
    ),
  );
});

test('thousandths of a cent as dollars', () => {
  const rows: [bigint, string][] = [
    [0n, '$0.00'],
    [1n, '$0.00001'],
    [675n, '$0.00675'],
    [1_350n, '$0.0135'],
    [100_000n, '$1.00'],
    [13_498_650n, '$134.9865'],
    [123_456_700_000n, '$1,234,567.00'],
    [-1_350n, '−$0.0135'],
  ];
  for (const [amount, text] of rows) assert.equal(displayParts(amount), text);
});

test('how the numbers of twelve roses were made', () => {
  const lines = howGift(money(12n, 12), { gift: 'Rose', policyVersion: 3, rateVersion: 2 });
  assert.deepEqual(
    lines.map(({ label, value, note }) => `${label}: ${value} (${note})`),
    [
      'Price: 12 Coins (Rose: 1 × 12)',
      'The fan paid: $0.162 (12 × 1.35¢ a Coin, policy version 3)',
      'Payment provider: $0.00 (The share that providers kept of all purchases so far)',
      'Platform: $0.081 (What is left, with every rounding)',
      'Creator: $0.081 (6 Diamonds × 1.35¢, rate version 2)',
      'Diamonds: 6 (12 Coins × 0.5, rounded down per gift to a thousandth)',
    ],
  );
});
