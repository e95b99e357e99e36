import { type RefObject, useSyncExternalStore } from 'react';
import type { Drawing } from '../live/drawings/drawing.ts';
import type { Effects } from './effects.ts';
import { Streaks } from './Streaks.tsx';
import type { Show } from './show.ts';
import { BurstLayer, TakeoverLayer } from './Takeover.tsx';

interface GiftLayersProps {
  readonly show: Show;
  readonly effects: Effects;
  readonly particles: RefObject<Drawing | null>;
  /** Banners at once. */
  readonly limit: number;
  readonly streakMs: number;
}

/** What gifts show over the picture: banners, a burst, a takeover, and a sentence for screen readers. */
export function GiftLayers({ show, effects, particles, limit, streakMs }: GiftLayersProps) {
  const { banners, burst, takeovers, said } = useSyncExternalStore(show.subscribe, show.view);
  return (
    <>
      <Streaks banners={banners} limit={limit} streakMs={streakMs} />
      <BurstLayer burst={burst} particles={particles} />
      <TakeoverLayer
        takeover={takeovers.playing}
        playMs={takeovers.playMs}
        effects={effects}
        particles={particles}
        onSkip={() => show.skip()}
      />
      <div className="sr-only" aria-live="polite">
        {said}
      </div>
    </>
  );
}
