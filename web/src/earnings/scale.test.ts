import { expect, test } from 'vitest';
import { scaleFor, shareOf, tickText } from './scale.ts';

test('an axis has few round steps and room for the highest bar', () => {
  const table: readonly (readonly [bigint, bigint, number])[] = [
    [0n, 1_000n, 2],
    [1n, 1n, 2],
    [500n, 500n, 6],
    [2_500n, 2_500n, 6],
    [3_680_000n, 4_000_000n, 5],
    [10_000_000n, 10_000_000n, 6],
    [10_000_001n, 15_000_000n, 4],
    [999_999_999n, 1_000_000_000n, 6],
  ];
  for (const [max, top, ticks] of table) {
    const scale = scaleFor(max);
    expect([max, scale.top, scale.ticks.length]).toEqual([max, top, ticks]);
    expect(scale.top).toBeGreaterThanOrEqual(max);
    expect(scale.ticks.at(-1)).toBe(scale.top);
  }
});

test('a bar is its share of the axis', () => {
  const scale = scaleFor(3_680_000n);
  expect(shareOf(1_000_000n, scale)).toBe(0.25);
  expect(shareOf(0n, scale)).toBe(0);
});

test('a tick reads as Diamonds', () => {
  const table: readonly (readonly [bigint, string])[] = [
    [0n, '0'],
    [500n, '½'],
    [2_000_000n, '2,000'],
    [20_000_000n, '20k'],
    [12_500_000n, '12.5k'],
  ];
  for (const [units, text] of table) expect(tickText(units)).toBe(text);
});
