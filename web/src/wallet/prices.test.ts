import { expect, test } from 'vitest';
import { coinsPrice, readCount, worthOf } from './prices.ts';

test('a price is rounded up to a cent', () => {
  const perCoin = { numerator: '135', denominator: '100' };
  const table: readonly (readonly [bigint, bigint])[] = [
    [1n, 2n],
    [20n, 27n],
    [70n, 95n],
    [219n, 296n],
    [100_000n, 135_000n],
  ];
  for (const [coins, cents] of table) expect(coinsPrice(coins, perCoin)).toBe(cents);
});

test('units are worth what they would be sold or paid for, with their sign', () => {
  const prices = {
    perCoin: { numerator: '135', denominator: '100' },
    perUnit: { numerator: '1350', denominator: '1000000' },
  };
  expect(worthOf('COIN', -3n, prices)).toBe(-5n);
  expect(worthOf('DIAMOND', 2_500n, prices)).toBe(3n);
  expect(worthOf('DIAMOND', -2_500n, prices)).toBe(-3n);
  expect(worthOf('DIAMOND', 2_500n, { ...prices, perUnit: undefined })).toBeNull();
});

test('an amount is read as it is typed', () => {
  const bounds = { min: 10n, max: 100_000n, what: 'Coins' };
  const table: readonly (readonly [string, bigint | string])[] = [
    ['219', 219n],
    [' 1,400 ', 1400n],
    ['17 500', 17_500n],
    ['', 'Enter how many Coins, between 10 and 100,000.'],
    ['9', 'You can buy between 10 and 100,000 Coins at once.'],
    ['100001', 'You can buy between 10 and 100,000 Coins at once.'],
    ['-20', 'Enter a whole number, between 10 and 100,000.'],
    ['2e3', 'Enter a whole number, between 10 and 100,000.'],
  ];
  for (const [text, expected] of table) {
    const read = readCount(text, bounds);
    expect('count' in read ? read.count : read.wrong).toBe(expected);
  }
});
