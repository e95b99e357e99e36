import { infiniteQueryOptions } from '@tanstack/react-query';
import { api } from '../api/client.ts';
import type { Amount } from '../ui/amounts.ts';

export type RankPeriod = 'live' | 'day' | 'week' | 'all';

/** Somebody as rankings show them. */
export interface RankedPerson {
  /** `null`: they are in no ranking by name. */
  readonly handle: string | null;
  readonly displayName: string;
  readonly avatar: string | null;
}

export interface RankedItem extends RankedPerson {
  /** 1 = gave most. */
  readonly rank: number;
  readonly coins: Amount;
  /** What the creator got for them. */
  readonly diamonds: Amount;
  readonly you: boolean;
}

export interface OwnRank {
  /** `null`: nothing was given in this period. */
  readonly rank: number | null;
  readonly coins: Amount;
  readonly diamonds: Amount;
  /** Coins until the place before; `null` on the first. */
  readonly toNext: Amount | null;
  readonly inRanks: boolean;
}

export interface SupporterPage {
  readonly items: readonly RankedItem[];
  readonly nextCursor: string | null;
  /** `null` for strangers and for the creator. */
  readonly you: OwnRank | null;
}

const PAGE = 50;

/** Who gave a creator most in a period. `who` asks: their own place is in the answer. */
export const supportersQuery = (handle: string, period: RankPeriod, who: string | null) =>
  infiniteQueryOptions({
    queryKey: ['supporters', handle, period, who],
    queryFn: ({ signal, pageParam }) => {
      const asked = new URLSearchParams({ period, limit: String(PAGE) });
      if (pageParam !== null) asked.set('cursor', pageParam);
      return api.get<SupporterPage>(`/stages/${encodeURIComponent(handle)}/supporters?${asked}`, { signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    // The first ten of a live come by the room; the rest is looked at again while somebody looks.
    refetchInterval: period === 'live' ? 5_000 : 20_000,
    staleTime: 2_000,
  });
