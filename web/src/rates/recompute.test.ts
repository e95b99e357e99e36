import { expect, test } from 'vitest';
import cases from '../../../server/src/rates/formula-cases.json' with { type: 'json' };
import type { RateInputs } from '../api/rates.ts';
import { recomputeRate, sameRatio } from './recompute.ts';

test('the browser comes to what the server came to, step by step', () => {
  expect(cases.length).toBeGreaterThanOrEqual(8);
  for (const { inputs, rate, steps } of cases) {
    expect(recomputeRate(inputs as RateInputs)).toEqual({ rate, steps });
  }
});

test('a rate that was set is its own number', () => {
  const centsPerUnit = { numerator: '1350', denominator: '1000000' };
  const { rate } = recomputeRate({ method: 'policy', policyVersion: 1, preset: 'carat', centsPerUnit });
  expect(rate).toEqual(centsPerUnit);
  expect(sameRatio(rate, { numerator: '1350000', denominator: '1000000000' })).toBe(true);
  expect(sameRatio(rate, { numerator: '1350001', denominator: '1000000000' })).toBe(false);
});
