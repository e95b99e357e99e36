import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Swords } from 'lucide-react';
import { ApiProblem, OFFLINE } from '../api/problem.ts';
import { giftArt } from '../art/gifts.ts';
import { leadText, type Match, matchesQuery } from '../matches/match-api.ts';
import { useTimeLeft } from '../matches/useTimeLeft.ts';
import { Coins } from '../ui/Amount.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import { buttonLook } from '../ui/Button.tsx';
import { EmptyState, ErrorCard, Skeleton } from '../ui/States.tsx';

/** The matches that are played now, and how they stand. */
export function Matches() {
  const matches = useQuery(matchesQuery);
  if (matches.data === undefined) {
    if (matches.isError || matches.isPaused) {
      return (
        <ErrorCard
          title="We could not see who plays."
          error={matches.error ?? new ApiProblem(OFFLINE)}
          onRetry={() => void matches.refetch()}
        />
      );
    }
    return <Skeleton height={96} className="rounded-[18px]!" />;
  }
  const { items, aheadMs } = matches.data;
  if (items.length === 0) {
    return (
      <EmptyState
        art={giftArt('2b50').src}
        title="No match is played right now"
        action={
          <Link to="/live" {...buttonLook({ kind: 'primary' })}>
            See who is live
          </Link>
        }
      >
        When two creators play, you find both here, with the score.
      </EmptyState>
    );
  }
  return (
    <ul className="match-list">
      {items.map((match) => (
        <li key={match.id} className="card">
          <MatchCard match={match} aheadMs={aheadMs} />
        </li>
      ))}
    </ul>
  );
}

function MatchCard({ match, aheadMs }: { readonly match: Match; readonly aheadMs: number }) {
  const left = useTimeLeft(match.endsAt, aheadMs);
  return (
    <>
      <p className="clock">
        <Swords aria-hidden />
        <span className="sr-only">Time left </span>
        <b>{left}</b> {leadText(match.sides)}
      </p>
      <ul className="sides">
        {match.sides.map((side) => (
          <li key={side.handle}>
            <Avatar avatar={side.avatar} size={44} ring />
            <Link to="/live/$handle" params={{ handle: side.handle }}>
              <b>{side.displayName}</b>
            </Link>
            <Coins units={BigInt(side.coins.units)} />
          </li>
        ))}
      </ul>
    </>
  );
}
