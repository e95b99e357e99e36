import { useSyncExternalStore } from 'react';
import { type LineState, line } from './socket.ts';

/** How the page's connection stands. */
export function useLine(): LineState {
  return useSyncExternalStore(line.subscribe, line.state);
}
