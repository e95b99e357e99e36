import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '../api/client.ts';
import { queryClient } from '../api/query.ts';
import type { Amount } from '../ui/amounts.ts';
import type { MethodName, MoneyOf, Withdrawal } from './withdrawals-api.ts';

export type QueueShow = 'waiting' | 'held' | 'risk' | 'old' | 'ready' | 'sent' | 'trouble' | 'all';

export interface Flag {
  readonly code: string;
  readonly passed: boolean;
  readonly words: string;
}

export interface QueueRow extends Withdrawal {
  readonly creator: { readonly handle: string; readonly displayName: string; readonly avatar: string };
  readonly flags: readonly Flag[];
  readonly risk: 'low' | 'some' | 'high';
}

export interface Queue {
  readonly items: readonly QueueRow[];
  readonly nextCursor: string | null;
  readonly waiting: { readonly count: number; readonly money: Amount; readonly oldest: string | null };
  readonly ready: readonly { readonly method: MethodName; readonly name: string; readonly count: number }[];
}

export interface Approval {
  readonly id: string;
  readonly kind: string;
  readonly state: 'open' | 'approved' | 'rejected' | 'withdrawn' | 'expired';
  readonly summary: string;
  readonly body: Readonly<Record<string, string>>;
  readonly bodyHash: string;
  readonly yours: boolean;
  readonly askedBy: { readonly displayName: string };
  readonly reason: string | null;
}

export interface Detail {
  readonly withdrawal: QueueRow;
  readonly needsSecond: boolean;
  /** Two operators say together that it came back. */
  readonly returnNeedsSecond: boolean;
  /** Somebody may have paid it by hand, so that two operators say together that it is not paid. */
  readonly failureNeedsSecond: boolean;
  readonly approval: Approval | null;
  readonly instructions: string | null;
  readonly lines: readonly { readonly label: string; readonly value: string; readonly note: string | null }[];
  readonly ledger: readonly {
    readonly id: string;
    readonly what: string;
    readonly from: string;
    readonly to: string;
    readonly amount: Amount;
  }[];
  readonly history: readonly {
    readonly at: string;
    readonly label: string;
    readonly by: string | null;
    readonly note: string | null;
    readonly code: string | null;
  }[];
  readonly moves: readonly string[];
  readonly returnCodes: readonly { readonly code: string; readonly words: string }[];
  readonly file: { readonly id: string; readonly name: string } | null;
  /** Why it is released and cannot be handed to its provider now. */
  readonly waits: string | null;
  /** Tries to pay it through a provider, the newest first. */
  readonly attempts: readonly {
    readonly number: number;
    readonly provider: string;
    readonly mode: 'live' | 'test' | 'sandbox';
    readonly destination: string;
    readonly madeAt: string;
    readonly refs: readonly string[];
    readonly says: string | null;
    readonly problem: string | null;
    readonly closed: string | null;
  }[];
}

/** What a provider says of a parked withdrawal now, and what can be made of it. */
export interface Resolving {
  readonly says: string;
  /** What to find out before choosing; `null` = nothing more. */
  readonly advice: string | null;
  readonly refs: readonly string[];
  readonly choices: readonly {
    readonly verdict: string;
    readonly title: string;
    readonly effect: string;
    readonly entries: readonly { readonly from: string; readonly to: string; readonly amount: string }[];
    /** What number of the payment has to be given with it; `null` = none. */
    readonly number: string | null;
    /** The provider does not say how much came back: it may be given, `12.50`; `null` = that is known. */
    readonly back: { readonly currency: string; readonly all: string } | null;
  }[];
}

export interface PayoutFile {
  readonly id: string;
  readonly name: string;
  readonly methodName: string;
  readonly payments: number;
  readonly sum: MoneyOf;
  readonly sha256: string;
  readonly payOn: string;
  readonly madeAt: string;
  readonly madeBy: string;
  readonly sentAt: string | null;
  readonly isTaken: boolean;
  readonly withdrawnAt: string | null;
  readonly sending: number;
  readonly onTheWay: number;
  readonly paid: number;
}

export const queueQuery = (show: QueueShow) =>
  infiniteQueryOptions({
    queryKey: ['console', 'withdrawals', show],
    queryFn: ({ signal, pageParam }) =>
      api.get<Queue>(
        `/console/withdrawals?show=${show}${pageParam === null ? '' : `&cursor=${encodeURIComponent(pageParam)}`}`,
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });

export const detailQuery = (id: string) =>
  queryOptions({
    queryKey: ['console', 'withdrawal', id],
    queryFn: ({ signal }) => api.get<Detail>(`/console/withdrawals/${encodeURIComponent(id)}`, { signal }),
  });

export const filesQuery = queryOptions({
  queryKey: ['console', 'payout-files'],
  queryFn: ({ signal }) =>
    api.get<{ items: readonly PayoutFile[]; nextCursor: string | null }>('/console/payout-files?limit=20', {
      signal,
    }),
});

/** Moves one withdrawal; `state` is where it is to stand. */
export function moveTo(id: string, state: string, body?: object): Promise<Detail> {
  return api.put<Detail>(`/console/withdrawals/${encodeURIComponent(id)}/${state}`, body);
}

export function askApproval(id: string): Promise<Detail> {
  return api.post<Detail>(`/console/withdrawals/${encodeURIComponent(id)}/approval`);
}

/** Asks another operator to say that what was sent came back. */
export function askReturn(id: string, code: string): Promise<Detail> {
  return api.post<Detail>(`/console/withdrawals/${encodeURIComponent(id)}/return-approval`, { code });
}

/** Asks another operator to say that what was to be paid by hand is not paid. */
export function askFailure(id: string, reason: string): Promise<Detail> {
  return api.post<Detail>(`/console/withdrawals/${encodeURIComponent(id)}/failure-approval`, { reason });
}

/** Asked anew each time: what a provider says changes. */
export const resolvingQuery = (id: string, back: string | null = null) =>
  queryOptions({
    queryKey: ['console', 'withdrawal', id, 'resolution', back],
    queryFn: ({ signal }) => {
      const told = back === null ? '' : `?back=${encodeURIComponent(back)}`;
      return api.get<Resolving>(`/console/withdrawals/${encodeURIComponent(id)}/resolution${told}`, {
        signal,
      });
    },
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });

/** Asks another operator to say what became of a parked withdrawal. */
export function askResolution(
  id: string,
  said: {
    readonly verdict: string;
    readonly reason: string;
    readonly number?: string;
    readonly back?: string;
  },
): Promise<Detail> {
  return api.post<Detail>(`/console/withdrawals/${encodeURIComponent(id)}/resolution`, said);
}

/** Decides on what another operator asked for. */
export function decideApproval(
  { id, bodyHash }: Pick<Approval, 'id' | 'bodyHash'>,
  decision: { readonly verdict: 'approved' | 'rejected'; readonly reason?: string },
): Promise<unknown> {
  return api.put(`/console/approvals/${encodeURIComponent(id)}`, { bodyHash, ...decision });
}

export interface BulkLine {
  readonly id: string;
  readonly done: boolean;
  readonly detail: string | null;
}

export function releaseAll(ids: readonly string[]): Promise<{ items: readonly BulkLine[] }> {
  return api.put('/console/payouts/released', { ids });
}

export function tellBounces(
  lines: readonly { readonly reference: string; readonly code: string }[],
): Promise<{ items: readonly { reference: string; outcome: string; detail: string }[] }> {
  return api.put('/console/payouts/bounces', { lines });
}

export function makeFile(method: MethodName): Promise<{ file: PayoutFile }> {
  return api.post('/console/payout-files', { method });
}

/** Its bytes; who takes it is written down. */
export function takeFile(id: string): Promise<Blob> {
  return api.post(`/console/payout-files/${encodeURIComponent(id)}/downloads`, {}, { as: 'blob' });
}

/** Nobody took it and nobody may: what is in it is released again. */
export function withdrawFile(id: string): Promise<{ file: PayoutFile }> {
  return api.put(`/console/payout-files/${encodeURIComponent(id)}/withdrawn`);
}

export function markSent(id: string): Promise<{ file: PayoutFile }> {
  return api.put(`/console/payout-files/${encodeURIComponent(id)}/sent`);
}

/** What operators see of payouts is read again. */
export function payoutsChanged(): Promise<unknown> {
  return queryClient.invalidateQueries({ queryKey: ['console'] });
}
