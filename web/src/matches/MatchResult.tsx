import { X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Coins } from '../ui/Amount.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import { IconButton } from '../ui/Button.tsx';
import { ownFirst, resultText, type ShownMatch } from './match-api.ts';
import './matches.css';

/** How a match ended, for some seconds, on every stage that showed it. */
export function MatchResult({ shown, handle }: { readonly shown: ShownMatch; readonly handle: string }) {
  const { match, aheadMs } = shown;
  const [closed, setClosed] = useState('');
  const until = match?.state === 'ended' && match.resultUntil !== null ? Date.parse(match.resultUntil) : null;
  const id = match?.id ?? '';
  useEffect(() => {
    if (until === null) return;
    const timer = setTimeout(() => setClosed(id), Math.max(0, until - Date.now() - aheadMs));
    return () => clearTimeout(timer);
  }, [until, aheadMs, id]);
  const result = match === null || until === null || closed === id ? null : resultText(match);
  return (
    <div className="match-result" aria-live="polite">
      {match === null || result === null ? null : (
        <section aria-label="Result of the match">
          <IconButton label="Close the result" className="glass" onClick={() => setClosed(id)}>
            <X aria-hidden />
          </IconButton>
          <h2>{result.title}</h2>
          <ol>
            {ownFirst(match.sides, handle).map((side) => (
              <li key={side.handle} data-winner={side.handle === match.winner || undefined}>
                <Avatar avatar={side.avatar} size={56} />
                <span>{side.displayName}</span>
                <b>
                  <Coins units={BigInt(side.coins.units)} />
                </b>
              </li>
            ))}
          </ol>
          <p>{result.text}</p>
        </section>
      )}
    </div>
  );
}
