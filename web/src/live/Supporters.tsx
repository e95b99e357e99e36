import { Coins } from '../ui/Amount.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import { audienceText } from '../ui/amounts.ts';
import type { RankedSupporter } from './room.ts';

/** The three who gave most, small. */
export function SupporterStrip({ supporters }: { readonly supporters: readonly RankedSupporter[] }) {
  if (supporters.length === 0) return null;
  return (
    <ol className="supporter-strip" aria-label="Top supporters of this live">
      {supporters.slice(0, 3).map((supporter, at) => (
        <li key={supporter.handle}>
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

/** Everybody who gave in this live, the most first. */
export function SupporterList({ supporters }: { readonly supporters: readonly RankedSupporter[] }) {
  if (supporters.length === 0) {
    return (
      <p className="chat-empty">
        <b>Nobody has sent a gift yet</b>
        The first one stands here first.
      </p>
    );
  }
  return (
    <ol className="supporter-list">
      {supporters.map((supporter, at) => (
        <li key={supporter.handle}>
          <span className="rank">{at + 1}</span>
          <Avatar avatar={supporter.avatar} size={34} />
          <b>{supporter.displayName}</b>
          <Coins units={BigInt(Math.round(supporter.coins))} />
        </li>
      ))}
    </ol>
  );
}
