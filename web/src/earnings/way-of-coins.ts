import type { RatioJson } from '../api/policy.ts';

export interface WayOfCoins {
  /** What a fan pays for the Coins, rounded up to a cent. */
  readonly paidCents: bigint;
  /** What the creator gets, rounded down to a thousandth of a Diamond. */
  readonly diamondUnits: bigint;
  /** What that is worth, rounded down to a cent. */
  readonly worthCents: bigint;
}

/** Coins from the fan to the creator, with the roundings that the house makes. */
export function wayOfCoins(
  coins: bigint,
  policy: {
    readonly coins: { readonly centsPerCoin: RatioJson };
    readonly gifts: { readonly diamondUnitsPerCoin: RatioJson };
  },
  rate: { readonly centsPerUnit: RatioJson },
): WayOfCoins {
  const diamondUnits = down(coins, policy.gifts.diamondUnitsPerCoin);
  return {
    paidCents: up(coins, policy.coins.centsPerCoin),
    diamondUnits,
    worthCents: down(diamondUnits, rate.centsPerUnit),
  };
}

function down(units: bigint, { numerator, denominator }: RatioJson): bigint {
  return (units * BigInt(numerator)) / BigInt(denominator);
}

function up(units: bigint, { numerator, denominator }: RatioJson): bigint {
  const whole = BigInt(denominator);
  return (units * BigInt(numerator) + whole - 1n) / whole;
}
