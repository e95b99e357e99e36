import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { queryClient } from '../api/query.ts';
import { useRoomEvents } from '../live/useRoomEvents.ts';
import type { RoomEvent } from '../realtime/frames.ts';
import { hypeQuery, type StageHype, type ToldHype, toldHype } from './hype-api.ts';

/** The hype of a stage, as it stands: read once, then as the room tells; and what it told last. */
export function useHype(handle: string) {
  const [told, setTold] = useState<ToldHype | null>(null);
  const hear = useMemo(() => {
    const { queryKey } = hypeQuery(handle);
    return {
      event: (event: RoomEvent) => {
        const now = toldHype(event);
        setTold(now);
        queryClient.setQueryData(queryKey, (before: StageHype | undefined) =>
          before === undefined
            ? undefined
            : now.state === 'running'
              ? { ...before, running: now }
              : { ...before, running: null, last: now },
        );
        if (now.moment !== 'running') void queryClient.invalidateQueries({ queryKey });
      },
      missed: () => void queryClient.invalidateQueries({ queryKey }),
    };
  }, [handle]);
  useRoomEvents(handle, 'hype', hear);
  return { query: useQuery(hypeQuery(handle)), told };
}
