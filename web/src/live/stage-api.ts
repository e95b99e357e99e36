import { queryOptions } from '@tanstack/react-query';
import { api } from '../api/client.ts';
import type { ChatLine, RoomEvent } from '../realtime/frames.ts';

/** A stage as lists show it. */
export interface StageCard {
  readonly id: string;
  readonly handle: string;
  readonly displayName: string;
  readonly avatar: string;
  readonly title: string;
  readonly hashtags: readonly string[];
  readonly category: string | null;
  readonly live: boolean;
  readonly viewers: number;
  readonly startedAt: string | null;
  /** The drawn scene that plays: `lamp`, `kitchen`, `galaxy`, `garden`, `arcade`, `studio`. */
  readonly scene: string;
}

export interface Supporter {
  readonly rank: number;
  /** `null`: they are in no ranking by name. */
  readonly handle: string | null;
  readonly displayName: string;
  readonly avatar: string | null;
  readonly coins: string | number | { readonly units: string };
}

export interface Goal {
  readonly title: string;
  /** Diamond units. */
  readonly units: string;
  readonly targetUnits: string;
}

export interface Stage extends StageCard {
  readonly creator: {
    readonly id: string;
    readonly handle: string;
    readonly displayName: string;
    readonly avatar: string;
    readonly followers: number;
    readonly following: boolean;
  };
  readonly giftsOn: boolean;
  readonly giftsOffReason: string | null;
  readonly goal: Goal | null;
  /** The last event of the room that this answer includes. */
  readonly seq: number;
  readonly likes?: number;
  readonly chat: readonly ChatLine[];
  readonly supporters: readonly Supporter[];
  readonly pinned: { readonly text: string } | null;
}

export const stageQuery = (handle: string) =>
  queryOptions({
    queryKey: ['stage', handle],
    queryFn: ({ signal }) =>
      api
        .get<{ stage: Stage }>(`/stages/${encodeURIComponent(handle)}`, { signal })
        .then(({ stage }) => stage),
  });

export interface EventPage {
  readonly items: readonly RoomEvent[];
  readonly nextSeq: number;
  readonly lastSeq: number;
}

/** Events of a room after a number, oldest first. */
export function eventsAfter(handle: string, after: number): Promise<EventPage> {
  return api.get<EventPage>(`/stages/${encodeURIComponent(handle)}/events?after=${after}&limit=100`);
}
