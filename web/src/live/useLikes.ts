import { useCallback, useRef } from 'react';
import type { Room } from './room.ts';

/** Likes of one's own travel together. */
const LIKE_EVERY_MS = 500;

/** Counts a like; the room is told twice a second of as many as there were. */
export function useLikes(room: Room): () => void {
  const waiting = useRef({ count: 0, timer: undefined as ReturnType<typeof setTimeout> | undefined });
  return useCallback(() => {
    waiting.current.count += 1;
    waiting.current.timer ??= setTimeout(() => {
      room.like(waiting.current.count);
      waiting.current = { count: 0, timer: undefined };
    }, LIKE_EVERY_MS);
  }, [room]);
}
