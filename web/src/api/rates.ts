import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { Amount } from '../ui/amounts.ts';
import type { HowLine } from '../ui/How.tsx';
import { api } from './client.ts';
import type { RatioJson } from './policy.ts';

/** What a Diamond was worth from an instant on. */
export interface Rate {
  readonly version: number;
  /** So many Diamonds… */
  readonly diamonds: string;
  /** …are worth this. */
  readonly money: Amount;
  readonly centsPerUnit: RatioJson;
  readonly from: string;
  readonly reason: string;
  readonly how: readonly HowLine[];
}

export interface RatesPage {
  readonly current: Rate;
  readonly history: readonly Rate[];
  readonly nextCursor: string | null;
}

export const rateQuery = queryOptions({
  queryKey: ['rates', 'current'],
  queryFn: ({ signal }) => api.get<RatesPage>('/rates?limit=1', { signal }).then(({ current }) => current),
});

export const ratesQuery = infiniteQueryOptions({
  queryKey: ['rates', 'history'],
  queryFn: ({ signal, pageParam }) =>
    api.get<RatesPage>(
      `/rates${pageParam === null ? '' : `?${new URLSearchParams({ cursor: pageParam })}`}`,
      {
        signal,
      },
    ),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.nextCursor,
});
