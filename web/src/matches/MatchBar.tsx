import { Swords } from 'lucide-react';
import { Coins } from '../ui/Amount.tsx';
import { leadText, type Match, ownFirst } from './match-api.ts';
import { useTimeLeft } from './useTimeLeft.ts';
import './matches.css';

interface MatchBarProps {
  readonly match: Match;
  readonly aheadMs: number;
  /** Whose stage it is shown on: they come first. */
  readonly handle: string;
}

/** Both scores, who leads in words too, and the time that is left. */
export function MatchBar({ match, aheadMs, handle }: MatchBarProps) {
  const sides = ownFirst(match.sides, handle);
  const left = useTimeLeft(match.endsAt, aheadMs);
  const coins = sides.map((side) => Number(side.coins.units));
  const all = coins.reduce((sum, one) => sum + one, 0);
  const lead = leadText(sides);
  return (
    <section className="match-bar" data-sides={sides.length} aria-label="Match">
      <p className="clock">
        <Swords aria-hidden />
        <span className="sr-only">Time left </span>
        <b>{left}</b>
        <span className="lead" role="status">
          {lead}
        </span>
      </p>
      <div className="bar" aria-hidden="true">
        {sides.map((side, place) => (
          <i
            key={side.handle}
            data-place={place}
            // Nobody's part is ever so small that it cannot be seen.
            style={{ flexGrow: all === 0 ? 1 : Math.max(0.06, (coins[place] ?? 0) / all) }}
          />
        ))}
      </div>
      <ul>
        {sides.map((side, place) => (
          <li key={side.handle} data-place={place}>
            <b>
              <Coins units={BigInt(side.coins.units)} />
            </b>
            <span>{side.displayName}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
