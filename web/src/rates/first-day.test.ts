import { expect, test } from 'vitest';
import { firstDay } from './first-day.ts';

test('the first day leaves a colleague a day to look', () => {
  expect(firstDay('2026-11-29T09:15:00.000Z')).toBe('2026-12-01');
  expect(firstDay('2026-11-29T00:00:00.000Z')).toBe('2026-11-30');
});
