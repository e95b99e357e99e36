import { DAY_MS } from '../core/clock.ts';

/** A day of the calendar, `2026-11-24`. */
export type Day = string;

/** On which days a bank moves money: the euro's TARGET, the Federal Reserve's, or every weekday where no rule is known. */
export type BankCalendar = 'target' | 'fed' | 'weekdays';

/**
 * Whether money moves on that day.
 *
 * - `target`: closed on Saturdays, Sundays, 1 January, Good Friday, Easter Monday, 1 May, 25 and 26 December
 *   (ECB, long-term calendar of TARGET closing days).
 * - `fed`: closed on Saturdays, Sundays and the eleven holidays of the Federal Reserve Banks. One that falls on a Sunday is
 *   kept on the Monday after; one that falls on a Saturday is not moved: the Friday before is open.
 */
export function isBusinessDay(calendar: BankCalendar, day: Day): boolean {
  const at = atOf(day);
  const weekday = at.getUTCDay();
  if (weekday === 0 || weekday === 6) return false;
  return !holidaysOf(calendar, at.getUTCFullYear()).has(day);
}

/** The day itself when money moves on it, else the next such day. */
export function businessDayFrom(calendar: BankCalendar, day: Day): Day {
  let found = day;
  while (!isBusinessDay(calendar, found)) found = nextDay(found);
  return found;
}

/** So many business days after the day; 0 = the day itself or the next business day. */
export function addBusinessDays(calendar: BankCalendar, day: Day, count: number): Day {
  let found = businessDayFrom(calendar, day);
  for (let left = count; left > 0; left -= 1) found = businessDayFrom(calendar, nextDay(found));
  return found;
}

/** Every weekday of a year on which the calendar is closed, as days. Some holidays fall on weekends and are left out. */
export function holidaysOf(calendar: BankCalendar, year: number): ReadonlySet<Day> {
  const key = `${calendar} ${year}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const days = new Set(HOLIDAYS[calendar](year));
  if (kept.size > 100) kept.clear();
  kept.set(key, days);
  return days;
}

const kept = new Map<string, ReadonlySet<Day>>();

const HOLIDAYS: Readonly<Record<BankCalendar, (year: number) => Day[]>> = {
  weekdays: () => [],
  target: (year) => {
    const easter = easterSunday(year);
    return [
      dayOf(year, 1, 1),
      plusDays(easter, -2),
      plusDays(easter, 1),
      dayOf(year, 5, 1),
      dayOf(year, 12, 25),
      dayOf(year, 12, 26),
    ];
  },
  fed: (year) => [
    ...[
      dayOf(year, 1, 1),
      dayOf(year, 6, 19),
      dayOf(year, 7, 4),
      dayOf(year, 11, 11),
      dayOf(year, 12, 25),
    ].map((day) => (atOf(day).getUTCDay() === 0 ? nextDay(day) : day)),
    nthWeekday(year, 1, MONDAY, 3),
    nthWeekday(year, 2, MONDAY, 3),
    lastMonday(year, 5),
    nthWeekday(year, 9, MONDAY, 1),
    nthWeekday(year, 10, MONDAY, 2),
    nthWeekday(year, 11, THURSDAY, 4),
  ],
};

const MONDAY = 1;
const THURSDAY = 4;

/** The Gregorian computus of Meeus, Jones and Butcher: exact for every year of that calendar. */
export function easterSunday(year: number): Day {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const e = b % 4;
  const f = Math.floor((b + 8) / 25);
  const g = Math.floor((b - f + 1) / 3);
  const h = (19 * a + b - d - g + 15) % 30;
  const i = Math.floor(c / 4);
  const k = c % 4;
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const month = Math.floor((h + l - 7 * m + 114) / 31);
  return dayOf(year, month, ((h + l - 7 * m + 114) % 31) + 1);
}

/** The day of an instant, UTC. */
export function dayAt(epochMs: number): Day {
  return new Date(epochMs).toISOString().slice(0, 10);
}

export function nextDay(day: Day): Day {
  return plusDays(day, 1);
}

export function plusDays(day: Day, days: number): Day {
  return dayAt(atOf(day).getTime() + days * DAY_MS);
}

function nthWeekday(year: number, month: number, weekday: number, nth: number): Day {
  const first = atOf(dayOf(year, month, 1)).getUTCDay();
  return dayOf(year, month, 1 + ((weekday - first + 7) % 7) + (nth - 1) * 7);
}

function lastMonday(year: number, month: number): Day {
  const fifth = nthWeekday(year, month, MONDAY, 5);
  return fifth.slice(5, 7) === dayOf(year, month, 1).slice(5, 7) ? fifth : plusDays(fifth, -7);
}

function dayOf(year: number, month: number, day: number): Day {
  return dayAt(Date.UTC(year, month - 1, day));
}

function atOf(day: Day): Date {
  return new Date(`${day}T00:00:00.000Z`);
}
