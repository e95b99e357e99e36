import { useSyncExternalStore } from 'react';

/** How much the stage moves: everything, nothing but what stands still, or chat rows only. */
export type Effects = 'full' | 'calm' | 'off';

const KEY = 'carat.effects';
const ORDER: readonly Effects[] = ['full', 'calm', 'off'];
export const EFFECTS_WORD: Readonly<Record<Effects, string>> = { full: 'Full', calm: 'Calm', off: 'Off' };

const reduced = window.matchMedia('(prefers-reduced-motion: reduce)');
const watchers = new Set<() => void>();
const tell = () => {
  for (const watcher of [...watchers]) watcher();
};
reduced.addEventListener('change', tell);

/** The person's choice; without one Calm where the system asks for less motion or for less data. */
export function effects(): Effects {
  const chosen = localStorage.getItem(KEY);
  if (chosen === 'full' || chosen === 'calm' || chosen === 'off') {
    return chosen === 'full' && reduced.matches ? 'calm' : chosen;
  }
  const saves = (navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true;
  return reduced.matches || saves ? 'calm' : 'full';
}

export function cycleEffects(): Effects {
  const next = ORDER[(ORDER.indexOf(effects()) + 1) % ORDER.length] ?? 'full';
  localStorage.setItem(KEY, next);
  tell();
  return effects();
}

export function useEffects(): Effects {
  return useSyncExternalStore((watcher) => {
    watchers.add(watcher);
    return () => watchers.delete(watcher);
  }, effects);
}
