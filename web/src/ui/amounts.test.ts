import { describe, expect, it } from 'vitest';
import { audienceText, convertNearest, diamondText, groupDigits, moneyText } from './amounts.ts';

describe('amounts', () => {
  it.each([
    [0n, '0'],
    [2_480n, '2,480'],
    [-3n, '\u22123'],
    [9_223_372_036_854_775_807n, '9,223,372,036,854,775,807'],
  ])('%s units read %s', (units, text) => expect(groupDigits(units)).toBe(text));

  it.each([
    [500n, '½'],
    [2_500n, '2½'],
    [-500n, '\u2212½'],
    [1_234n, '1.234'],
    [12_940_000n, '12,940'],
  ])('%s Diamond units read %s', (units, text) => expect(diamondText(units)).toBe(text));

  it.each([
    [296n, '$2.96'],
    [5n, '$0.05'],
    [-150n, '\u2212$1.50'],
  ])('%s cents read %s', (cents, text) => expect(moneyText(cents)).toBe(text));

  it.each([
    [5n, 7n],
    [1n, 1n],
    [219n, 296n],
  ])('%s Coins are about %s cents at 135/100', (coins, cents) => {
    expect(convertNearest(coins, { numerator: 135n, denominator: 100n })).toBe(cents);
  });

  it.each([
    [9_999, '9,999'],
    [10_000, '10k'],
    [18_412, '18.4k'],
    [1_250_000, '1.2M'],
  ])('an audience of %i reads %s', (count, text) => expect(audienceText(count)).toBe(text));
});
