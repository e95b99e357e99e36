import { queryOptions } from '@tanstack/react-query';
import { api } from '../api/client.ts';
import { queryClient } from '../api/query.ts';
import type { Amount } from '../ui/amounts.ts';

export type Span = 'day' | 'week' | 'month';

export interface SpendingLimit {
  /** `null` = no limit. */
  readonly limit: Amount | null;
  /** The person set it; else it is what everybody has. */
  readonly own: boolean;
  /** What was asked for and does not hold yet. */
  readonly next: { readonly limit: Amount | null; readonly from: string } | null;
  readonly bought: Amount;
  /** What may still be paid for open orders. */
  readonly open: Amount;
  readonly given: Amount;
}

export type Spending = Readonly<Record<Span, SpendingLimit>> & {
  readonly raiseAfterHours: number;
  readonly breakUntil: string | null;
  readonly breakDays: readonly number[];
};

interface SpendingAnswer {
  readonly spending: Spending;
}

export const spendingQuery = queryOptions({
  queryKey: ['spending'],
  queryFn: async ({ signal }) => (await api.get<SpendingAnswer>('/me/spending', { signal })).spending,
});

/** @param cents `null` = no limit. */
export async function setLimit(span: Span, cents: bigint | null): Promise<Spending> {
  return keep(
    await api.put<SpendingAnswer>('/me/spending/limits', { [`${span}Cents`]: cents?.toString() ?? null }),
  );
}

export async function takeBreak(days: number): Promise<Spending> {
  return keep(await api.post<SpendingAnswer>('/me/spending/break', { days }));
}

function keep({ spending }: SpendingAnswer): Spending {
  queryClient.setQueryData(spendingQuery.queryKey, spending);
  return spending;
}
