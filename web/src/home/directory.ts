import { infiniteQueryOptions } from '@tanstack/react-query';
import { api } from '../api/client.ts';
import { every } from '../api/query.ts';
import type { StageCard } from '../live/stage-api.ts';

export interface StagePage {
  readonly items: readonly StageCard[];
  readonly nextCursor: string | null;
}

export interface DirectoryAsked {
  readonly filter: 'all' | 'following' | 'scheduled';
  readonly q: string;
  /** Only lives with this hashtag. */
  readonly tag?: string;
}

/** Stages, live ones first; asked again every ten seconds, so that the counts stay true. */
export const stagesQuery = ({ filter, q, tag = '' }: DirectoryAsked) =>
  infiniteQueryOptions({
    queryKey: ['stages', filter, q, tag],
    queryFn: ({ signal, pageParam }) => {
      const asked = new URLSearchParams({ filter });
      if (q !== '') asked.set('q', q);
      if (tag !== '') asked.set('tag', tag);
      if (pageParam !== null) asked.set('cursor', pageParam);
      return api.get<StagePage>(`/stages?${asked}`, { signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: every(10_000),
  });

export interface Shelves {
  /** Live stages of people who are followed. */
  readonly followed: readonly StageCard[];
  /** Every other live stage. */
  readonly others: readonly StageCard[];
  /** Stages whose people are away. */
  readonly away: readonly StageCard[];
}

/** The stage that most people watch; the first of several. */
export function fullest(stages: readonly StageCard[]): StageCard | undefined {
  let most: StageCard | undefined;
  for (const stage of stages) if (most === undefined || stage.viewers > most.viewers) most = stage;
  return most;
}

/** The stages with one of them in front. */
export function withLead(stages: readonly StageCard[], leadId: string | undefined): readonly StageCard[] {
  const lead = stages.find(({ id }) => id === leadId);
  return lead === undefined ? stages : [lead, ...stages.filter((stage) => stage !== lead)];
}

/** Each stage on exactly one shelf, in the order in which the server names them. */
export function shelves(all: readonly StageCard[], followed: readonly StageCard[]): Shelves {
  const live = new Map(followed.filter((stage) => stage.live).map((stage) => [stage.id, stage]));
  const once = new Map(all.map((stage) => [stage.id, stage]));
  const rest = [...once.values()].filter((stage) => !live.has(stage.id));
  return {
    followed: [...live.values()],
    others: rest.filter((stage) => stage.live),
    away: rest.filter((stage) => !stage.live),
  };
}
