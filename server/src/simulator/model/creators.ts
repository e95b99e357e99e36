import type { Uuid } from '../../core/ids.ts';
import { split } from '../../core/money.ts';
import type { SimulationInputs } from '../inputs.ts';
import { creatorId } from './people.ts';
import { weightOf } from './plan.ts';

/** A month, for what a creator earns in one. */
export const MONTH_DAYS = 30;

/** What is kept of an invented creator. */
export interface Creator {
  readonly id: Uuid;
  /** What their tier makes of the yield, in hundredths of a percent. */
  readonly yieldBasisPoints: number;
  /** Of each of the last thirty days, the newest last: what gifts brought, in units and in cents of that day. */
  readonly earned: { units: bigint; cents: bigint }[];
  /** What was asked for: when, and gross in cents. */
  asked: { readonly atMs: number; readonly cents: bigint; readonly method: string }[];
  isPaid: boolean;
  /** Withdrawals that are on their way. */
  open: number;
}

const PLAIN_YIELD = 10_000;

/** The most popular first. Tiers are those of the house, given to the most popular; who is in none gets the plain yield. */
export function creatorsOf({ creators, start }: SimulationInputs): Creator[] {
  const yields = start.tiers.flatMap((tier) =>
    Array.from({ length: Math.min(tier.creators, creators) }, () => tier.yieldBasisPoints),
  );
  return Array.from({ length: creators }, (_, place) => ({
    id: creatorId(place),
    yieldBasisPoints: yields[place] ?? PLAIN_YIELD,
    earned: [],
    asked: [],
    isPaid: false,
    open: 0,
  }));
}

/** A sum in parts, one for each creator, as gifts fall on them; the parts add up. */
export function byFavour(total: bigint, creators: number): bigint[] {
  return split(
    total,
    Array.from({ length: creators }, (_, place) => BigInt(weightOf(place + 1))),
  );
}

/** Begins a day on which nobody has earned yet. */
export function newDay(creators: readonly Creator[]): void {
  for (const { earned } of creators) {
    earned.push({ units: 0n, cents: 0n });
    if (earned.length > MONTH_DAYS) earned.shift();
  }
}

/** What the creator in the middle earned in the days that are kept, in cents; of an even number the lower of the two. */
export function medianCents(creators: readonly Creator[]): bigint {
  const months = creators
    .map(({ earned }) => earned.reduce((sum, { cents }) => sum + cents, 0n))
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return months[Math.floor((months.length - 1) / 2)] ?? 0n;
}
