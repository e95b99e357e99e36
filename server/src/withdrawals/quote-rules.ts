import { convertDown, type Ratio } from '../core/money.ts';
import { type Currency, currencyOf } from './currencies.ts';

/** What a quote is worked out from. */
export interface QuoteParts {
  /** Diamond units. */
  readonly units: bigint;
  /** Cents for one Diamond unit. */
  readonly centsPerUnit: Ratio;
  readonly feeCents: bigint;
  /** Of the gross amount, in hundredths of a percent. */
  readonly taxBasisPoints: number;
  /** ISO 4217. */
  readonly currency: string;
  /** Units of the currency (not minor ones) for one US dollar; null for dollars themselves. */
  readonly perUsd: Ratio | null;
}

/** Every line of a quote. Cents are US cents, `payoutMinor` minor units of the currency. */
export interface QuoteLines {
  readonly grossCents: bigint;
  readonly feeCents: bigint;
  readonly taxCents: bigint;
  /** gross − fee − tax; below zero when the fee eats it all. */
  readonly netCents: bigint;
  readonly payoutMinor: bigint;
}

/**
 * The lines of a quote. They add up exactly: `gross = fee + tax + net`.
 *
 * Rounding, always down to the side that is named:
 * - Diamonds × rate: down to a cent; less than a cent stays with the house, whose Diamonds are all redeemed.
 * - tax: down to a cent; the fraction is the creator's.
 * - conversion: down to the smallest sum that the currency is paid in; the fraction stays with the house.
 */
export function quoteLines(parts: QuoteParts): QuoteLines {
  const grossCents = convertDown(parts.units, parts.centsPerUnit);
  const taxCents = convertDown(grossCents, { numerator: BigInt(parts.taxBasisPoints), denominator: 10_000n });
  const netCents = grossCents - parts.feeCents - taxCents;
  const payoutMinor = netCents <= 0n ? 0n : convert(netCents, currencyOf(parts.currency), parts.perUsd);
  return { grossCents, feeCents: parts.feeCents, taxCents, netCents, payoutMinor };
}

/** US cents in minor units of the currency, rounded down to a sum that is paid. */
export function convert(cents: bigint, currency: Currency, perUsd: Ratio | null): bigint {
  if (perUsd === null) {
    if (currency.code !== 'USD') throw new RangeError(`no rate for ${currency.code}`);
    return cents;
  }
  const minor = convertDown(cents, {
    numerator: perUsd.numerator * 10n ** BigInt(currency.decimals),
    denominator: perUsd.denominator * 100n,
  });
  return minor - (minor % currency.step);
}

/**
 * The fewest Diamond units, in whole Diamonds, whose gross is at least so many cents: what a minimum in money asks for.
 */
export function unitsForCents(cents: bigint, { numerator, denominator }: Ratio): bigint {
  const units = (cents * denominator + numerator - 1n) / numerator;
  return ((units + 999n) / 1_000n) * 1_000n;
}
