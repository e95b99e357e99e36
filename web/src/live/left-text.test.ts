import { expect, test } from 'vitest';
import { leftText } from './left-text.ts';

test.each([
  [0, 'Any moment now'],
  [-5_000, 'Any moment now'],
  [1, '00:01'],
  [609_000, '10:09'],
  [3_600_000, '01:00:00'],
  [86_400_000, '1 day 00:00:00'],
  [2 * 86_400_000 + 3 * 3_600_000 + 609_000, '2 days 03:10:09'],
])('%i ms are left as %s', (ms, text) => {
  expect(leftText(ms)).toBe(text);
});
