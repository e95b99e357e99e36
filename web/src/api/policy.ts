import { queryOptions, useQuery } from '@tanstack/react-query';
import { api } from './client.ts';

/** A ratio of whole numbers, as digits. */
export interface RatioJson {
  readonly numerator: string;
  readonly denominator: string;
}

/** A tier of creators, as the policy publishes it. */
export interface TierLevel {
  readonly name: string;
  readonly followers: number;
  /** Viewers of each minute of the creator's lives, added up. */
  readonly viewerMinutes: number;
  /** Coins of gifts for 1,000 viewer-minutes. */
  readonly engagementCoins: number;
  /** What a gift brings, in hundredths of a percent of what it brings everybody. */
  readonly yieldBasisPoints: number;
}

/** The numbers in force that everyone may know; whole numbers as digits. */
export interface Policy {
  readonly version: number;
  readonly preset: string;
  readonly effectiveFrom: string;
  readonly coins: { readonly centsPerCoin: RatioJson };
  readonly gifts: { readonly diamondUnitsPerCoin: RatioJson };
  readonly diamonds: { readonly centsPerUnit: RatioJson; readonly maturityDays: number };
  readonly tiers: { readonly windowDays: number; readonly levels: readonly TierLevel[] };
  readonly questions: { readonly coinsMin: string; readonly coinsMax: string };
  readonly people: {
    readonly adultAge: number;
    readonly handleChangeDays: number;
    readonly bioLengthMax: number;
    readonly passwordLengthMin: number;
    readonly dateOfBirthCorrectionsMax: number;
  };
}

export const policyQuery = queryOptions({
  queryKey: ['policy'],
  queryFn: ({ signal }) => api.get<{ policy: Policy }>('/policy', { signal }).then(({ policy }) => policy),
  staleTime: 300_000,
});

/** The policy in force, or `undefined` until it is known. */
export function usePolicy(): Policy | undefined {
  return useQuery(policyQuery).data;
}
