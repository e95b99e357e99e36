import type { DayAmount, EarnedDay } from './earnings-api.ts';
import { largest } from './scale.ts';

export interface CalendarBar {
  readonly date: string;
  /** Diamond units. */
  readonly units: bigint;
  /** Its share of the fullest day, 0 to 1. */
  readonly share: number;
  readonly today: boolean;
  /** Of the last bar, where it is all that comes after the others: the days on which that comes. */
  readonly later: readonly { readonly date: string; readonly units: bigint }[];
}

/**
 * What matures on each of so many coming days, from today on and without gaps, and all that comes later as one bar more.
 * Anything that was due before today and has not moved yet counts as today's.
 */
export function calendarBars(calendar: readonly DayAmount[], today: string, days: number): CalendarBar[] {
  const units = new Map<string, bigint>();
  for (const { date, amount } of calendar) {
    const day = date < today ? today : date;
    units.set(day, (units.get(day) ?? 0n) + BigInt(amount.units));
  }
  const bars = Array.from({ length: days }, (_, index) => {
    const date = dayAfter(today, index);
    return { date, units: units.get(date) ?? 0n, today: index === 0, later: [] as CalendarBar['later'] };
  });
  const later = [...units]
    .map(([date, own]) => ({ date, units: own }))
    .filter(({ date }) => date >= dayAfter(today, days))
    .sort((one, other) => one.date.localeCompare(other.date));
  const [first] = later;
  if (first !== undefined) {
    const sum = later.reduce((all, day) => all + day.units, 0n);
    bars.push({ date: first.date, units: sum, today: false, later });
  }
  const fullest = largest(bars.map((bar) => bar.units));
  return bars.map((bar) => ({
    ...bar,
    share: fullest === 0n ? 0 : Number((bar.units * 10_000n) / fullest) / 10_000,
  }));
}

/** Diamond units of one day. */
export interface DayBar {
  readonly date: string;
  /** What its gifts brought and is still there. */
  readonly units: bigint;
  /** What of it was taken back since. */
  readonly reversed: bigint;
}

/** The last days without gaps, the oldest first. */
export function lastDays(days: readonly EarnedDay[], today: string, count: number): DayBar[] {
  const known = new Map(days.map((day) => [day.date, day]));
  return Array.from({ length: count }, (_, index) => {
    const date = dayAfter(today, index - count + 1);
    const day = known.get(date);
    return {
      date,
      units: BigInt(day?.amount.units ?? 0),
      reversed: BigInt(day?.reversed?.units ?? 0),
    };
  });
}

/** Today at UTC, where the house counts its days. */
export function todayUtc(now: Date): string {
  return now.toISOString().slice(0, 10);
}

function dayAfter(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
