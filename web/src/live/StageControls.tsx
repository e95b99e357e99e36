import { Gift, Heart, Keyboard, Maximize, Share2, Sparkles } from 'lucide-react';
import type { MouseEvent, ReactNode, RefObject } from 'react';
import { cycleEffects, EFFECTS_WORD, useEffects } from '../gifts/effects.ts';
import { audienceText } from '../ui/amounts.ts';
import { IconButton } from '../ui/Button.tsx';
import type { Room } from './room.ts';
import { share } from './share.ts';
import type { Stage } from './stage-api.ts';
import { useRoom } from './useRoom.ts';

interface WideControlsProps {
  readonly room: Room;
  readonly onLike: (event: MouseEvent<HTMLElement>) => void;
  readonly onKeys: () => void;
  readonly onFullScreen: () => void;
}

/** Low on the right of the picture on a wide screen. */
export function WideControls({ room, onLike, onKeys, onFullScreen }: WideControlsProps) {
  const likes = useRoom(room, 'likes');
  const effects = useEffects();
  return (
    <div className="controls">
      <button type="button" className="pill" onClick={onLike}>
        <Heart aria-hidden />
        <span className="sr-only">Like, </span>
        {audienceText(likes)}
        <span className="sr-only"> so far</span>
      </button>
      <button type="button" className="pill" onClick={() => cycleEffects()}>
        <Sparkles aria-hidden />
        Effects: {EFFECTS_WORD[effects]}
      </button>
      <IconButton label="Keys (?)" className="glass" onClick={onKeys}>
        <Keyboard aria-hidden />
      </IconButton>
      <IconButton label="Full screen (F)" className="glass" onClick={onFullScreen}>
        <Maximize aria-hidden />
      </IconButton>
    </div>
  );
}

interface HandBarProps {
  readonly stage: Stage;
  readonly room: Room;
  readonly giftButton: RefObject<HTMLButtonElement | null>;
  readonly onLike: (event: MouseEvent<HTMLElement>) => void;
  readonly onGift: () => void;
  /** Where one says something. */
  readonly children: ReactNode;
}

/** Along the foot of the picture in the hand. */
export function HandBar({ stage, room, giftButton, onLike, onGift, children }: HandBarProps) {
  const likes = useRoom(room, 'likes');
  return (
    <div className="mobile-bar">
      {children}
      <IconButton label={`Like, ${likes} so far`} className="glass" onClick={onLike}>
        <Heart aria-hidden />
      </IconButton>
      <button type="button" className="gift-button" ref={giftButton} onClick={onGift}>
        <Gift aria-hidden />
        Gift
      </button>
      <IconButton label="Share" className="glass" onClick={() => void share(stage)}>
        <Share2 aria-hidden />
      </IconButton>
    </div>
  );
}
