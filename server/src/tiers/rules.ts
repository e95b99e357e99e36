import type { TierLevel } from '../policy/index.ts';

/** What a creator's tier is made from. */
export interface TierInputs {
  readonly followers: number;
  /** Viewers of each minute of their lives in the window, added up. */
  readonly viewerMinutes: bigint;
  /** Coins of what fans gave in the window. */
  readonly coins: bigint;
}

/** A creator's tier from a midnight on. */
export interface Tier {
  readonly id: string;
  readonly creatorId: string;
  /** `YYYY-MM-DD`, UTC: made from what was before it began. */
  readonly day: string;
  readonly effectiveFrom: Date;
  /** `null`: none of the policy's tiers. */
  readonly name: string | null;
  /** What a gift brings, in hundredths of a percent of what the policy says. */
  readonly yieldBasisPoints: number;
  readonly policyVersion: number;
}

/** The yield of whoever is in no tier. */
export const PLAIN_YIELD = 10_000;

/** Coins for 1,000 viewer-minutes, rounded down; 0 where nobody watched. */
export function engagement({ coins, viewerMinutes }: TierInputs): bigint {
  return viewerMinutes === 0n ? 0n : (coins * 1_000n) / viewerMinutes;
}

/** What of a level is reached. */
export interface Reached {
  readonly what: 'followers' | 'viewerMinutes' | 'engagementCoins';
  readonly have: bigint;
  readonly need: bigint;
}

/** The three conditions of a level, in one order, with what the creator has. */
export function conditionsOf(level: TierLevel, inputs: TierInputs): Reached[] {
  return [
    { what: 'followers', have: BigInt(inputs.followers), need: BigInt(level.followers) },
    { what: 'viewerMinutes', have: inputs.viewerMinutes, need: BigInt(level.viewerMinutes) },
    { what: 'engagementCoins', have: engagement(inputs), need: BigInt(level.engagementCoins) },
  ];
}

/** The highest level of which all conditions are reached; -1 for none. Levels rise, so each below it is reached too. */
export function levelOf(levels: readonly TierLevel[], inputs: TierInputs): number {
  return levels.findLastIndex((level) => conditionsOf(level, inputs).every(({ have, need }) => have >= need));
}
