import { expect, test } from 'vitest';
import { moreText } from './tiers-api.ts';

test('what a tier adds is told in percent', () => {
  expect([10_000, 10_500, 10_525, 11_000, 20_000].map(moreText)).toEqual([
    'the same',
    '+5 %',
    '+5.25 %',
    '+10 %',
    '+100 %',
  ]);
});
