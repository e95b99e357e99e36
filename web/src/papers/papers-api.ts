import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '../api/client.ts';
import { ApiProblem, OFFLINE, problemFrom } from '../api/problem.ts';
import type { Amount } from '../ui/amounts.ts';
import { MONTH_NAMES } from '../ui/dates.ts';

/** `fan`: Coins and bought Diamonds; `creator`: what was earned and withdrawn. */
export type PaperKind = 'fan' | 'creator';

export interface MonthRow {
  /** `2026-11`, UTC. */
  readonly month: string;
  readonly soFar: boolean;
  /** What was there at its end, account by account. */
  readonly closing: readonly Amount[];
  readonly changed: boolean;
}

export const monthsQuery = (of: PaperKind) =>
  queryOptions({
    queryKey: ['statements', of],
    queryFn: ({ signal }) =>
      api.get<{ readonly months: readonly MonthRow[] }>(`/me/statements?of=${of}`, { signal }),
  });

interface Standing {
  readonly free: Amount;
  readonly held: Amount;
}

export interface Sheet {
  readonly account: AccountName;
  readonly opening: Standing;
  readonly sections: readonly { readonly title: string; readonly lines: number; readonly change: Amount }[];
  readonly closing: Standing;
}

type AccountName = 'coins' | 'diamonds_purchased' | 'diamonds_pending' | 'diamonds_available';

export interface MonthStatement {
  readonly month: string;
  readonly soFar: boolean;
  readonly asOf: string;
  readonly accounts: readonly Sheet[];
  readonly lineCount: number;
  readonly notes: readonly string[];
}

export const statementQuery = (of: PaperKind, month: string) =>
  queryOptions({
    queryKey: ['statements', of, month],
    queryFn: ({ signal }) => api.get<MonthStatement>(`/me/statements/${month}?of=${of}`, { signal }),
  });

/** Millionths of a dollar, as digits and in words. */
export interface Micros {
  readonly micros: string;
  readonly display: string;
}

export interface Split {
  readonly fanPaid: Micros;
  readonly providerFee: Micros;
  readonly platform: Micros;
  readonly creator: Micros;
}

export interface StatementLine {
  readonly number: number;
  readonly at: string;
  readonly transferId: string;
  readonly account: AccountName;
  readonly section: string;
  readonly kind: string;
  readonly title: string;
  readonly detail: string;
  readonly change: Amount;
  readonly balanceAfter: Amount;
  readonly split: Split | null;
  readonly bought: { readonly price: Amount; readonly providerFee: Amount } | null;
  readonly paidOut: {
    readonly gross: Amount;
    readonly fee: Amount;
    readonly tax: Amount;
    readonly net: Amount;
  } | null;
  readonly policyVersion: number | null;
  readonly rateVersion: number | null;
  /** `order_…`, `gift_…`. */
  readonly reference: string | null;
  /** The months of what it takes back, `2026-10`. */
  readonly corrects: readonly string[];
}

export const linesQuery = (of: PaperKind, month: string) =>
  infiniteQueryOptions({
    queryKey: ['statements', of, month, 'lines'],
    queryFn: ({ signal, pageParam }) =>
      api.get<{ readonly items: readonly StatementLine[]; readonly nextCursor: string | null }>(
        `/me/statements/${month}/lines?of=${of}${pageParam === null ? '' : `&cursor=${pageParam}`}`,
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });

export interface Totals {
  readonly split: Split;
  readonly bought: { readonly price: Amount; readonly providerFee: Amount };
  readonly paidOut: {
    readonly gross: Amount;
    readonly fee: Amount;
    readonly tax: Amount;
    readonly net: Amount;
  };
}

/** Where the money went, as far as it has been added up: line by line of the answer. */
export interface Adding {
  readonly lines: number;
  readonly of: number;
  readonly totals?: Totals;
}

/** Reads the sums as they come. `tell` hears of every step; the last one has the totals. */
export async function readTotals(
  of: PaperKind,
  month: string,
  tell: (step: Adding) => void,
  signal: AbortSignal,
): Promise<void> {
  const response = await fetch(`/v1/me/statements/${month}/totals?of=${of}`, {
    credentials: 'same-origin',
    signal,
  }).catch((error: unknown) => {
    if (signal.aborted) throw error;
    throw new ApiProblem(OFFLINE);
  });
  if (!response.ok || response.body === null) {
    throw new ApiProblem(problemFrom(response.status, await response.json().catch(() => null)));
  }
  let rest = '';
  let whole = false;
  for await (const text of textOf(response.body)) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const step: Adding = JSON.parse(line);
      whole = step.totals !== undefined;
      tell(step);
    }
  }
  // The server ends an answer that it cannot finish; half of the sums is none.
  if (!whole) throw new ApiProblem(OFFLINE);
}

async function* textOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

/** Where the same statement is as a file. */
export function fileAddress(of: PaperKind, month: string, format: 'pdf' | 'csv' | 'json'): string {
  return `/v1/me/statements/${month}/statement.${format}?of=${of}`;
}

/** `2026-11` → `November 2026`. */
export function monthText(month: string): string {
  return `${MONTH_NAMES[Number(month.slice(5)) - 1] ?? month} ${month.slice(0, 4)}`;
}

export const ACCOUNT_TITLES: Readonly<Record<AccountName, string>> = {
  coins: 'Coins',
  diamonds_purchased: 'Bought Diamonds',
  diamonds_pending: 'Pending Diamonds',
  diamonds_available: 'Available Diamonds',
};
