import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '../api/client.ts';
import { every } from '../api/query.ts';
import type { RankedPerson } from '../supporters/supporters-api.ts';
import type { Amount } from '../ui/amounts.ts';
import type { HowLine } from '../ui/How.tsx';

/** A live and what it brought. */
export interface Live {
  readonly id: string;
  readonly title: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly coins: Amount;
  readonly diamonds: Amount;
  /** At the rate now. */
  readonly money: Amount;
  readonly gifts: number;
}

export interface Minute {
  readonly minute: string;
  readonly gifts: number;
  readonly coins: Amount;
  readonly diamonds: Amount;
}

export interface RunningLive extends Live {
  readonly handle: string;
  readonly maturityDays: number;
  readonly viewers: number;
  readonly likes: number;
  readonly newFollowers: number;
  /** The last 30, oldest first. */
  readonly minutes: readonly Minute[];
}

export interface Dashboard {
  /** `null`: not live. */
  readonly live: RunningLive | null;
  readonly lastLive: string | null;
}

export const dashboardQuery = queryOptions({
  queryKey: ['studio', 'live'],
  queryFn: ({ signal }) => api.get<Dashboard>('/me/live', { signal }),
  refetchInterval: every(5_000),
  staleTime: 1_000,
});

export interface GiftKind {
  readonly id: string;
  readonly name: string;
  readonly art: string;
  readonly tier: number;
  readonly gifts: number;
  readonly coins: Amount;
  readonly diamonds: Amount;
}

export interface LiveSummary extends Live {
  readonly durationSeconds: number;
  readonly likes: number;
  readonly newFollowers: number;
  /** `null`: nobody looked. */
  readonly peakViewers: number | null;
  readonly kinds: readonly GiftKind[];
  readonly supporters: readonly (RankedPerson & {
    readonly rank: number;
    readonly coins: Amount;
    readonly diamonds: Amount;
  })[];
  readonly proof: { readonly agrees: boolean; readonly entries: number; readonly how: readonly HowLine[] };
}

export const summaryQuery = (id: string) =>
  queryOptions({
    queryKey: ['studio', 'lives', id],
    queryFn: ({ signal }) =>
      api
        .get<{ readonly live: LiveSummary }>(`/me/lives/${encodeURIComponent(id)}`, { signal })
        .then(({ live }) => live),
    // The last gifts are counted within seconds of the end.
    refetchInterval: ({ state }) => (state.data !== undefined && !state.data.proof.agrees ? 2_000 : false),
  });

export const pastLivesQuery = infiniteQueryOptions({
  queryKey: ['studio', 'past'],
  queryFn: ({ signal, pageParam }) => {
    const asked = new URLSearchParams({ limit: '20' });
    if (pageParam !== null) asked.set('cursor', pageParam);
    return api.get<{ readonly items: readonly Live[]; readonly nextCursor: string | null }>(
      `/me/lives?${asked}`,
      {
        signal,
      },
    );
  },
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.nextCursor,
});

/** A supporter of one's own, with the gift by which they are thanked. */
export interface OwnSupporter extends RankedPerson {
  readonly rank: number;
  readonly coins: Amount;
  readonly diamonds: Amount;
  readonly lastGift: {
    readonly id: string;
    readonly name: string;
    readonly art: string;
    readonly count: number;
  };
  readonly lastGiftAt: string;
  readonly thankedAt: string | null;
}

export type ThanksPeriod = 'live' | 'all';

export const unthankedQuery = (period: ThanksPeriod) =>
  queryOptions({
    queryKey: ['studio', 'unthanked', period],
    queryFn: ({ signal }) =>
      api
        .get<{ readonly items: readonly OwnSupporter[] }>(
          `/me/supporters?period=${period}&thanked=no&limit=30`,
          {
            signal,
          },
        )
        .then(({ items }) => items),
    refetchInterval: every(10_000),
    staleTime: 1_000,
  });

/** The gifts of this live for which somebody was thanked; the newest hundred. */
export const givenThanksQuery = queryOptions({
  queryKey: ['studio', 'given-thanks'],
  queryFn: ({ signal }) =>
    api
      .get<{ readonly items: readonly { readonly gift: { readonly id: string } }[] }>(
        '/me/supporters/thanks?limit=100',
        { signal },
      )
      .then(({ items }) => items.map(({ gift }) => gift.id)),
  staleTime: 1_000,
});

export const thank = (giftId: string) => api.post<unknown>('/me/supporters/thanks', { giftId });
export const sendNote = (giftId: string, text: string) =>
  api.post<unknown>('/me/supporters/notes', { giftId, text });
export const endLive = () => api.post<unknown>('/stages/end', {});
export const capEffects = (effectsCap: number) => api.put<void>('/stages/effects-cap', { effectsCap });
