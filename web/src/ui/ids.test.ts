import { expect, test } from 'vitest';
import { shortId } from './ids.ts';

test('a long id keeps its prefix and both ends, a short one stays', () => {
  expect(shortId('tx_0190b2c4a1f27c3e8d4b5a6978801234')).toBe('tx_0190b2…801234');
  expect(shortId('01890b2c-a1f2-7c3e-8d4b-5a6978801234')).toBe('01890b…801234');
  expect(shortId('order_1234')).toBe('order_1234');
});
