import { type CSSProperties, useEffect, useRef } from 'react';
import { SceneCanvas } from '../live/scenes/SceneCanvas.tsx';
import { MatchBar } from '../matches/MatchBar.tsx';
import { MatchResult } from '../matches/MatchResult.tsx';
import { ownFirst } from '../matches/match-api.ts';
import { Avatar } from '../ui/Avatar.tsx';
import VideoLayer from '../video/VideoLayer.tsx';
import type { Guest } from './guests-api.ts';
import { useTogether } from './useTogether.ts';
import './guests.css';

interface TogetherProps {
  readonly handle: string;
  readonly live: boolean;
  readonly to: Guest | null;
  readonly onTo: (guest: Guest | null) => void;
  readonly onGift: () => void;
}

/** Everybody who is live together, on one stage: its own creator first, each with their name, and their match. */
export default function Together({ handle, live, to, onTo, onGift }: TogetherProps) {
  const root = useRef<HTMLDivElement>(null);
  const { guests, match } = useTogether(handle);
  const all = live ? ownFirst(guests, handle) : [];
  const running = match.match?.state === 'running' ? match.match : null;

  // The stage's own picture gives way: it is behind this, and moved by the style of the stage.
  useEffect(() => {
    const stage = root.current?.parentElement;
    if (stage == null) return;
    if (all.length > 1) stage.dataset.together = String(all.length);
    if (running !== null) stage.dataset.match = '';
    return () => {
      delete stage.dataset.together;
      delete stage.dataset.match;
    };
  }, [all.length, running]);
  const toIsHere = to === null || all.some(({ id }) => id === to.id);
  useEffect(() => {
    if (!toIsHere) onTo(null);
  }, [toIsHere, onTo]);

  const choose = (guest: Guest) => {
    onTo(guest.handle === handle ? null : guest);
    onGift();
  };
  const chosen = to?.handle ?? handle;
  return (
    <>
      <div ref={root} className="together">
        {all.map((guest, place) => (
          <section
            key={guest.handle}
            className="cell"
            data-low={cellOf(place, all.length)[1] > 0 || undefined}
            style={cellStyle(place, all.length)}
            aria-label={guest.displayName}
          >
            {place === 0 ? null : (
              <>
                <SceneCanvas
                  scene={guest.scene}
                  label={`The stage of ${guest.displayName}`}
                  className="scene"
                />
                <VideoLayer handle={guest.handle} hostName={guest.displayName} />
              </>
            )}
            {all.length < 2 ? null : (
              <button
                type="button"
                className="name-tag"
                aria-pressed={guest.handle === chosen}
                onClick={() => choose(guest)}
              >
                <Avatar avatar={guest.avatar} size={24} />
                <span className="sr-only">Gifts for </span>
                {guest.displayName}
                {guest.handle === chosen ? <small>your gifts</small> : null}
              </button>
            )}
          </section>
        ))}
      </div>
      {running === null ? null : <MatchBar match={running} aheadMs={match.aheadMs} handle={handle} />}
      <MatchResult shown={match} handle={handle} />
    </>
  );
}

/** Where one of so many is: of 2 a half; of 3 and 5 the own one has a half and the others share; of 4 a quarter. */
function cellStyle(place: number, count: number): CSSProperties {
  const [x, y, w, h] = cellOf(place, count);
  return { '--x': x, '--y': y, '--w': w, '--h': h } as CSSProperties;
}

function cellOf(place: number, count: number): readonly [number, number, number, number] {
  if (count < 2) return [0, 0, 1, 1];
  if (count === 4) return [place % 2 === 0 ? 0 : 0.5, place < 2 ? 0 : 0.5, 0.5, 0.5];
  if (place === 0) return [0, 0, 0.5, 1];
  if (count === 2) return [0.5, 0, 0.5, 1];
  if (count === 3) return [0.5, place === 1 ? 0 : 0.5, 0.5, 0.5];
  return [place % 2 === 1 ? 0.5 : 0.75, place < 3 ? 0 : 0.5, 0.25, 0.5];
}
