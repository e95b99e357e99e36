import { useSyncExternalStore } from 'react';
import type { Room, RoomView } from './room.ts';

/**
 * One thing that a room shows. What asks for it is drawn again when it changes, and not when something else does: a
 * busy room changes ten times a second, most of it not.
 */
export function useRoom<Name extends keyof RoomView>(room: Room, name: Name): RoomView[Name] {
  return useSyncExternalStore(room.subscribe, () => room.view()[name]);
}
