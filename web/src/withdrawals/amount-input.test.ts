import { expect, test } from 'vitest';
import { readDiamonds, writeDiamonds } from './amount-input.ts';

test.each([
  ['40,000', 40_000_000n],
  ['40000', 40_000_000n],
  ['2.5', 2_500n],
  ['2.', 2_000n],
  ['0.001', 1n],
  ['1.0005', null],
  ['', null],
  ['-5', null],
  ['1e5', null],
  ['٣', null],
  ['1.2.3', null],
])('%j is %s', (text, units) => expect(readDiamonds(text)).toBe(units));

test.each([0n, 1n, 2_500n, 40_000_000n, 48_260_125n])('%s is written as it is read', (units) => {
  expect(readDiamonds(writeDiamonds(units))).toBe(units);
});
