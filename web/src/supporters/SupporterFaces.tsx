import { Trophy } from 'lucide-react';
import { useState } from 'react';
import type { Me } from '../api/session.ts';
import type { RankedSupporter } from '../live/room.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Sheet } from '../ui/Sheet.tsx';
import { LazySupporterPanel } from './LazySupporterPanel.tsx';
import './supporters.css';

interface SupporterFacesProps {
  readonly handle: string;
  readonly me: Me | null;
  readonly supporters: readonly RankedSupporter[];
}

/** In the hand: the three who gave most; a touch opens the whole list. */
export function SupporterFaces({ handle, me, supporters }: SupporterFacesProps) {
  const [open, setOpen] = useState(false);
  const three = supporters.slice(0, 3);
  const names = three.map(({ displayName }) => displayName).join(', ');
  return (
    <>
      <button
        type="button"
        className="faces"
        aria-haspopup="dialog"
        aria-label={`Top supporters: ${names || 'nobody yet'}`}
        onClick={() => setOpen(true)}
      >
        {three.length === 0 ? <Trophy aria-hidden /> : null}
        {three.map(({ avatar }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the place is the key
          <span className="ranked" data-rank={at + 1} key={at}>
            <Avatar avatar={avatar} size={34} />
          </span>
        ))}
      </button>
      <Sheet open={open} onOpenChange={setOpen} title="Supporters">
        <LazySupporterPanel handle={handle} me={me} top={supporters} />
      </Sheet>
    </>
  );
}
