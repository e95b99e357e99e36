import { type CSSProperties, type RefObject, useEffect, useRef } from 'react';
import { giftArt } from '../art/gifts.ts';
import type { Drawing } from '../live/drawings/drawing.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { CoinGlyph } from '../ui/Glyph.tsx';
import type { Effects } from './effects.ts';
import type { Burst } from './show.ts';
import { FULL_MS, type Takeover } from './takeovers.ts';

interface TakeoverLayerProps {
  readonly takeover: Takeover | null;
  readonly playMs: number;
  readonly effects: Effects;
  readonly particles: RefObject<Drawing | null>;
  readonly onSkip: () => void;
}

/** A gift that takes the stage, for six seconds at most; a still card where motion is reduced. */
export function TakeoverLayer({ takeover, playMs, effects, particles, onSkip }: TakeoverLayerProps) {
  const layer = useRef<HTMLDivElement>(null);
  const moves = effects === 'full';
  const id = takeover?.id;
  useEffect(() => {
    if (id === undefined || !moves) return;
    // Its size is asked for when the page has long been laid out: here it would have to be at once.
    const throwStones = (count: number) => {
      const { clientWidth: width = 0, clientHeight: height = 0 } = layer.current ?? {};
      const power = Math.min(2.2, width / 520);
      particles.current?.tell({ wish: 'burst', x: width / 2, y: height * 0.44, count, power, hue: null });
    };
    const timers = [
      setTimeout(() => throwStones(120), 420),
      setTimeout(() => throwStones(70), Math.min(1500, playMs * 0.4)),
      setTimeout(() => throwStones(60), Math.min(2900, playMs * 0.7)),
    ];
    return () => timers.forEach(clearTimeout);
  }, [id, moves, playMs, particles]);

  if (takeover === null || effects === 'off') return null;
  const art = giftArt(takeover.art);
  return (
    <div
      className="takeover"
      ref={layer}
      key={takeover.id}
      data-short={playMs < FULL_MS || undefined}
      style={{ '--h': art.hue, '--play': `${playMs}ms` } as CSSProperties}
    >
      {moves ? <div className="rays" aria-hidden="true" /> : null}
      <div className="hero">
        <img src={art.src} alt="" width={256} height={256} />
        <p className="plate">
          <Avatar avatar={takeover.avatar} size={38} />
          <span>
            <b>{takeover.nickname}</b> sent <b>{takeover.giftName}</b>
            {takeover.quantity > 1 ? ` ×${takeover.quantity}` : ''}
          </span>
          <em>
            <CoinGlyph />
            {takeover.coins.toLocaleString('en-US')}
          </em>
        </p>
      </div>
      <button type="button" className="skip" onClick={onSkip}>
        Skip <kbd className="kbd">Esc</kbd>
      </button>
    </div>
  );
}

/** A gift of tier 3 or 4: bigger than its banner, gone in a moment. */
export function BurstLayer({
  burst,
  particles,
}: {
  readonly burst: Burst | null;
  readonly particles: RefObject<Drawing | null>;
}) {
  const layer = useRef<HTMLDivElement>(null);
  const id = burst?.id;
  const tier = burst?.tier ?? 0;
  const art = burst === null ? null : giftArt(burst.art);
  const hue = art?.hue ?? 0;
  useEffect(() => {
    if (id === undefined) return;
    const timer = setTimeout(() => {
      const { clientWidth = 0, clientHeight = 0 } = layer.current ?? {};
      const x = clientWidth * (tier >= 4 ? 0.5 : 0.36);
      const y = clientHeight * (tier >= 4 ? 0.44 : 0.52);
      const [sparks, stones, power] = tier >= 4 ? [44, 90, 1.3] : [26, 34, 0.8];
      particles.current?.tell({ wish: 'sparks', x, y, count: sparks, hue });
      particles.current?.tell({ wish: 'burst', x, y, count: stones, power, hue });
    }, 260);
    return () => clearTimeout(timer);
  }, [id, tier, hue, particles]);
  return (
    <div className="burst-layer" ref={layer} aria-hidden="true">
      {burst === null || art === null ? null : (
        <div
          className="burst"
          key={burst.id}
          data-tier={burst.tier}
          style={{ '--h': art.hue } as CSSProperties}
        >
          <i />
          <img src={art.src} alt="" width={256} height={256} />
        </div>
      )}
    </div>
  );
}
