import { Avatar } from '../ui/Avatar.tsx';
import { audienceText } from '../ui/amounts.ts';
import type { RankedSupporter } from './room.ts';

/** The three who gave most, small. */
export function SupporterStrip({ supporters }: { readonly supporters: readonly RankedSupporter[] }) {
  if (supporters.length === 0) return null;
  return (
    <ol className="supporter-strip" aria-label="Top supporters of this live">
      {supporters.slice(0, 3).map((supporter, at) => (
        // A place has no other name: people without one may hold several.
        // biome-ignore lint/suspicious/noArrayIndexKey: the place is the key
        <li key={at}>
          <span className="ranked" data-rank={at + 1}>
            <Avatar avatar={supporter.avatar} size={28} />
          </span>
          <b>{supporter.displayName}</b>
          <small>
            {audienceText(supporter.coins)}
            <span className="sr-only"> Coins</span>
          </small>
        </li>
      ))}
    </ol>
  );
}
