import { type Asset, convertUp, groupDigits, type Ratio } from '../core/money.ts';
import type { Database } from '../db/database.ts';
import { currentPolicy } from '../policy/index.ts';
import { currentRate, diamondsToCents, type Rate } from '../rates/index.ts';

/** What Coins and Diamonds are worth in money at one instant, with the versions that say so. */
export interface Prices {
  readonly centsPerCoin: Ratio;
  readonly policyVersion: number;
  readonly rate: Rate;
}

/** @param atMs milliseconds since 1970; `clock.now()`. */
export async function pricesAt(db: Database, atMs: number): Promise<Prices> {
  const policy = await currentPolicy(db, atMs);
  return {
    centsPerCoin: policy.coins.centsPerCoin,
    policyVersion: policy.version,
    rate: await currentRate(db, atMs),
  };
}

/** Units → cents, the sign kept: Coins as they are sold (rounded up), Diamonds as they are paid (rounded down). */
export function priceOf(prices: Prices, asset: Asset, units: bigint): bigint {
  if (asset === 'USD') return units;
  const abs = units < 0n ? -units : units;
  const cents = asset === 'COIN' ? convertUp(abs, prices.centsPerCoin) : diamondsToCents(prices.rate, abs);
  return units < 0n ? -cents : cents;
}

/** A price per Coin as a person reads it: 135/100 cents → `1.35¢`. More than four decimals are cut and marked ≈. */
export function displayCentsPer({ numerator, denominator }: Ratio): string {
  const tenThousandths = (numerator * 10_000n) / denominator;
  const exact = (numerator * 10_000n) % denominator === 0n;
  const fraction = (tenThousandths % 10_000n).toString().padStart(4, '0').replace(/0+$/, '');
  return `${exact ? '' : '≈'}${groupDigits(tenThousandths / 10_000n)}${fraction === '' ? '' : `.${fraction}`}¢`;
}
