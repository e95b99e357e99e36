import { useEffect } from 'react';
import { shortcutsOn } from '../shell/shortcuts.ts';

/** What the keys of the stage do. Escape closes what is open only where there was no effect to skip. */
export interface StageKeys {
  readonly skip: () => boolean;
  readonly close: () => void;
  readonly pickQuantity: (place: number) => void;
  readonly gifts: () => void;
  readonly like: () => void;
  readonly effects: () => void;
  readonly fullScreen: () => void;
  readonly help: () => void;
}

/** Listens to the keys of the stage while it is open. Nothing under a dialog hears them. */
export function useStageKeys(keys: StageKeys): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const underDialog = document.querySelector('[role="dialog"]') !== null;
      if (event.key === 'Escape') {
        if (event.defaultPrevented) return;
        if (keys.skip()) event.preventDefault();
        else if (!underDialog) keys.close();
        return;
      }
      if (underDialog || !shortcutsOn(event)) return;
      const place = ['1', '2', '3', '4'].indexOf(event.key);
      if (place >= 0) keys.pickQuantity(place);
      else if (event.key === 'g') keys.gifts();
      else if (event.key === 'c') document.getElementById('chat-input')?.focus();
      else if (event.key === 'l') keys.like();
      else if (event.key === 'e') keys.effects();
      else if (event.key === 'f') keys.fullScreen();
      else if (event.key === '?') keys.help();
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [keys]);
}
