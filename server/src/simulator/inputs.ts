import { createHash } from 'node:crypto';
import { canonicalJson } from '../core/canonical.ts';

/** What may happen to the house in a run. */
export const SCENARIOS = ['ordinary', 'viral', 'quiet', 'run'] as const;
export type Scenario = (typeof SCENARIOS)[number];

/** The bounds of what can be asked for: a run takes seconds, the longest about a minute. */
export const BOUNDS = {
  days: { minimum: 7, maximum: 365 },
  viewers: { minimum: 10, maximum: 20_000 },
  creators: { minimum: 1, maximum: 1_000 },
  seed: { minimum: 0, maximum: 4_294_967_295 },
} as const;

/** A ratio as it is kept, in digits. Cents for one Diamond unit. */
export interface KeptRatio {
  readonly numerator: string;
  readonly denominator: string;
}

/** Where a run begins, as digits: cents, Diamond units, Coins. */
export interface StartingPoint {
  /** The house's own numbers, or those of an invented town. */
  readonly from: 'site' | 'example';
  /** The instant that they are of, ISO 8601; day 1 begins then. */
  readonly at: string;
  /** In cash and reserve. */
  readonly heldCents: string;
  /** Of that, in the reserve, which pays no withdrawal; runs of before the model kept them apart say nothing of it. */
  readonly reserveCents?: string;
  readonly outstandingUnits: string;
  readonly coins: string;
  /** Over the thirty days before. */
  readonly purchasedCents: string;
  readonly withdrawnUnits: string;
  readonly earnedUnits: string;
  /** What providers kept of those purchases, in hundredths of a percent. */
  readonly feeBasisPoints: number;
  /** What gifts cost, each price once, rising. */
  readonly giftPrices: readonly string[];
  /** How many creators get more than the plain yield (hundredths of a percent), the highest first. */
  readonly tiers: readonly { readonly yieldBasisPoints: number; readonly creators: number }[];
}

/** Everything that a run is made from. The policy is named: a version of it never changes. */
export interface SimulationInputs {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly days: number;
  readonly viewers: number;
  readonly creators: number;
  readonly policyVersion: number;
  /** The rate that would be in force without the proposal. */
  readonly now: { readonly version: number; readonly centsPerUnit: KeptRatio };
  readonly proposed: {
    /** The draft that it is of, as it was then; `null` for a number of its own. */
    readonly draft: { readonly id: string; readonly revision: number } | null;
    /** Dollars for 1,000 Diamonds. */
    readonly dollars: string;
    readonly centsPerUnit: KeptRatio;
  };
  readonly start: StartingPoint;
}

/** SHA-256 of a value's canonical JSON: of inputs, and of results. */
export function hashOf(value: unknown): Buffer {
  return createHash('sha256').update(canonicalJson(value)).digest();
}
