import type { RatioJson } from '../api/policy.ts';

/** What so many Coins cost: the ratio's cents, rounded up to a whole cent, as the server does it. */
export function coinsPrice(coins: bigint, perCoin: RatioJson): bigint {
  const denominator = BigInt(perCoin.denominator);
  return (coins * BigInt(perCoin.numerator) + denominator - 1n) / denominator;
}

/** What signed units are worth at today's prices: Coins as they are sold, Diamonds as they are paid. */
export function worthOf(
  asset: 'COIN' | 'DIAMOND' | 'USD',
  units: bigint,
  prices: { readonly perCoin: RatioJson | undefined; readonly perUnit: RatioJson | undefined },
): bigint | null {
  const sign = units < 0n ? -1n : 1n;
  if (asset === 'USD') return units;
  if (asset === 'COIN')
    return prices.perCoin === undefined ? null : sign * coinsPrice(sign * units, prices.perCoin);
  if (prices.perUnit === undefined) return null;
  const { numerator, denominator } = prices.perUnit;
  return sign * ((sign * units * BigInt(numerator)) / BigInt(denominator));
}

export interface CountBounds {
  readonly min: bigint;
  readonly max: bigint;
  /** `Coins`, `Diamonds`. */
  readonly what: string;
}

/** A count as typed: digits with any grouping, within bounds; or what is wrong about it. */
export function readCount(
  text: string,
  { min, max, what }: CountBounds,
): { readonly count: bigint } | { readonly wrong: string } {
  const digits = text.replaceAll(/[\s,.'’_]/g, '');
  const span = `between ${min.toLocaleString('en-US')} and ${max.toLocaleString('en-US')}`;
  if (digits === '') return { wrong: `Enter how many ${what}, ${span}.` };
  if (!/^\d{1,15}$/.test(digits)) return { wrong: `Enter a whole number, ${span}.` };
  const count = BigInt(digits);
  if (count < min || count > max) return { wrong: `You can buy ${span} ${what} at once.` };
  return { count };
}
