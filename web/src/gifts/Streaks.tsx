import { type CSSProperties, memo, useEffect, useRef } from 'react';
import { giftArt } from '../art/gifts.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { type Banner, visible } from './banners.ts';

interface StreaksProps {
  readonly banners: readonly Banner[];
  readonly limit: number;
  readonly streakMs: number;
}

/** The streak banners, low on the left. Their news is said in words elsewhere. */
export function Streaks({ banners, limit, streakMs }: StreaksProps) {
  return (
    <div className="streaks" aria-hidden="true">
      {visible(banners, limit).map((banner) => (
        <StreakBanner key={banner.id} banner={banner} streakMs={streakMs} />
      ))}
    </div>
  );
}

const StreakBanner = memo(function StreakBanner({
  banner,
  streakMs,
}: {
  readonly banner: Banner;
  readonly streakMs: number;
}) {
  const art = giftArt(banner.art);
  const ring = useRef<HTMLElement>(null);
  const count = useRef<HTMLSpanElement>(null);

  // The ring runs from the last press; a new count pops once.
  useEffect(() => {
    const left = Math.max(0, banner.endsAt - Date.now());
    const from = Math.min(1, left / streakMs);
    const animation = ring.current?.animate([{ transform: `scaleX(${from})` }, { transform: 'scaleX(0)' }], {
      duration: Math.max(1, left),
      fill: 'forwards',
    });
    return () => animation?.cancel();
  }, [banner.endsAt, streakMs]);
  const before = useRef(banner.count);
  useEffect(() => {
    const fell = banner.count < before.current;
    before.current = banner.count;
    const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (still || count.current?.closest('[data-effects="calm"]')) return;
    count.current?.animate(
      fell
        ? [{ transform: 'translateY(-8px)', opacity: 0.3 }, { transform: 'none' }]
        : [{ transform: 'scale(1.7) rotate(-7deg)' }, { transform: 'scale(.94)' }, { transform: 'none' }],
      { duration: 320, easing: 'cubic-bezier(.2,.8,.2,1)' },
    );
  }, [banner.count]);

  return (
    <div
      className="streak"
      style={{ '--h': art.hue } as CSSProperties}
      data-pending={banner.pending || undefined}
    >
      <Avatar avatar={banner.avatar} size={42} />
      <p>
        <b>{banner.nickname}</b>
        <span>sent {banner.giftName}</span>
      </p>
      <img className="art" src={art.src} alt="" width={70} height={70} />
      <span className="count" ref={count}>
        <i>×</i>
        {banner.count}
      </span>
      <span className="ring">
        <i ref={ring} />
      </span>
    </div>
  );
});
