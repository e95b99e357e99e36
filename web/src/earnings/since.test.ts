import { expect, test } from 'vitest';
import { sinceText } from './since.ts';

const now = new Date(2026, 10, 21);

test('a supporter is new, or known since a month', () => {
  expect(sinceText(new Date(2026, 10, 18).toISOString(), now)).toBe('new this week');
  expect(sinceText(new Date(2026, 2, 3).toISOString(), now)).toBe('since March');
  expect(sinceText(new Date(2025, 2, 3).toISOString(), now)).toBe('since March 2025');
  expect(sinceText('', now)).toBe('');
});
