import { useEffect } from 'react';
import { shortcutsOn } from '../shell/shortcuts.ts';

/** J and K go through a list whose rows have the ids `row-…`, whatever has focus but a field. */
export function useQueueKeys(
  items: readonly { readonly id: string }[],
  open: string | null,
  choose: (id: string) => void,
): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const step = event.key === 'j' ? 1 : event.key === 'k' ? -1 : 0;
      if (step === 0 || !shortcutsOn(event)) return;
      const at = items.findIndex(({ id }) => id === open);
      const next = items[at === -1 ? 0 : Math.min(items.length - 1, Math.max(0, at + step))];
      if (next === undefined) return;
      event.preventDefault();
      choose(next.id);
      document.getElementById(`row-${next.id}`)?.scrollIntoView({ block: 'nearest' });
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [items, open, choose]);
}
