import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  addBusinessDays,
  type BankCalendar,
  businessDayFrom,
  dayAt,
  easterSunday,
  holidaysOf,
  isBusinessDay,
  nextDay,
} from './business-days.ts';

// Easter Sundays as almanacs print them; 2038 is the latest possible day, 25 April.
for (const [year, day] of [
  [2024, '2024-03-31'],
  [2025, '2025-04-20'],
  [2026, '2026-04-05'],
  [2027, '2027-03-28'],
  [2030, '2030-04-21'],
  [2038, '2038-04-25'],
] as const) {
  test(`Easter ${year} is ${day}`, () => assert.equal(easterSunday(year), day));
}

test('TARGET closes on six days, whatever the weekday', () => {
  assert.deepEqual([...holidaysOf('target', 2026)].sort(), [
    '2026-01-01',
    '2026-04-03', // Good Friday
    '2026-04-06', // Easter Monday
    '2026-05-01',
    '2026-12-25',
    '2026-12-26', // a Saturday
  ]);
});

test('the Fed closes on eleven days; Sunday holidays move to Monday, Saturday ones move nowhere', () => {
  assert.deepEqual([...holidaysOf('fed', 2026)].sort(), [
    '2026-01-01',
    '2026-01-19', // Martin Luther King
    '2026-02-16', // Washington
    '2026-05-25', // Memorial Day
    '2026-06-19',
    '2026-07-04', // a Saturday: Friday the 3rd is open
    '2026-09-07', // Labor Day
    '2026-10-12', // Columbus Day
    '2026-11-11',
    '2026-11-26', // Thanksgiving
    '2026-12-25',
  ]);
  // 19 June and 25 December 2027 are Saturdays, 4 July 2027 is a Sunday.
  const open = ['2027-06-18', '2027-12-24', '2027-12-31', '2026-07-03'];
  assert.deepEqual(
    open.filter((day) => !isBusinessDay('fed', day)),
    [],
  );
  assert.ok(!isBusinessDay('fed', '2027-07-05'));
});

const days = fc.integer({ min: 0, max: 36_500 }).map((n) => dayAt(Date.UTC(2000, 0, 1) + n * 86_400_000));
const calendars = fc.constantFrom<BankCalendar[]>('target', 'fed', 'weekdays');

test('counting business days: never a closed day, never backwards, one by one or at once', () => {
  fc.assert(
    fc.property(calendars, days, fc.integer({ min: 0, max: 15 }), (calendar, day, count) => {
      const found = addBusinessDays(calendar, day, count);
      assert.ok(isBusinessDay(calendar, found));
      assert.ok(found >= day);
      let steps = businessDayFrom(calendar, day);
      for (let left = count; left > 0; left -= 1) steps = addBusinessDays(calendar, nextDay(steps), 0);
      assert.equal(found, steps);
    }),
  );
});

test('over a weekend and Easter: Thursday plus two is the Wednesday after', () => {
  assert.equal(addBusinessDays('target', '2026-04-02', 2), '2026-04-08');
  assert.equal(addBusinessDays('weekdays', '2026-04-02', 2), '2026-04-06');
});
