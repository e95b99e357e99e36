import type { Me } from '../api/session.ts';
import { HypeStrip } from '../hype/HypeStrip.tsx';
import { PollCard } from '../polls/PollCard.tsx';
import './together.css';

interface CrowdProps {
  readonly handle: string;
  readonly me: Me | null;
  readonly wide: boolean;
  readonly onGift: (giftId: string) => void;
}

/** What the people on a stage do together, over the picture: the hype and the vote. Fetched when there is one. */
export default function Crowd({ handle, me, wide, onGift }: CrowdProps) {
  return (
    <div className="together">
      <HypeStrip handle={handle} />
      <PollCard key={String(wide)} handle={handle} me={me} wide={wide} onGift={onGift} />
    </div>
  );
}
