import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { queryClient } from '../api/query.ts';
import { useRoomEvents } from '../live/useRoomEvents.ts';
import type { RoomEvent } from '../realtime/frames.ts';
import { changePolls, pollOf, pollsQuery, withPoll } from './polls-api.ts';

/** The votes of a stage, as they stand: read once, then as the room tells. */
export function usePolls(handle: string) {
  const hear = useMemo(
    () => ({
      event: (event: RoomEvent) =>
        changePolls(handle, (before) => {
          const known = [before.running, ...before.past].find((poll) => poll?.id === event.pollId);
          return withPoll(before, pollOf(event, known?.myVote ?? null));
        }),
      missed: () => void queryClient.invalidateQueries({ queryKey: pollsQuery(handle).queryKey }),
    }),
    [handle],
  );
  useRoomEvents(handle, 'poll', hear);
  return useQuery(pollsQuery(handle));
}
