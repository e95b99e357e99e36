import { queryOptions } from '@tanstack/react-query';
import { api } from '../api/client.ts';
import type { ChatLine, RoomEvent, Standing } from '../realtime/frames.ts';

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
  /** The next live that its creator announced. */
  readonly next: NextLive | null;
}

export interface NextLive {
  readonly id: string;
  readonly title: string;
  readonly startsAt: string;
  readonly reminders: number;
  readonly reminded: boolean;
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
  /** Whether others are live together with the creator. */
  readonly together: boolean;
  readonly giftsOn: boolean;
  readonly giftsOffReason: string | null;
  /** Gifts above this tier, 1 to 5, are shown as ones of this tier. */
  readonly effectsCap: number;
  readonly goal: Goal | null;
  /** What else runs in this live: `poll`, `hype`. */
  readonly running: readonly string[];
  /** The last event of the room that this answer includes. */
  readonly seq: number;
  readonly likes?: number;
  readonly chat: readonly ChatLine[];
  readonly supporters: readonly Supporter[];
  readonly pinned: { readonly text: string; readonly author: string | null } | null;
  /** Seconds between two messages of one person; 0 = not slow. */
  readonly slowSeconds: number;
  /** How the asker stands here; `null` without a session. */
  readonly you: Standing | null;
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
