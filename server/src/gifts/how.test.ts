import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GiftMoney } from './gift-money.ts';
import { howGift } from './how.ts';

test('how the numbers of twelve roses were made', () => {
  const numbers = {
    coins: 12n,
    quantity: 12,
    diamondUnits: 6_000n,
    centsPerUnit: { numerator: 1_350n, denominator: 1_000_000n },
    diamondUnitsPerCoin: { numerator: 500n, denominator: 1n },
  };
  const said = (money: GiftMoney | null) =>
    howGift({ ...numbers, money }, { gift: 'Rose', rateVersion: 2 }).map(
      ({ label, value, note }) => `${label}: ${value} (${note})`,
    );
  const price = 'Price: 12 Coins (Rose: 1 × 12)';
  const creator = 'Creator: $0.081 (6 Diamonds × 1.35¢, rate version 2)';
  const diamonds = 'Diamonds: 6 (12 Coins × 0.5, rounded down per gift to a thousandth)';
  assert.deepEqual(
    said({ paidMicros: 150_000n, feeMicros: 9_654n, platformMicros: 59_346n, creatorMicros: 81_000n }),
    [
      price,
      'The fan paid: $0.15 (What just these Coins had cost: those bought first are spent first)',
      'Payment provider: $0.009654 (What was kept of the payments for these Coins)',
      'Platform: $0.059346 (What is left, with every rounding)',
      creator,
      diamonds,
    ],
  );
  assert.deepEqual(
    said({ paidMicros: 0n, feeMicros: 0n, platformMicros: -81_000n, creatorMicros: 81_000n }),
    [
      price,
      'The fan paid: $0.00 (Nobody paid for these Coins)',
      'Payment provider: $0.00 (What was kept of the payments for these Coins)',
      'Platform: −$0.081 (What is left, with every rounding; what is missing the house adds)',
      creator,
      diamonds,
    ],
  );
  assert.deepEqual(said(null), [price, diamonds]);
});
