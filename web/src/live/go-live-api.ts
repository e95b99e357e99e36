import { queryOptions } from '@tanstack/react-query';
import { api } from '../api/client.ts';
import type { NextLive, Stage } from './stage-api.ts';

/** What a creator says when starting. */
export interface LiveRequest {
  readonly title: string;
  readonly hashtags: readonly string[];
  readonly category?: string;
  readonly goal?: { readonly title: string; readonly targetUnits: string };
  readonly giftsOn: boolean;
  readonly effectsCap: number;
}

export const startLive = (asked: LiveRequest) => api.post<{ stage: Stage }>('/stages/start', asked);
export const endLive = () => api.post<{ stage: Stage }>('/stages/end', {});

/** A creator's room as they set it. */
export interface RoomSettings {
  readonly slowSeconds: number;
  readonly filterWords: readonly string[];
  readonly moderators: readonly Named[];
  readonly muted: readonly Excluded[];
  readonly banned: readonly Excluded[];
}

export interface Named {
  readonly handle: string;
  readonly displayName: string;
  readonly avatar: string;
}

export interface Excluded extends Named {
  readonly until: string | null;
}

export const roomQuery = queryOptions({
  queryKey: ['room-settings'],
  queryFn: ({ signal }) =>
    api.get<{ room: RoomSettings }>('/me/stage/room', { signal }).then(({ room }) => room),
});

export const scheduleQuery = queryOptions({
  queryKey: ['schedule'],
  queryFn: ({ signal }) =>
    api.get<{ items: readonly NextLive[] }>('/me/stage/schedule', { signal }).then(({ items }) => items),
});
