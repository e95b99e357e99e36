import { Sparkles } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Me } from '../api/session.ts';
import { giftArt } from '../art/gifts.ts';
import type { Room } from '../live/room.ts';
import { useRoom } from '../live/useRoom.ts';
import { Avatar } from '../ui/Avatar.tsx';
import './supporters.css';

const SHOWN_MS = 6_000;

/** Over the picture: the creator thanks somebody. */
export function ShoutOutBanner({ room, me }: { readonly room: Room; readonly me: Me | null }) {
  const shoutOut = useRoom(room, 'shoutOut');
  const [over, setOver] = useState<number | null>(null);
  const seq = shoutOut?.seq ?? null;
  useEffect(() => {
    if (seq === null) return;
    const timer = setTimeout(() => setOver(seq), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [seq]);
  const shown = shoutOut !== null && over !== seq ? shoutOut : null;
  return (
    <div className="shout-out-slot" role="status">
      {shown === null ? null : (
        <div className="shout-out" key={shown.seq}>
          <Avatar avatar={shown.to.avatar} size={44} />
          <p>
            <small>
              <Sparkles aria-hidden />
              {shown.host} thanks
            </small>
            <b>{shown.to.handle !== null && shown.to.handle === me?.handle ? 'You' : shown.to.displayName}</b>
            <span className="sr-only">
              for {shown.giftName} ×{shown.count}
            </span>
          </p>
          <span className="for" aria-hidden="true">
            <img src={giftArt(shown.art).src} alt="" width={38} height={38} />
            {shown.count > 1 ? `×${shown.count}` : null}
          </span>
        </div>
      )}
    </div>
  );
}
