import { useState } from 'react';
import { shortcutsWanted, wantShortcuts } from '../shell/shortcuts.ts';
import { Sheet } from '../ui/Sheet.tsx';

const KEYS: readonly (readonly [string, string])[] = [
  ['G', 'Gifts'],
  ['← ↑ ↓ →', 'Choose a gift'],
  ['Enter', 'Send'],
  ['1 2 3 4', 'Quantity 1, 5, 10, 50'],
  ['C', 'Chat'],
  ['L', 'Like'],
  ['E', 'Effects: Full, Calm, Off'],
  ['F', 'Full screen'],
  ['/', 'Search'],
  ['Esc', 'Skip an effect, then close'],
  ['?', 'This list'],
];

interface ShortcutSheetProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

/** The keys of the stage, and the switch that turns single keys off. */
export function ShortcutSheet({ open, onClose }: ShortcutSheetProps) {
  const [wanted, setWanted] = useState(shortcutsWanted);
  return (
    <Sheet
      open={open}
      onOpenChange={(next) => {
        if (!next) onClose();
      }}
      title="Keys"
    >
      <dl className="shortcut-list">
        {KEYS.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd className="kbd">{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <label className="flex items-center gap-3 font-semibold">
        <input
          type="checkbox"
          className="size-5 accent-brand"
          checked={wanted}
          onChange={(event) => {
            wantShortcuts(event.target.checked);
            setWanted(event.target.checked);
          }}
        />
        Use single-key shortcuts
      </label>
    </Sheet>
  );
}
