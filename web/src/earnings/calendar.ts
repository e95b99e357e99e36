import type { DayAmount } from './earnings-api.ts';
import { largest } from './scale.ts';

export interface CalendarBar {
  readonly date: string;
  /** Diamond units. */
  readonly units: bigint;
  /** Its share of the fullest day, 0 to 1. */
  readonly share: number;
  readonly today: boolean;
}

/**
 * What matures on each of the coming days, from today on and without gaps. Anything that was due before today
 * and has not moved yet counts as today's.
 */
export function calendarBars(calendar: readonly DayAmount[], today: string, days: number): CalendarBar[] {
  const last = [today, ...calendar.map(({ date }) => date)].sort().at(-1) ?? today;
  const count = Math.max(days, daysBetween(today, last) + 1);
  const units = new Map<string, bigint>();
  for (const { date, amount } of calendar) {
    const day = date < today ? today : date;
    units.set(day, (units.get(day) ?? 0n) + BigInt(amount.units));
  }
  const fullest = largest(units.values());
  return Array.from({ length: count }, (_, index) => {
    const date = dayAfter(today, index);
    const own = units.get(date) ?? 0n;
    return {
      date,
      units: own,
      share: fullest === 0n ? 0 : Number((own * 10_000n) / fullest) / 10_000,
      today: index === 0,
    };
  });
}

/** The last fourteen days without gaps, the oldest first. */
export function lastDays(
  days: readonly DayAmount[],
  today: string,
  count: number,
): { date: string; units: bigint }[] {
  const units = new Map(days.map(({ date, amount }) => [date, BigInt(amount.units)]));
  return Array.from({ length: count }, (_, index) => {
    const date = dayAfter(today, index - count + 1);
    return { date, units: units.get(date) ?? 0n };
  });
}

/** Today at UTC, where the house counts its days. */
export function todayUtc(now: Date): string {
  return now.toISOString().slice(0, 10);
}

function dayAfter(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}
