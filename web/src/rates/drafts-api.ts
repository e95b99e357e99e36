import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '../api/client.ts';
import { queryClient } from '../api/query.ts';
import type { Amount } from '../ui/amounts.ts';

interface Operator {
  readonly handle: string;
  readonly displayName: string;
}

/** What one operator asked another to approve. */
export interface Approval {
  readonly id: string;
  /** Of what was asked for; whoever decides hands it back. */
  readonly bodyHash: string;
  readonly state: 'open' | 'approved' | 'rejected' | 'withdrawn' | 'expired';
  /** You asked for it, so you cannot decide. */
  readonly yours: boolean;
  readonly askedBy: Operator;
  readonly askedAt: string;
  readonly expiresAt: string;
  readonly decidedBy: Operator | null;
  readonly reason: string | null;
  readonly decidedAt: string | null;
}

export interface RateDraft {
  readonly id: string;
  readonly draftedBy: Operator;
  readonly yours: boolean;
  readonly draftedAt: string;
  readonly revision: number;
  /** Dollars for 1,000 Diamonds, as they were typed. */
  readonly dollars: string;
  readonly money: Amount;
  readonly startsAt: string;
  readonly reason: string;
  readonly state: 'draft' | 'asked' | 'rejected' | 'expired' | 'approved' | 'dropped';
  readonly version: number | null;
  readonly approval: Approval | null;
  /** What it would change, in figures of now; `null` when it is over. Shares are hundredths of a percent. */
  readonly impact: {
    readonly before: Amount;
    readonly beforeVersion: number;
    readonly creatorsBasisPoints: string;
    readonly coverageBefore: string | null;
    readonly coverageAfter: string | null;
    readonly week: Amount;
    readonly weekDiamonds: Amount;
  } | null;
}

export interface RateDrafts {
  readonly items: readonly RateDraft[];
  readonly nextCursor: string | null;
  /** The first start that a rate drafted now may have. */
  readonly earliestStart: string;
  /** Above this, a gift would be worth more than it cost. */
  readonly highest: Amount;
}

export const draftsQuery = infiniteQueryOptions({
  queryKey: ['console', 'rates', 'drafts'],
  queryFn: ({ signal, pageParam }) =>
    api.get<RateDrafts>(
      `/console/rates/drafts?${new URLSearchParams({
        limit: '10',
        ...(pageParam === null ? {} : { cursor: pageParam }),
      })}`,
      { signal },
    ),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.nextCursor,
});

export interface DraftInput {
  readonly dollars: string;
  /** An instant, ISO 8601. */
  readonly startsAt: string;
  readonly reason: string;
}

export const makeDraft = (draft: DraftInput) => api.post<RateDraft>('/console/rates/drafts', draft);
export const reviseDraft = (id: string, draft: DraftInput) =>
  api.put<RateDraft>(`/console/rates/drafts/${id}`, draft);
export const dropDraft = (id: string) => api.delete<RateDraft>(`/console/rates/drafts/${id}`);
export const askForDraft = ({ id, revision }: RateDraft) =>
  api.post<RateDraft>(`/console/rates/drafts/${id}/ask`, { revision });

/** Decides on exactly what was seen. */
export const decideDraft = (
  { id }: RateDraft,
  approval: Approval,
  decision: { readonly verdict: 'approved' } | { readonly verdict: 'rejected'; readonly reason: string },
) =>
  api.post<RateDraft>(`/console/rates/drafts/${id}/decide`, {
    approvalId: approval.id,
    bodyHash: approval.bodyHash,
    ...decision,
  });

/** Where other currencies come from, and the tables that wait for an operator. */
export interface FiatWatch {
  readonly source: string | null;
  readonly lookedAt: string | null;
  readonly nextLookAt: string;
  readonly outcome: 'taken' | 'same' | 'parked' | 'refused' | 'failed' | null;
  readonly detail: string | null;
  readonly parked: readonly {
    readonly id: string;
    readonly asOf: string;
    readonly source: string;
    readonly parkedAt: string;
    readonly moves: readonly {
      readonly currency: string;
      readonly from: string;
      readonly to: string;
      readonly basisPoints: string;
    }[];
  }[];
}

export const fiatWatchQuery = queryOptions({
  queryKey: ['console', 'rates', 'fiat'],
  queryFn: ({ signal }) => api.get<FiatWatch>('/console/rates/fiat', { signal }),
});

export const decideFiat = (id: string, take: boolean, reason: string) =>
  api.post<void>(`/console/rates/fiat/${id}`, { take, reason });

/** Rates have moved: whatever shows one is read again. */
export function ratesChanged(): void {
  void queryClient.invalidateQueries({ queryKey: ['console', 'rates'] });
  void queryClient.invalidateQueries({ queryKey: ['rates'] });
}
