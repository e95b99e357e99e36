import { DAY_MS } from '../../core/clock.ts';
import { convertDown, displayUsd, type Ratio } from '../../core/money.ts';
import { Refusal } from '../../core/refusal.ts';
import { INVALID_REQUEST } from '../../http/refusals.ts';
import { highestYield, type Policy } from '../../policy/index.ts';
import type { Holdings } from '../holdings.ts';
import { RATE_TOO_HIGH, RATE_TOO_SOON } from '../refusals.ts';

/** What a draft says. */
export interface Draft {
  /** Dollars for 1,000 Diamonds, `13.80`. */
  readonly dollars: string;
  readonly startsAt: Date;
  readonly reason: string;
}

/** Dollars for 1,000 Diamonds as cents for a Diamond unit: `13.80` → 1380/1,000,000. */
export function ratioOfDollars(dollars: string): Ratio {
  const [whole = '', fraction = ''] = dollars.split('.');
  return {
    numerator: BigInt(whole + fraction) * 100n,
    denominator: 1_000_000n * 10n ** BigInt(fraction.length),
  };
}

/** The highest rate at which the Diamonds of a gift, in the highest tier, are worth no more than its Coins cost at their cheapest. */
export function highestRate({ coins, gifts, tiers }: Policy): Ratio {
  const prices: Ratio[] = [
    coins.centsPerCoin,
    ...coins.packs.map((pack) => ({ numerator: pack.priceCents, denominator: pack.coins })),
  ];
  const cheapest = prices.reduce((low, price) =>
    price.numerator * low.denominator < low.numerator * price.denominator ? price : low,
  );
  const { numerator, denominator } = gifts.diamondUnitsPerCoin;
  return {
    numerator: cheapest.numerator * denominator * 10_000n,
    denominator: cheapest.denominator * numerator * BigInt(highestYield(tiers.levels)),
  };
}

/** The first start that a rate told now may have. */
export function earliestStart(policy: Policy, nowMs: number): Date {
  return new Date(nowMs + policy.rates.formula.noticeDays * DAY_MS);
}

const LAST_START_DAYS = 366;

/** Why a draft may not be asked for, or told, now; `null` when it may. */
export function draftRefusal(
  { dollars, startsAt }: Pick<Draft, 'dollars' | 'startsAt'>,
  policy: Policy,
  nowMs: number,
): Refusal | null {
  const rate = ratioOfDollars(dollars);
  const most = highestRate(policy);
  if (rate.numerator * most.denominator > most.numerator * rate.denominator) {
    return new Refusal(
      RATE_TOO_HIGH,
      { dollars: `$${dollars}`, most: displayUsd(convertDown(1_000_000n, most)) },
      '/dollars',
    );
  }
  const earliest = earliestStart(policy, nowMs);
  if (startsAt < earliest) {
    const { noticeDays } = policy.rates.formula;
    return new Refusal(RATE_TOO_SOON, { noticeDays, earliest: earliest.toISOString() }, '/startsAt');
  }
  if (startsAt.getTime() > nowMs + LAST_START_DAYS * DAY_MS) {
    return new Refusal(
      INVALID_REQUEST,
      { field: 'startsAt', rule: `must be within ${LAST_START_DAYS} days` },
      '/startsAt',
    );
  }
  return null;
}

/** What a rate would change, in figures of now. */
export interface Impact {
  /** What creators get for a Diamond, against the rate before: hundredths of a percent, negative for less. */
  readonly creatorsBasisPoints: bigint;
  /** What is held for each dollar that is owed, in hundredths of a percent; `null` when nothing is owed. */
  readonly coverageBefore: bigint | null;
  readonly coverageAfter: bigint | null;
  /** Cents more (or less) that a week's Diamonds are worth. */
  readonly weekCents: bigint;
  /** The Diamond units of such a week: a fourth of what four weeks brought. */
  readonly weekUnits: bigint;
}

/** Four weeks, so that no weekday counts twice. */
export const IMPACT_DAYS = 28;
const IMPACT_WEEKS = 4n;

/** @param holdings of the last `IMPACT_DAYS` days */
export function impactOf(before: Ratio, after: Ratio, holdings: Holdings): Impact {
  const weekUnits = holdings.earnedUnits / IMPACT_WEEKS;
  const old = before.numerator * after.denominator;
  return {
    creatorsBasisPoints: ((after.numerator * before.denominator - old) * 10_000n) / old,
    coverageBefore: coverage(holdings, before),
    coverageAfter: coverage(holdings, after),
    weekCents: convertDown(weekUnits, after) - convertDown(weekUnits, before),
    weekUnits,
  };
}

/** What is held for each dollar that is owed, in hundredths of a percent; `null` when nothing is owed. */
export function coverage(
  { heldCents, outstandingUnits }: Pick<Holdings, 'heldCents' | 'outstandingUnits'>,
  rate: Ratio,
): bigint | null {
  const owed = convertDown(outstandingUnits, rate);
  return owed === 0n ? null : (heldCents * 10_000n) / owed;
}
