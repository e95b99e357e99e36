import { expect, test } from 'vitest';
import { wayOfCoins } from './way-of-coins.ts';

const policy = {
  coins: { centsPerCoin: { numerator: '135', denominator: '100' } },
  gifts: { diamondUnitsPerCoin: { numerator: '500', denominator: '1' } },
};
const rate = { centsPerUnit: { numerator: '1350', denominator: '1000000' } };

test('half of every Coin reaches the creator', () => {
  // 100 × 1.35¢ = $1.35; 100 × ½ = 50 Diamonds; 50 × 1.35¢ = 67.5¢, cut to 67.
  expect(wayOfCoins(100n, policy, rate)).toEqual({
    paidCents: 135n,
    diamondUnits: 50_000n,
    worthCents: 67n,
  });
});

test('the payer’s side rounds up, the receiver’s down', () => {
  expect(wayOfCoins(1n, policy, rate)).toEqual({ paidCents: 2n, diamondUnits: 500n, worthCents: 0n });
});
