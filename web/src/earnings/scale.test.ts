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

test('the numbers of an axis read as Diamonds, all of them alike', () => {
  const table: readonly (readonly [bigint, readonly string[]])[] = [
    [500n, ['0', '0.1', '0.2', '0.3', '0.4', '½']],
    [3_680_000n, ['0', '1,000', '2,000', '3,000', '4,000']],
    [13_854_000n, ['0', '5k', '10k', '15k']],
    [12_500_000n, ['0', '5k', '10k', '15k']],
  ];
  for (const [max, texts] of table) {
    const scale = scaleFor(max);
    expect(scale.ticks.map((tick) => tickText(tick, scale))).toEqual(texts);
  }
  expect(tickText(2_500_000n, { top: 10_000_000n, ticks: [] })).toBe('2.5k');
});
