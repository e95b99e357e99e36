import { useSyncExternalStore } from 'react';

const wide = window.matchMedia('(min-width: 821px) and (min-height: 521px)');

/** Whether the stage stands in a page with its tray and chat beside it, or is the whole screen of a phone, held either way. */
export function useWide(): boolean {
  return useSyncExternalStore(
    (watcher) => {
      wide.addEventListener('change', watcher);
      return () => wide.removeEventListener('change', watcher);
    },
    () => wide.matches,
  );
}
