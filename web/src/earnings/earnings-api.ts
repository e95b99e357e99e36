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

export interface EarnedDay extends DayAmount {
  /** Of the gifts of that day: what was taken back since, and is not in the amount; not in what was kept long ago. */
  readonly reversed?: Amount;
}

export interface Supporter {
  /** `null`: they are in no ranking by name. */
  readonly handle: string | null;
  readonly displayName: string;
  readonly avatar: string | null;
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
  /** How the Diamonds came to be. */
  readonly how: {
    readonly fansSpent: Amount;
    readonly fansSpentMoney: Amount;
    readonly share: RatioJson;
    readonly earned: Amount;
    readonly matured: Amount;
    readonly withdrawn: Amount;
    readonly reserved: Amount;
    readonly lines: readonly HowLine[];
  };
  /** What is past its date and lands with the next count. */
  readonly counting?: {
    readonly amount: Amount;
    readonly money: Amount;
    readonly since: string;
    readonly cause: string;
  } | null;
  /** What waits longer than usual, in case a bank takes the payment back; not in what was kept long ago. */
  readonly checked?: { readonly amount: Amount; readonly money: Amount; readonly until: string | null };
  /** What was taken back before its date, all ever; not in what was kept long ago. */
  readonly reversed?: Amount;
  /** What waits until something is decided, and when it is at the latest; not in what was kept long ago. */
  readonly held?: { readonly amount: Amount; readonly money: Amount; readonly until: string | null };
  /** Earned per day and not taken back, fourteen of them, the oldest first. */
  readonly days: readonly EarnedDay[];
  readonly supporters: readonly Supporter[];
  /** All that was ever earned and not taken back; not in what was kept long ago. */
  readonly kept?: Amount;
  /** Of that: what is kept although its payment was taken back later, and counts for nobody. */
  readonly unpaid?: Amount;
}

export const earningsQuery = queryOptions({
  queryKey: ['earnings'],
  queryFn: ({ signal }) => api.get<Earnings>('/me/earnings', { signal }),
});

export interface EarningEntry {
  /** `null` for the answer to a question. */
  readonly giftId: string | null;
  readonly at: string;
  readonly giftName: string;
  readonly art: string;
  readonly quantity: number;
  readonly streak: { readonly id: string; readonly count: number } | null;
  readonly sender: { readonly handle: string; readonly displayName: string; readonly avatar: string };
  readonly amount: Amount;
  readonly status: 'pending' | 'held' | 'available' | 'reversed';
  readonly held: { readonly reason: string; readonly decidedBy: string; readonly until: string } | null;
  readonly reversed: { readonly amount: Amount; readonly reason: string; readonly at: string } | null;
  readonly maturesAt: string;
  readonly delay: { readonly reason: string; readonly usualAt: string; readonly latestAt: string } | null;
  readonly transferId: string;
}

export interface EarningPage {
  readonly items: readonly EarningEntry[];
  readonly nextCursor: string | null;
}

export type EarningStatus = EarningEntry['status'];

export const earningEntriesQuery = (status: EarningStatus | undefined) =>
  infiniteQueryOptions({
    queryKey: ['earnings', 'entries', status ?? 'all'],
    queryFn: ({ signal, pageParam }) => {
      const asked = new URLSearchParams();
      if (status !== undefined) asked.set('status', status);
      if (pageParam !== null) asked.set('cursor', pageParam);
      return api.get<EarningPage>(`/me/earnings/entries?${asked}`, { signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });

/** Where the same gifts are as a file. */
export function earningsCsv(status: EarningStatus | undefined): string {
  return `/v1/me/earnings/entries.csv${status === undefined ? '' : `?status=${status}`}`;
}
