import { useEffect, useState, useSyncExternalStore } from 'react';
import { type Effects, effectLevel } from './effect-level.ts';
import { isSlow, NO_PACE, nextFrame } from './pace.ts';

export type { Effects } from './effect-level.ts';

const KEY = 'carat.effects';
/** Kept for the tab: a stage that was too slow is so after a reload too, and need not be measured again. */
const SLOW_KEY = 'carat.effects.slow';
const ORDER: readonly Effects[] = ['full', 'calm', 'off'];
export const EFFECTS_WORD: Readonly<Record<Effects, string>> = { full: 'Full', calm: 'Calm', off: 'Off' };

const reduced = window.matchMedia('(prefers-reduced-motion: reduce)');
const watchers = new Set<() => void>();
/** Kept, because a busy stage asks many times a second. */
let current = look();
const tell = () => {
  current = look();
  for (const watcher of [...watchers]) watcher();
};
reduced.addEventListener('change', tell);
// Chosen in another tab.
window.addEventListener('storage', tell);

function look(): Effects {
  return effectLevel({
    chosen: localStorage.getItem(KEY),
    reduced: reduced.matches,
    saves: (navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true,
    slow: sessionStorage.getItem(SLOW_KEY) !== null,
  });
}

export function effects(): Effects {
  return current;
}

export function chooseEffects(level: Effects): void {
  localStorage.setItem(KEY, level);
  tell();
}

export function cycleEffects(): Effects {
  chooseEffects(ORDER[(ORDER.indexOf(effects()) + 1) % ORDER.length] ?? 'full');
  return effects();
}

export function useEffects(): Effects {
  return useSyncExternalStore(subscribe, effects);
}

function subscribe(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/**
 * Watches the frames of a stage that plays everything, and steps its effects down to Calm when it cannot keep up.
 * It steps down once in a tab, and never from what the person chose. Answers whether it just did, and how to
 * put the word about it away.
 */
export function useCalmWhenSlow(playing: boolean): readonly [calmed: boolean, putAway: () => void] {
  const level = useEffects();
  const [calmed, setCalmed] = useState(false);
  const free = localStorage.getItem(KEY) === null;
  const watches = playing && level === 'full' && free;
  useEffect(() => {
    if (!watches) return;
    let pace = NO_PACE;
    let calm: ReturnType<typeof setTimeout> | undefined;
    let frame = requestAnimationFrame(function judge(at) {
      pace = document.hidden ? NO_PACE : nextFrame(pace, at);
      if (!isSlow(pace)) {
        frame = requestAnimationFrame(judge);
        return;
      }
      sessionStorage.setItem(SLOW_KEY, '1');
      // Not in this frame, which has the page to draw.
      calm = setTimeout(() => {
        setCalmed(true);
        tell();
      });
    });
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(calm);
    };
  }, [watches]);
  return [calmed && free && level === 'calm', () => setCalmed(false)];
}
