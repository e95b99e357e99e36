import { queryOptions } from '@tanstack/react-query';
import { api } from '../api/client.ts';
import { queryClient } from '../api/query.ts';
import type { RoomEvent } from '../realtime/frames.ts';
import type { Amount } from '../ui/amounts.ts';

export interface PollOption {
  readonly id: string;
  readonly text: string;
  readonly gift: {
    readonly id: string;
    readonly name: string;
    readonly art: string;
    readonly price: Amount;
  } | null;
  /** People, or Coins; `null` where results are not shown. */
  readonly votes: string | null;
  readonly percent: number | null;
  readonly winner: boolean;
}

export interface Poll {
  readonly id: string;
  /** `giftVote`: every Coin given with an option's gift is a vote. */
  readonly kind: 'poll' | 'giftVote';
  readonly state: 'running' | 'ended' | 'canceled';
  readonly title: string;
  readonly results: 'live' | 'end';
  readonly options: readonly PollOption[];
  readonly votes: string;
  readonly myVote: string | null;
  readonly startedAt: string;
  readonly endsAt: string;
  readonly endedAt: string | null;
  readonly endedBy: 'time' | 'creator' | 'live_ended' | 'canceled' | null;
}

export interface StagePolls {
  readonly live: boolean;
  readonly running: Poll | null;
  readonly past: readonly Poll[];
  readonly bounds: {
    readonly titleLengthMax: number;
    readonly optionLengthMax: number;
    readonly optionsMin: number;
    readonly optionsMax: number;
  };
}

export const pollsQuery = (handle: string) =>
  queryOptions({
    queryKey: ['polls', handle],
    queryFn: ({ signal }) => api.get<StagePolls>(`/stages/${encodeURIComponent(handle)}/polls`, { signal }),
    staleTime: 10_000,
  });

export interface PollWish {
  readonly kind: Poll['kind'];
  readonly title: string;
  readonly options: readonly { readonly text: string; readonly giftId?: string }[];
  readonly seconds: number;
  readonly results: Poll['results'];
}

/** Starts a vote. The same key again is the same vote. */
export const startPoll = (wish: PollWish, key: string) =>
  api.post<{ poll: Poll }>('/me/stage/polls', wish, { key });

export const endPoll = (id: string, how: 'ended' | 'canceled') =>
  api.put<{ poll: Poll }>(`/me/stage/polls/${id}/${how}`);

export const vote = (id: string, optionId: string) => api.put(`/polls/${id}/vote`, { optionId });

/** Changes what is known of a stage's votes; nothing while nothing is known. */
export function changePolls(handle: string, change: (before: StagePolls) => StagePolls): void {
  queryClient.setQueryData(pollsQuery(handle).queryKey, (before) =>
    before === undefined ? undefined : change(before),
  );
}

/** Puts a vote as it is now where it belongs: the running one, or the newest of the others. */
export function withPoll(before: StagePolls, poll: Poll): StagePolls {
  const past = before.past.filter(({ id }) => id !== poll.id);
  if (poll.state === 'running') return { ...before, running: poll, past };
  return {
    ...before,
    running: before.running?.id === poll.id ? null : before.running,
    past: [poll, ...past],
  };
}

/** A vote as the room tells of it. What one voted oneself is kept: the room does not know. */
export function pollOf(event: RoomEvent, myVote: string | null): Poll {
  const told = event as unknown as Told;
  return {
    id: told.pollId,
    kind: told.kind,
    state: told.state,
    title: told.title,
    results: told.resultsHidden ? 'end' : 'live',
    options: told.options.map((option) => ({
      id: option.id,
      text: option.text,
      gift:
        option.giftId === null
          ? null
          : {
              id: option.giftId,
              name: option.giftName ?? '',
              art: option.art ?? '',
              price: {
                asset: 'COIN',
                units: option.coins ?? '0',
                display: `${option.coins ?? '0'} Coins`,
              },
            },
      votes: option.votes,
      percent: option.percent,
      winner: option.winner,
    })),
    votes: told.votes,
    myVote,
    startedAt: told.startedAt,
    endsAt: told.endsAt,
    endedAt: told.state === 'running' ? null : new Date(Number(told.createTime)).toISOString(),
    endedBy: told.endedBy,
  };
}

/** The event `poll`, see docs/events.md. */
interface Told extends Pick<Poll, 'kind' | 'state' | 'title' | 'votes' | 'startedAt' | 'endsAt' | 'endedBy'> {
  readonly pollId: string;
  readonly createTime: string;
  readonly resultsHidden: boolean;
  readonly options: readonly (Omit<PollOption, 'gift'> & {
    readonly giftId: string | null;
    readonly giftName: string | null;
    readonly art: string | null;
    readonly coins: string | null;
  })[];
}
