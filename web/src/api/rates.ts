import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { Amount } from '../ui/amounts.ts';
import type { HowLine } from '../ui/How.tsx';
import { api } from './client.ts';
import type { RatioJson } from './policy.ts';

/** The rate that the formula came to on one day: everything that it was made from. */
export interface FormulaInputs {
  readonly method: 'formula';
  /** `YYYY-MM-DD`, UTC: what the ledger held before it began. */
  readonly day: string;
  readonly policyVersion: number;
  readonly windowDays: number;
  /** So many days before `day` the window ended; older versions have none. */
  readonly settledDays?: number;
  readonly bandBasisPoints: number;
  readonly dayCapBasisPoints: number;
  readonly neutralWithdrawnPercent: number;
  readonly coveragePercent: number;
  readonly weights: { readonly demand: number; readonly supply: number; readonly market: number };
  readonly base: RatioJson;
  readonly previousVersion: number;
  readonly previous: RatioJson;
  readonly purchasedCents: string;
  readonly withdrawnUnits: string;
  readonly outstandingUnits: string;
  readonly heldCents: string;
  readonly market: RatioJson | null;
}

/** What a version was made from. */
export type RateInputs =
  | {
      readonly method: 'policy';
      readonly policyVersion: number;
      readonly preset: string;
      readonly centsPerUnit: RatioJson;
    }
  | FormulaInputs
  | { readonly method: 'manual'; readonly draftId: string; readonly centsPerUnit: RatioJson };

/** What a Diamond was worth from an instant on. */
export interface Rate {
  readonly version: number;
  /** So many Diamonds… */
  readonly diamonds: string;
  /** …are worth this. */
  readonly money: Amount;
  readonly centsPerUnit: RatioJson;
  /** When it was told. */
  readonly announced: string;
  readonly from: string;
  readonly reason: string;
  readonly inputs: RateInputs;
  readonly how: readonly HowLine[];
}

export interface Rates {
  readonly current: Rate;
  /** Told, and not yet started; in the order of their starts. */
  readonly announced: readonly Rate[];
  readonly formula: {
    readonly isOn: boolean;
    readonly text: string;
    readonly bandBasisPoints: number;
    readonly dayCapBasisPoints: number;
    readonly noticeDays: number;
    readonly windowDays: number;
    /** So many days before its midnight the window ends. */
    readonly settledDays: number;
    readonly lastRun: string | null;
  };
}

export const ratesQuery = queryOptions({
  queryKey: ['rates', 'now'],
  queryFn: ({ signal }) => api.get<Rates>('/rates', { signal }),
});

/** The rate in force alone. */
export const rateQuery = queryOptions({
  ...ratesQuery,
  select: ({ current }: Rates) => current,
});

export type RateMethod = RateInputs['method'];

interface RateHistory {
  readonly items: readonly Rate[];
  readonly nextCursor: string | null;
}

/** Every version, newest first; of one method when told. */
export function rateHistoryQuery(method: RateMethod | 'all') {
  return infiniteQueryOptions({
    queryKey: ['rates', 'history', method],
    queryFn: ({ signal, pageParam }) => {
      const query = new URLSearchParams({
        limit: '25',
        ...(method === 'all' ? {} : { method }),
        ...(pageParam === null ? {} : { cursor: pageParam }),
      });
      return api.get<RateHistory>(`/rates/history?${query}`, { signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}

/** The newest 200 versions at once, for the picture. */
export const rateLineQuery = queryOptions({
  queryKey: ['rates', 'line'],
  queryFn: ({ signal }) =>
    api.get<RateHistory>('/rates/history?limit=200', { signal }).then(({ items }) => items),
});

export interface RateStep {
  readonly name: string;
  readonly formula: string;
  readonly value: string;
}

export interface OneRate {
  readonly rate: Rate;
  readonly formula: string | null;
  readonly steps: readonly RateStep[];
  readonly recomputed: RatioJson;
  readonly agrees: boolean;
}

export function oneRateQuery(version: number) {
  return queryOptions({
    queryKey: ['rates', 'one', version],
    queryFn: ({ signal }) => api.get<OneRate>(`/rates/${version}`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export interface Fiat {
  readonly table: {
    readonly version: number;
    /** `YYYY-MM-DD` */
    readonly asOf: string;
    readonly source: string;
    readonly takenAt: string;
    readonly ageDays: number;
    readonly tooOld: boolean;
    readonly rates: readonly {
      readonly currency: string;
      readonly perUsd: RatioJson;
      readonly decimals: number;
      readonly display: string;
    }[];
  } | null;
  readonly maxAgeDays: number;
}

export const fiatQuery = queryOptions({
  queryKey: ['rates', 'fiat'],
  queryFn: ({ signal }) => api.get<Fiat>('/rates/fiat', { signal }),
});
