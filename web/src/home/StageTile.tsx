import { Link } from '@tanstack/react-router';
import { Users } from 'lucide-react';
import { SceneCanvas } from '../live/scenes/SceneCanvas.tsx';
import type { StageCard } from '../live/stage-api.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { audienceText } from '../ui/amounts.ts';
import './home.css';

interface StageTileProps {
  readonly stage: Pick<
    StageCard,
    'handle' | 'displayName' | 'avatar' | 'title' | 'hashtags' | 'category' | 'live' | 'viewers' | 'scene'
  >;
  /** The first of a page: larger, and its scene moves where motion is welcome. */
  readonly wide?: boolean;
}

/** A stage as a picture, who is on it and how many watch. One link: the whole tile. */
export function StageTile({ stage, wide = false }: StageTileProps) {
  const still = !wide || window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  return (
    <article className="tile" data-wide={wide ? '' : undefined} data-away={stage.live ? undefined : ''}>
      <div className="tile-picture" aria-hidden="true">
        <SceneCanvas scene={stage.scene} label="" still={still} className="tile-scene" />
      </div>
      <div className="tile-badges">
        {stage.live ? (
          <>
            <span className="live-badge">LIVE</span>
            <span className="count-badge">
              <Users aria-hidden />
              {audienceText(stage.viewers)}
              <span className="sr-only">{stage.viewers === 1 ? ' watches' : ' watch'}</span>
            </span>
          </>
        ) : (
          <span className="count-badge">Not live</span>
        )}
      </div>
      <div className="tile-words">
        <Avatar avatar={stage.avatar} size={wide ? 48 : 40} ring={stage.live} />
        <div className="min-w-0">
          <h3>
            <Link to="/live/$handle" params={{ handle: stage.handle }} className="tile-link">
              {stage.title === '' ? `${stage.displayName}’s stage` : stage.title}
            </Link>
          </h3>
          <p>{stage.displayName}</p>
          {stage.hashtags.length === 0 ? null : (
            <ul className="tags" aria-label="Tags">
              {stage.hashtags.slice(0, 3).map((tag) => (
                <li key={tag}>
                  <Link to="/tags/$tag" params={{ tag }}>
                    #{tag}
                  </Link>
                </li>
              ))}
            </ul>
          )}
        </div>
      </div>
    </article>
  );
}
