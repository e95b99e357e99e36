import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '../api/client.ts';
import type { RatioJson } from '../api/policy.ts';
import type { Amount } from '../ui/amounts.ts';
import type { HowLine } from '../ui/How.tsx';

export interface DayAmount {
  /** A calendar day at UTC: `2026-11-28`. */
  readonly date: string;
  readonly amount: Amount;
}

export interface Supporter {
  readonly handle: string;
  readonly displayName: string;
  readonly avatar: string;
  readonly amount: Amount;
  /** When they first gave; ISO 8601. */
  readonly since: string;
}

export interface Earnings {
  readonly pending: Amount;
  readonly pendingMoney: Amount;
  readonly available: Amount;
  readonly availableMoney: Amount;
  /** What matures on which day, the next first. */
  readonly calendar: readonly DayAmount[];
  /** How the available Diamonds came to be. */
  readonly how: readonly HowLine[];
  /** Earned per day, fourteen of them, the oldest first. */
  readonly days: readonly DayAmount[];
  readonly supporters: readonly Supporter[];
}

export const earningsQuery = queryOptions({
  queryKey: ['earnings'],
  queryFn: ({ signal }) => api.get<Earnings>('/me/earnings', { signal }),
});

export interface EarningEntry {
  readonly giftId: string;
  readonly at: string;
  readonly giftName: string;
  readonly art: string;
  readonly quantity: number;
  readonly streak: { readonly count: number } | null;
  readonly sender: { readonly handle: string; readonly displayName: string; readonly avatar: string };
  readonly amount: Amount;
  readonly status: 'pending' | 'available';
  readonly maturesAt: string;
  readonly transferId: string;
}

export interface EarningPage {
  readonly items: readonly EarningEntry[];
  readonly nextCursor: string | null;
}

export const earningEntriesQuery = infiniteQueryOptions({
  queryKey: ['earnings', 'entries'],
  queryFn: ({ signal, pageParam }) =>
    api.get<EarningPage>(
      `/me/earnings/entries${pageParam === null ? '' : `?${new URLSearchParams({ cursor: pageParam })}`}`,
      { signal },
    ),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.nextCursor,
});

export const EARNINGS_CSV = '/v1/me/earnings/entries.csv';

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
