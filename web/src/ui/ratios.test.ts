import { expect, test } from 'vitest';
import { percentText, ratioText } from './ratios.ts';

test('a ratio is a decimal, cut where it does not end', () => {
  expect(ratioText({ numerator: '135', denominator: '100' })).toBe('1.35');
  expect(ratioText({ numerator: '2', denominator: '1' })).toBe('2');
  expect(ratioText({ numerator: '4', denominator: '3' })).toBe('≈1.3333');
});

test('a share is a percentage', () => {
  expect(percentText({ numerator: 1n, denominator: 2n })).toBe('50 %');
  expect(percentText({ numerator: 2n, denominator: 3n })).toBe('66.6 %');
});
