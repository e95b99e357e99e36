import { expect, test } from 'vitest';
import { calendarDay, calendarDayText, dayText, stampText, whenText } from './dates.ts';

const now = new Date(2026, 10, 21, 21, 30);

test('a list says as little as it can', () => {
  const table: readonly (readonly [Date, string])[] = [
    [new Date(2026, 10, 21, 21, 4), '21:04'],
    [new Date(2026, 10, 21, 0, 0), '00:00'],
    [new Date(2026, 10, 20, 23, 59), 'Yesterday, 23:59'],
    [new Date(2026, 10, 19, 9, 2), '19 Nov, 09:02'],
    [new Date(2025, 10, 21, 9, 2), '21 Nov 2025, 09:02'],
  ];
  for (const [at, text] of table) expect(whenText(at, now)).toBe(text);
});

test('yesterday crosses the year', () => {
  expect(whenText(new Date(2025, 11, 31, 8, 0), new Date(2026, 0, 1, 8, 0))).toBe('Yesterday, 08:00');
});

test('a stamp has the weekday, and the year when it is another', () => {
  expect(stampText(new Date(2026, 10, 18, 9, 12), now)).toBe('Wed 18 Nov, 09:12');
  expect(dayText(new Date(2027, 0, 2), now)).toBe('2 Jan 2027');
});

test('a calendar day is that day in every time zone', () => {
  const day = calendarDay('2026-11-28');
  expect(day === null ? null : dayText(day, now)).toBe('28 Nov');
  expect(calendarDay('soon')).toBeNull();
  expect(calendarDayText('2026-11-28', now)).toBe('Sat 28 Nov');
  expect(calendarDayText('soon', now)).toBe('soon');
});
