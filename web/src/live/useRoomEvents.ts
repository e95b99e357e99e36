import { useEffect } from 'react';
import type { RoomEvent } from '../realtime/frames.ts';
import { line } from '../realtime/socket.ts';

/**
 * Hears a room: its events of these types, and that something may have been missed (somebody came back, a live began
 * or ended), after which what they are about is to be read again. `hear` must stay the same.
 */
export function useRoomEvents(
  handle: string,
  type: string,
  hear: { readonly event: (event: RoomEvent) => void; readonly missed: () => void },
): void {
  useEffect(
    () =>
      line.listen((frame) => {
        if (!('stage' in frame) || frame.stage.toLowerCase() !== handle.toLowerCase()) return;
        if (frame.t === 'joined' || frame.t === 'stage') hear.missed();
        if (frame.t !== 'frame') return;
        for (const event of frame.events) {
          if (event.type === type) hear.event(event);
          if (event.type === 'stage') hear.missed();
        }
      }),
    [handle, type, hear],
  );
}
