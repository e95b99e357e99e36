import { expect, test } from 'vitest';
import { calendarBars, lastDays } from './calendar.ts';
import type { DayAmount } from './earnings-api.ts';

const day = (date: string, units: string): DayAmount => ({
  date,
  amount: { asset: 'DIAMOND', units, display: units },
});

test('days without anything stand in the calendar too', () => {
  const bars = calendarBars([day('2026-11-23', '4000'), day('2026-11-25', '2000')], '2026-11-21', 7);
  expect(bars.map(({ date }) => date.slice(-2)).join()).toBe('21,22,23,24,25,26,27');
  expect(bars.map(({ share }) => share)).toEqual([0, 0, 1, 0, 0.5, 0, 0]);
  expect(bars[0]?.today).toBe(true);
});

test('what was due before today is today’s', () => {
  const bars = calendarBars([day('2026-11-20', '1000'), day('2026-11-21', '500')], '2026-11-21', 2);
  expect(bars[0]?.units).toBe(1500n);
});

test('what comes after the days shown is one bar, over the end of a month', () => {
  const bars = calendarBars(
    [day('2026-12-06', '3000'), day('2026-11-29', '2000'), day('2026-12-02', '1000')],
    '2026-11-28',
    3,
  );
  expect(bars.map(({ date, units, share }) => [date, units, share])).toEqual([
    ['2026-11-28', 0n, 0],
    ['2026-11-29', 2000n, 0.5],
    ['2026-11-30', 0n, 0],
    ['2026-12-02', 4000n, 1],
  ]);
  expect(bars.at(-1)?.later).toEqual([
    { date: '2026-12-02', units: 1000n },
    { date: '2026-12-06', units: 3000n },
  ]);
});

test('the last days end today, and what was taken back stands beside', () => {
  const taken = {
    ...day('2026-11-20', '1000'),
    reversed: { asset: 'DIAMOND', units: '250', display: '' } as const,
  };
  expect(lastDays([taken], '2026-11-21', 3)).toEqual([
    { date: '2026-11-19', units: 0n, reversed: 0n },
    { date: '2026-11-20', units: 1000n, reversed: 250n },
    { date: '2026-11-21', units: 0n, reversed: 0n },
  ]);
});
