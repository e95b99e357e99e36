import { HYPE_LEVELS, type HypeRules } from '../policy/index.ts';

/** Levels that so many Coins fill, 0 to 5. */
export function filledBy(coins: bigint, { levelCoins }: Pick<HypeRules, 'levelCoins'>): number {
  return levelCoins.filter((needed) => coins >= needed).length;
}

/** Where a hype stands, as its bar shows it. */
export interface Standing {
  /** The level that fills now, 1 to 5. */
  readonly level: number;
  /** Coins in this level so far, and Coins that it takes. */
  readonly progressCoins: bigint;
  readonly goalCoins: bigint;
  /** Whole hundredths of the bar, rounded down; 100 only when the fifth level is full. */
  readonly percent: number;
  /** The fifth level is full: it runs on until its countdown is over. */
  readonly isFull: boolean;
}

/** Where a hype with so many Coins stands. */
export function standingAt(coins: bigint, rules: Pick<HypeRules, 'levelCoins'>): Standing {
  const filled = filledBy(coins, rules);
  const level = Math.min(filled + 1, HYPE_LEVELS);
  const from = rules.levelCoins[level - 2] ?? 0n;
  const goalCoins = (rules.levelCoins[level - 1] ?? 0n) - from;
  const inLevel = coins - from;
  const progressCoins = inLevel < goalCoins ? inLevel : goalCoins;
  return {
    level,
    progressCoins,
    goalCoins,
    percent: Number((progressCoins * 100n) / goalCoins),
    isFull: filled === HYPE_LEVELS,
  };
}

/** Gifts of one supporter in one turn of the relay, while no hype runs. */
export interface WarmUp {
  readonly senderId: string;
  /** Stands for when it was: the last gift of the live in the turn, ledger time in nanoseconds. */
  readonly turnCommitted: bigint;
  readonly firstCommitted: bigint;
  readonly coins: bigint;
}

/** Gifts up to here are too old to start a hype with a gift at `committed`; nanoseconds. */
export function windowStart(committed: bigint, windowMs: number): bigint {
  return committed - BigInt(windowMs) * 1_000_000n;
}

/**
 * What begins with these warm-ups: a hype that counts all of them, or `null` where too few different people gave. One
 * person never starts one, however much they give.
 */
export function beginningOf(
  warmUps: readonly WarmUp[],
  { supportersNeeded }: Pick<HypeRules, 'supportersNeeded'>,
): { readonly fromCommitted: bigint; readonly coins: bigint } | null {
  const [first, ...rest] = warmUps;
  if (first === undefined || supportersOf(warmUps) < supportersNeeded) return null;
  let [from, coins] = [first.firstCommitted, first.coins];
  for (const warmUp of rest) {
    if (warmUp.firstCommitted < from) from = warmUp.firstCommitted;
    coins += warmUp.coins;
  }
  return { fromCommitted: from - 1n, coins };
}

/** Different people among those who gave. */
export function supportersOf(warmUps: readonly Pick<WarmUp, 'senderId'>[]): number {
  return new Set(warmUps.map(({ senderId }) => senderId)).size;
}
