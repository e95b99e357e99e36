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

export interface CoinBounds {
  readonly min: bigint;
  readonly max: bigint;
}

/** Coins as typed: digits with any grouping, within bounds; or what is wrong about them. */
export function readCoins(
  text: string,
  { min, max }: CoinBounds,
): { readonly coins: bigint } | { readonly wrong: string } {
  const digits = text.replaceAll(/[\s,.'’_]/g, '');
  const span = `between ${min.toLocaleString('en-US')} and ${max.toLocaleString('en-US')}`;
  if (digits === '') return { wrong: `Enter how many Coins, ${span}.` };
  if (!/^\d{1,15}$/.test(digits)) return { wrong: `Enter a whole number, ${span}.` };
  const coins = BigInt(digits);
  if (coins < min || coins > max) return { wrong: `You can buy ${span} Coins at once.` };
  return { coins };
}
