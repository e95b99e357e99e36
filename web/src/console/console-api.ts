import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '../api/client.ts';
import { queryClient } from '../api/query.ts';
import type { Amount } from '../ui/amounts.ts';

export interface Approval {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly page: string | null;
  readonly summary: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly bodyHash: string;
  readonly state: 'open' | 'approved' | 'rejected' | 'withdrawn' | 'expired';
  readonly yours: boolean;
  readonly askedBy: { readonly handle: string; readonly displayName: string };
  readonly askedAt: string;
  readonly expiresAt: string;
  readonly decidedBy: { readonly displayName: string } | null;
  readonly reason: string | null;
  readonly decidedAt: string | null;
}

export type ApprovalsShow = 'open' | 'all';

interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

const after = (cursor: string | null) => (cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`);

export const approvalsQuery = (show: ApprovalsShow) =>
  infiniteQueryOptions({
    queryKey: ['console', 'approvals', show],
    queryFn: ({ signal, pageParam }) =>
      api.get<Page<Approval>>(`/console/approvals?state=${show}${after(pageParam)}`, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });

export function decideApproval(
  { id, bodyHash }: Approval,
  decision: { readonly verdict: 'approved' | 'rejected'; readonly reason?: string },
): Promise<unknown> {
  return api.put(`/console/approvals/${encodeURIComponent(id)}`, { bodyHash, ...decision });
}

export type PowerfulRole = 'operator' | 'support';

export function askForRole(handle: string, role: PowerfulRole, reason: string): Promise<unknown> {
  return api.post(`/users/${encodeURIComponent(handle)}/roles/${role}/approval`, { reason });
}

export function takeRole(handle: string, role: PowerfulRole, reason: string): Promise<unknown> {
  return api.put(`/users/${encodeURIComponent(handle)}/roles/${role}`, { granted: false, reason });
}

export interface StaffMember {
  readonly handle: string;
  readonly displayName: string;
  readonly avatar: string;
  readonly roles: readonly PowerfulRole[];
  readonly yours: boolean;
}

export const staffQuery = queryOptions({
  queryKey: ['console', 'staff'],
  queryFn: ({ signal }) => api.get<{ items: readonly StaffMember[] }>('/console/staff', { signal }),
});

export interface Run {
  readonly id: string;
  readonly provider: string;
  readonly mode: string;
  readonly since: string;
  readonly until: string;
  readonly askedBy: string | null;
  readonly payments: number;
  readonly matched: number;
  readonly matchedPercent: string;
  readonly there: { readonly gross: Amount; readonly fee: Amount };
  readonly here: { readonly gross: Amount; readonly fee: Amount };
  readonly runAt: string;
}

export interface WholeRun {
  readonly run: Run;
  readonly differences: readonly {
    readonly kind: string;
    readonly cause: string;
    readonly payment: string;
    readonly order: string | null;
    readonly there: Amount | null;
    readonly here: Amount | null;
  }[];
}

export const runsQuery = infiniteQueryOptions({
  queryKey: ['console', 'reconciliation'],
  queryFn: ({ signal, pageParam }) =>
    api.get<Page<Run> & { providers: readonly { id: string; mode: string }[] }>(
      `/console/reconciliation?limit=20${after(pageParam)}`,
      { signal },
    ),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.nextCursor,
});

export const runQuery = (id: string) =>
  queryOptions({
    queryKey: ['console', 'reconciliation-run', id],
    queryFn: ({ signal }) =>
      api.get<WholeRun>(`/console/reconciliation/${encodeURIComponent(id)}`, { signal }),
  });

export function runNow(provider: string, days: number): Promise<WholeRun> {
  const until = new Date();
  const since = new Date(until.getTime() - days * 86_400_000);
  return api.post<WholeRun>('/console/reconciliation', {
    provider,
    since: since.toISOString(),
    until: until.toISOString(),
  });
}

export interface Skew {
  readonly provider: string;
  readonly reason: 'too_old' | 'from_the_future';
  readonly times: string;
  readonly worstSeconds: string;
  readonly lastAt: string;
}

export const skewsQuery = queryOptions({
  queryKey: ['console', 'webhook-skews'],
  queryFn: ({ signal }) => api.get<{ items: readonly Skew[] }>('/console/webhook-skews', { signal }),
});

export function consoleChanged(): Promise<unknown> {
  return queryClient.invalidateQueries({ queryKey: ['console'] });
}
