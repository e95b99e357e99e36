import { type Ratio, UNITS_PER_DIAMOND } from '../core/money.ts';

/**
 * What part of the money that fans spent on gifts is the creator's, at today's price per Coin, yield and rate:
 * `units per Coin × cents per unit ÷ cents per Coin`, in lowest terms.
 */
export function creatorShare(unitsPerCoin: Ratio, centsPerUnit: Ratio, centsPerCoin: Ratio): Ratio {
  const numerator = unitsPerCoin.numerator * centsPerUnit.numerator * centsPerCoin.denominator;
  const denominator = unitsPerCoin.denominator * centsPerUnit.denominator * centsPerCoin.numerator;
  const divisor = greatestCommonDivisor(numerator, denominator);
  return { numerator: numerator / divisor, denominator: denominator / divisor };
}

/** A share as a person reads it: 1/2 → `50 %`. More than two decimals are cut and marked ≈. */
export function displayShare({ numerator, denominator }: Ratio): string {
  const hundredths = (numerator * 10_000n) / denominator;
  const exact = (numerator * 10_000n) % denominator === 0n;
  const fraction = (hundredths % 100n).toString().padStart(2, '0').replace(/0+$/, '');
  return `${exact ? '' : '≈'}${hundredths / 100n}${fraction === '' ? '' : `.${fraction}`} %`;
}

/** Diamonds for one Coin as a person reads it: 500 units → `0.5`. More than three decimals are cut and marked ≈. */
export function displayYield({ numerator, denominator }: Ratio): string {
  const units = numerator / denominator;
  const exact = numerator % denominator === 0n;
  const fraction = (units % UNITS_PER_DIAMOND).toString().padStart(3, '0').replace(/0+$/, '');
  return `${exact ? '' : '≈'}${units / UNITS_PER_DIAMOND}${fraction === '' ? '' : `.${fraction}`}`;
}

export interface DayUnits {
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  readonly units: bigint;
}

/**
 * What becomes available on which day, so that the days sum to what is pending. `later`: what is booked for the days
 * after today. What is pending beyond that clears today: it is due today, or was due and waits for the next run.
 */
export function clearingCalendar(pending: bigint, later: readonly DayUnits[], today: string): DayUnits[] {
  const laterUnits = later.reduce((sum, { units }) => sum + units, 0n);
  const todayUnits = pending - laterUnits;
  return todayUnits > 0n ? [{ day: today, units: todayUnits }, ...later] : [...later];
}

/** Diamonds are counted every minute; what waits longer than two of them waits for something else. */
const BEHIND_MS = 120_000;

/** Why Diamonds whose date has come are not available yet, as a person reads it. */
export function countingCause(sweptTo: Date, now: Date): string {
  return now.getTime() - sweptTo.getTime() <= BEHIND_MS
    ? 'Diamonds are counted every minute.'
    : 'Counting is behind, and catches up by itself.';
}

/** Every day from `from` to `to`, both included, with what is known of it and 0 for the rest. */
export function everyDay(known: readonly DayUnits[], from: Date, to: Date): DayUnits[] {
  const units = new Map(known.map((day) => [day.day, day.units]));
  const days: DayUnits[] = [];
  for (let at = from.getTime(); at <= to.getTime(); at += 86_400_000) {
    const day = dayOf(new Date(at));
    days.push({ day, units: units.get(day) ?? 0n });
  }
  return days;
}

/** The day of an instant, UTC. */
export function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [larger, smaller] = [a, b];
  while (smaller !== 0n) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}
