import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '../api/client.ts';
import { every, queryClient } from '../api/query.ts';
import { walletQuery } from '../api/wallet.ts';
import type { Amount } from '../ui/amounts.ts';
import type { HowLine } from '../ui/How.tsx';

export type RefundState =
  | 'waiting'
  | 'asked'
  | 'to_pay'
  | 'sent'
  | 'parked'
  | 'rejecting'
  | 'refunded'
  | 'failed'
  | 'rejected';

export interface Step {
  readonly at: string;
  readonly title: string;
  readonly note: string | null;
  readonly by: string | null;
}

export interface Refund {
  readonly id: string;
  readonly state: RefundState;
  readonly returned: Amount;
  readonly amount: Amount;
  readonly road: 'provider' | 'hand';
  readonly askedAt: string;
  readonly since: string;
  readonly failure: string | null;
  /** In the wallet again, of one that came to nothing. */
  readonly free: Amount;
  readonly steps: readonly Step[];
}

export interface Check {
  readonly code: string;
  readonly passed: boolean;
  readonly rule: string;
  readonly have: string | null;
  readonly remedy: string | null;
}

export interface RefundOffer {
  readonly possible: boolean;
  readonly units: Amount;
  readonly amount: Amount;
  readonly until: string | null;
  readonly how: readonly HowLine[];
  readonly checks: readonly Check[];
  readonly refunds: readonly Refund[];
  readonly disputes: readonly {
    readonly state: 'held' | 'parked' | 'released' | 'taken';
    readonly amount: Amount;
    readonly held: Amount;
    readonly kind: 'dispute' | 'provider_refund';
    /** When a refund that was taken came back from the bank. */
    readonly returnedAt: string | null;
    readonly openedAt: string;
    readonly sentence: string;
  }[];
}

/** Refunds of which nobody knows yet how they end. */
export const ON_ITS_WAY: ReadonlySet<RefundState> = new Set([
  'waiting',
  'asked',
  'to_pay',
  'sent',
  'parked',
  'rejecting',
]);

/** What could go back of an order of one's own, asked again while something is on its way. */
export const refundOfferQuery = (orderId: string) =>
  queryOptions({
    queryKey: ['order', orderId, 'refund'],
    queryFn: ({ signal }) =>
      api.get<RefundOffer>(`/orders/${encodeURIComponent(orderId)}/refund`, { signal }),
    staleTime: 0,
    refetchInterval: ({ state }) =>
      state.data?.refunds.some((refund) => ON_ITS_WAY.has(refund.state)) === true ? 2_000 : false,
  });

export async function askRefund(orderId: string, cents: string): Promise<Refund> {
  const { refund } = await api.post<{ refund: Refund }>(
    `/orders/${encodeURIComponent(orderId)}/refunds`,
    { cents },
    { key: crypto.randomUUID() },
  );
  return refund;
}

/** Something went back, or is on its way. */
export async function refundsChanged(orderId: string): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: ['order', orderId] }),
    queryClient.invalidateQueries({ queryKey: walletQuery.queryKey }),
  ]);
}

// --- Operators ------------------------------------------------------------------------------------------------

export interface Named {
  readonly handle: string;
  readonly displayName: string;
}

export interface Approval {
  readonly id: string;
  readonly state: 'open' | 'approved' | 'rejected' | 'withdrawn' | 'expired';
  readonly summary: string;
  readonly bodyHash: string;
  readonly yours: boolean;
  readonly askedBy: Named;
}

export interface ConsoleRefund {
  readonly id: string;
  readonly order: string;
  readonly state: RefundState;
  readonly fan: Named;
  readonly returned: Amount;
  readonly amount: Amount;
  readonly road: 'provider' | 'hand';
  readonly reference: string | null;
  readonly reason: string | null;
  readonly askedBy: Named;
  readonly askedAt: string;
  readonly providerRef: string | null;
  readonly failure: string | null;
  readonly steps: readonly Step[];
  readonly approval: Approval | null;
}

export interface OrderRow {
  readonly id: string;
  readonly fan: Named;
  readonly state: string;
  readonly bought: Amount;
  readonly price: Amount;
  readonly provider: string;
  readonly createdAt: string;
  readonly paidAt: string | null;
  readonly back: Amount;
  readonly problem: string | null;
}

export interface Dispute {
  readonly id: string;
  readonly kind: 'dispute' | 'provider_refund';
  readonly state: 'held' | 'parked' | 'released' | 'taken';
  readonly order: string;
  readonly fan: Named;
  readonly provider: string;
  readonly providerRef: string;
  readonly providerUrl: string | null;
  readonly providerSays: string;
  readonly reason: string;
  readonly amount: Amount;
  readonly fee: Amount;
  readonly openedAt: string;
  readonly evidenceDueAt: string | null;
  readonly holds: {
    readonly unspent: Amount;
    readonly gifts: number;
    readonly giftsWorth: Amount;
    readonly creators: readonly Named[];
  };
  readonly took: readonly {
    readonly source: 'fan' | 'creators' | 'reserve' | 'house' | 'fee';
    readonly label: string;
    readonly units: Amount;
    readonly money: Amount;
    readonly diamonds: Amount;
  }[];
  /** Of a refund that the payer's bank sent back after it was booked. */
  readonly returned: { readonly at: string; readonly units: Amount; readonly money: Amount } | null;
  readonly note: string | null;
  readonly needsPerson: boolean;
  readonly pardoned: boolean;
  readonly steps: readonly Step[];
}

export interface Parked {
  readonly problem: string;
  /** `null` while the provider does not answer. */
  readonly came: Amount | null;
  readonly credits: Amount;
  readonly resolution: {
    readonly verdict: 'credit' | 'given_back' | 'close';
    readonly state: 'waiting' | 'approved' | 'done' | 'rejected';
    readonly amount: Amount;
    readonly reason: string;
    readonly reference: string | null;
    readonly by: Named;
    readonly at: string;
    readonly approval: Approval | null;
  } | null;
}

export interface OrderDetail {
  readonly order: OrderRow;
  readonly parked: Parked | null;
  readonly offer: {
    readonly possible: boolean;
    readonly road: 'provider' | 'hand';
    readonly units: Amount;
    readonly amount: Amount;
    readonly how: readonly HowLine[];
    readonly checks: readonly Check[];
    readonly secondFrom: Amount | null;
  };
  readonly refunds: readonly ConsoleRefund[];
  readonly disputes: readonly Dispute[];
}

const CONSOLE = ['console', 'refunds'] as const;

export const consoleRefundsQuery = (show: 'open' | 'all') =>
  infiniteQueryOptions({
    queryKey: [...CONSOLE, 'list', show],
    queryFn: ({ pageParam, signal }) =>
      api.get<{ items: readonly ConsoleRefund[]; nextCursor: string | null }>(
        `/console/refunds?show=${show}&limit=25${pageParam === null ? '' : `&cursor=${encodeURIComponent(pageParam)}`}`,
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: every(10_000),
  });

export const ordersQuery = (q: string, show: 'all' | 'parked') =>
  queryOptions({
    queryKey: [...CONSOLE, 'orders', show, q],
    queryFn: ({ signal }) =>
      api.get<{ items: readonly OrderRow[] }>(
        `/console/orders?limit=10&show=${show}&q=${encodeURIComponent(q)}`,
        {
          signal,
        },
      ),
  });

export const orderDetailQuery = (id: string) =>
  queryOptions({
    queryKey: [...CONSOLE, 'order', id],
    queryFn: ({ signal }) => api.get<OrderDetail>(`/console/orders/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: every(5_000),
  });

export const disputesQuery = (show: 'open' | 'all') =>
  infiniteQueryOptions({
    queryKey: [...CONSOLE, 'disputes', show],
    queryFn: ({ pageParam, signal }) =>
      api.get<{ items: readonly Dispute[]; nextCursor: string | null }>(
        `/console/disputes?show=${show}&limit=25${pageParam === null ? '' : `&cursor=${encodeURIComponent(pageParam)}`}`,
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: every(10_000),
  });

export interface Liabilities {
  readonly owed: readonly LiabilityLine[];
  readonly held: readonly LiabilityLine[];
  readonly totals: { readonly owed: Amount; readonly held: Amount; readonly coverPercent: number | null };
  readonly check: {
    readonly passed: boolean;
    readonly lines: readonly { readonly asset: string; readonly debits: string; readonly credits: string }[];
  };
  readonly openDisputes: { readonly count: number; readonly money: Amount };
  readonly asOf: string;
}

interface LiabilityLine {
  readonly label: string;
  readonly amount: Amount;
  readonly money: Amount;
  readonly note: string | null;
}

export const liabilitiesQuery = queryOptions({
  queryKey: [...CONSOLE, 'liabilities'],
  queryFn: ({ signal }) => api.get<Liabilities>('/console/liabilities', { signal }),
  refetchInterval: every(10_000),
});

/** @param key the same for the same wish, also after an answer that was lost */
export function refundForFan(
  orderId: string,
  asked: { readonly units: string | null; readonly reason: string },
  key: string,
): Promise<{ refund: ConsoleRefund }> {
  return api.post(`/console/orders/${encodeURIComponent(orderId)}/refunds`, asked, { key });
}

export function decideRefund(
  refund: ConsoleRefund,
  approval: Approval,
  verdict: 'approved' | 'rejected',
  reason: string | null,
): Promise<{ refund: ConsoleRefund }> {
  return api.put(`/console/refunds/${encodeURIComponent(refund.id)}/decision`, {
    approvalId: approval.id,
    verdict,
    bodyHash: approval.bodyHash,
    reason,
  });
}

export function confirmSent(refund: ConsoleRefund, reference: string): Promise<{ refund: ConsoleRefund }> {
  return api.put(`/console/refunds/${encodeURIComponent(refund.id)}/sent`, { reference });
}

export function takeBackRefund(refund: ConsoleRefund, reason: string): Promise<{ refund: ConsoleRefund }> {
  return api.put(`/console/refunds/${encodeURIComponent(refund.id)}/taken-back`, { reason });
}

/** How two operators end a refund that nobody understands. */
export type RefundVerdict = 'refunded' | 'failed';

export function askRefundVerdict(
  refund: ConsoleRefund,
  verdict: RefundVerdict,
  reason: string,
): Promise<{ refund: ConsoleRefund }> {
  return api.put(`/console/refunds/${encodeURIComponent(refund.id)}/verdict`, { verdict, reason });
}

export function resolveParked(
  orderId: string,
  asked: {
    readonly verdict: 'credit' | 'given_back' | 'close';
    readonly reason: string;
    readonly reference: string | null;
  },
): Promise<OrderDetail> {
  return api.put(`/console/orders/${encodeURIComponent(orderId)}/resolution`, asked);
}

export function decideResolution(
  orderId: string,
  approval: Approval,
  verdict: 'approved' | 'rejected',
  reason: string | null,
): Promise<OrderDetail> {
  return api.put(`/console/orders/${encodeURIComponent(orderId)}/resolution-decision`, {
    approvalId: approval.id,
    verdict,
    bodyHash: approval.bodyHash,
    reason,
  });
}

export function pardon(disputeId: string, reason: string): Promise<{ dispute: Dispute }> {
  return api.put(`/console/disputes/${encodeURIComponent(disputeId)}/pardoned`, { reason });
}

export function consoleChanged(): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: CONSOLE });
}
