import { describe, expect, it } from 'vitest';
import { centsIn, isHigher, typedCents, usedPercent } from './limit-text.ts';

describe('money as it is typed', () => {
  it.each([
    ['25', 2_500n],
    ['$25', 2_500n],
    [' 2.5 ', 250n],
    ['2,05', 205n],
    ['0', 0n],
    ['', undefined],
    ['-1', undefined],
    ['1.005', undefined],
    ['1e3', undefined],
    ['٣', undefined],
    ['12345678', undefined],
  ])('%j is %s', (text, cents) => {
    expect(centsIn(text)).toBe(cents);
  });

  it.each([0n, 5n, 250n, 2_500n, 123_456n])('%s cents are typed and read again', (cents) => {
    expect(centsIn(typedCents(cents))).toBe(cents);
  });
});

it.each([
  [null, 100n, true],
  [101n, 100n, true],
  [100n, 100n, false],
  [99n, 100n, false],
  [null, null, false],
  [5n, null, false],
])('from %s wanted and %s now: waits %s', (wanted, now, waits) => {
  expect(isHigher(wanted, now)).toBe(waits);
});

it.each([
  [0n, 100n, 0],
  [1n, 1_000n, 1],
  [999n, 1_000n, 99],
  [1_000n, 1_000n, 100],
  [2_000n, 1_000n, 100],
  [1n, 0n, 100],
])('%s of %s is %s percent', (spent, limit, percent) => {
  expect(usedPercent(spent, limit)).toBe(percent);
});
