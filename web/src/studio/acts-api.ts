import { infiniteQueryOptions } from '@tanstack/react-query';
import { api } from '../api/client.ts';

export interface Named {
  readonly handle: string;
  readonly displayName: string;
  readonly avatar: string;
}

/** Something that was done to keep order on a stage. */
export interface Act {
  readonly id: string;
  readonly at: string;
  readonly act:
    | 'remove'
    | 'pin'
    | 'unpin'
    | 'mute'
    | 'unmute'
    | 'ban'
    | 'unban'
    | 'name_moderator'
    | 'dismiss_moderator'
    | 'rules';
  readonly by: Named | null;
  readonly whom: Named | null;
  readonly line: { readonly id: string; readonly text: string } | null;
  readonly reason: string | null;
  readonly until: string | null;
  readonly rules: { readonly slowSeconds: number; readonly filterWords: readonly string[] } | null;
}

export const actsQuery = infiniteQueryOptions({
  queryKey: ['studio', 'acts'],
  queryFn: ({ signal, pageParam }) =>
    api.get<{ readonly items: readonly Act[]; readonly nextCursor: string | null }>(
      `/me/stage/acts?${new URLSearchParams({ limit: '30', ...(pageParam === '' ? {} : { cursor: pageParam }) })}`,
      { signal },
    ),
  initialPageParam: '',
  getNextPageParam: (page) => page.nextCursor,
});
