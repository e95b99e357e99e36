import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '../api/client.ts';
import { queryClient } from '../api/query.ts';
import type { Amount } from '../ui/amounts.ts';

export type Scenario = 'ordinary' | 'viral' | 'quiet' | 'run';

export interface ScenarioWords {
  readonly name: Scenario;
  readonly title: string;
  readonly line: string;
}

interface Operator {
  readonly handle: string;
  readonly displayName: string;
}

/** One run, as the list shows it. */
export interface SimulationLine {
  readonly id: string;
  readonly askedBy: Operator;
  readonly yours: boolean;
  readonly askedAt: string;
  /** The run that it repeats. */
  readonly repeats: string | null;
  readonly scenario: Scenario;
  readonly title: string;
  readonly start: 'site' | 'example';
  readonly seed: number;
  readonly days: number;
  readonly viewers: number;
  readonly creators: number;
  readonly now: {
    readonly version: number;
    /** Of a version that had not begun when it was asked for. */
    readonly scheduledFrom: string | null;
    readonly money: Amount;
  };
  readonly proposed: {
    readonly draft: string | null;
    readonly revision: number | null;
    readonly money: Amount;
  };
  readonly state: 'waiting' | 'running' | 'done' | 'canceled' | 'failed';
  readonly progress: {
    readonly phase: 'opening' | 'days' | 'checking';
    readonly day: number;
    readonly percent: number;
    readonly elapsedMs: number;
    readonly leftMs: number | null;
  } | null;
  readonly endedAt: string | null;
  readonly canceledBy: Operator | null;
  readonly note: string | null;
  readonly sentence: string | null;
  readonly hash: string | null;
  readonly modelVersion: number | null;
}

/** One side on one day; cents and Diamond units in digits. */
export interface SimulatedDay {
  readonly day: number;
  readonly rateCents: string;
  readonly purchasedCents: string;
  readonly earnedUnits: string;
  readonly earnedCents: string;
  readonly paidOutCents: string;
  readonly waitingCents: string;
  readonly shortCents: string;
  readonly outstandingUnits: string;
  readonly heldCents: string;
  readonly owedCents: string;
  /** Hundredths of a percent; `null` when nothing is owed. */
  readonly coverage: string | null;
  readonly medianCents: string;
}

export interface SimulatedArm {
  readonly days: readonly SimulatedDay[];
  readonly sums: {
    readonly purchased: Amount;
    readonly earned: Amount;
    readonly earnedDiamonds: Amount;
    readonly paidOut: Amount;
    readonly waiting: Amount;
    readonly mostShort: Amount;
    readonly leastCoverage: string | null;
    readonly lastCoverage: string | null;
    readonly median: Amount;
  };
  readonly books: { readonly accounts: number; readonly transfers: number };
}

export interface Simulation extends SimulationLine {
  readonly ahead: number;
  readonly inputsHash: string;
  readonly assumptions: readonly string[];
  readonly unknown: readonly string[];
  /** Other runs of the same inputs. */
  readonly alike: readonly { readonly id: string; readonly same: boolean; readonly modelVersion: number }[];
  readonly result: {
    readonly now: SimulatedArm;
    readonly proposed: SimulatedArm;
    readonly each: string;
  } | null;
}

interface Simulations {
  readonly items: readonly SimulationLine[];
  readonly nextCursor: string | null;
  readonly scenarios: readonly ScenarioWords[];
  /** A run is removed so many days after its end. */
  readonly keptDays: number;
}

const KEY = ['console', 'simulations'] as const;
const isOpen = ({ state }: Pick<SimulationLine, 'state'>) => state === 'waiting' || state === 'running';

export const simulationsQuery = infiniteQueryOptions({
  queryKey: [...KEY, 'list'],
  queryFn: ({ signal, pageParam }) =>
    api.get<Simulations>(
      `/console/simulations?${new URLSearchParams({
        limit: '10',
        ...(pageParam === null ? {} : { cursor: pageParam }),
      })}`,
      { signal },
    ),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.nextCursor,
  // While one is under way the list is asked again.
  refetchInterval: ({ state }) =>
    state.data?.pages.some(({ items }) => items.some(isOpen)) === true ? 2_000 : false,
});

export const simulationQuery = (id: string) =>
  queryOptions({
    queryKey: [...KEY, id],
    queryFn: ({ signal }) =>
      api.get<Simulation>(`/console/simulations/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: ({ state }) => (state.data !== undefined && isOpen(state.data) ? 500 : false),
  });

export interface SimulationInput {
  readonly draft?: string;
  readonly dollars?: string;
  readonly scenario: Scenario;
  readonly start: 'site' | 'example';
  readonly days: number;
  readonly viewers: number;
  readonly creators: number;
  readonly seed?: number;
}

export const askSimulation = (input: SimulationInput) => api.post<Simulation>('/console/simulations', input);
export const repeatSimulation = (id: string, seed: 'same' | 'another') =>
  api.post<Simulation>(`/console/simulations/${id}/again`, { seed });
export const cancelSimulation = (id: string) => api.post<Simulation>(`/console/simulations/${id}/cancel`, {});

/** A run began or ended: lists and pages of them are read again. */
export function simulationsChanged(): void {
  void queryClient.invalidateQueries({ queryKey: KEY });
}
