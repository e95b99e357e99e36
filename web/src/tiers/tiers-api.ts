import { queryOptions } from '@tanstack/react-query';
import { api } from '../api/client.ts';
import type { TierLevel } from '../api/policy.ts';

interface TierName {
  /** `null`: none of the tiers. */
  readonly name: string | null;
  readonly yieldBasisPoints: number;
}

export interface TierCondition {
  readonly what: 'followers' | 'viewerMinutes' | 'engagementCoins';
  readonly have: string;
  readonly need: string;
  readonly reached: boolean;
}

/** A creator's tier, what it is made from, and what is missing to the next. */
export interface CreatorTier {
  readonly now: TierName;
  /** The one that was told last, which may have started. */
  readonly tomorrow: TierName & { readonly from: string };
  /** What the inputs of now come to; it is kept at the next counting. */
  readonly counted: TierName & { readonly reached: boolean };
  readonly inputs: { readonly from: string; readonly to: string };
  readonly next: (TierName & { readonly conditions: readonly TierCondition[] }) | null;
  readonly levels: readonly TierLevel[];
}

export function tierQuery(handle: string) {
  return queryOptions({
    queryKey: ['tier', handle],
    queryFn: ({ signal }) => api.get<CreatorTier>(`/creators/${handle}/tier`, { signal }),
  });
}

/** What a gift brings more: `+5 %`; `the same` where it is nothing. */
export function moreText(yieldBasisPoints: number): string {
  const points = yieldBasisPoints - 10_000;
  if (points === 0) return 'the same';
  const digits = (points / 100).toFixed(2).replace(/\.?0+$/, '');
  return `+${digits} %`;
}
