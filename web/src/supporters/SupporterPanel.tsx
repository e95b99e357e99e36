import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Gem } from 'lucide-react';
import { useState } from 'react';
import type { Me } from '../api/session.ts';
import type { RankedSupporter } from '../live/room.ts';
import { AmountText, Coins } from '../ui/Amount.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import type { Amount } from '../ui/amounts.ts';
import { Button } from '../ui/Button.tsx';
import { Segment } from '../ui/Segment.tsx';
import { ErrorCard, Skeleton } from '../ui/States.tsx';
import { RankBadge } from './RankBadge.tsx';
import { type OwnRank, type RankedItem, type RankPeriod, supportersQuery } from './supporters-api.ts';
import '../ui/paper.css';
import './supporters.css';

const PERIODS: readonly { readonly value: RankPeriod; readonly label: string }[] = [
  { value: 'live', label: 'This live' },
  { value: 'day', label: 'Today' },
  { value: 'week', label: 'Week' },
  { value: 'all', label: 'Ever' },
];
const NOBODY: Record<RankPeriod, string> = {
  live: 'Nobody has sent a gift in this live yet',
  day: 'Nobody has sent a gift today',
  week: 'Nobody has sent a gift since Monday',
  all: 'Nobody has sent a gift yet',
};

interface SupporterPanelProps {
  readonly handle: string;
  readonly me: Me | null;
  /** The first of this live, as the room tells them. */
  readonly top: readonly RankedSupporter[];
}

/** Who gives most, over a period, with one's own place and what is missing to the next. */
export function SupporterPanel({ handle, me, top }: SupporterPanelProps) {
  const [period, setPeriod] = useState<RankPeriod>('live');
  const query = useInfiniteQuery(supportersQuery(handle, period, me?.id ?? null));
  const read = query.data?.pages.flatMap(({ items }) => items);
  const items = read === undefined || period !== 'live' ? read : freshened(read, top, me);
  const you = query.data?.pages[0]?.you ?? null;
  return (
    <div className="supporter-panel">
      <Segment label="Period" items={PERIODS} value={period} onChange={setPeriod} />
      <div className="supporter-scroll">
        {items === undefined ? (
          query.isError ? (
            <ErrorCard
              title="The supporters could not be read."
              error={query.error}
              onRetry={() => void query.refetch()}
            />
          ) : (
            <div className="grid gap-4 p-4" aria-hidden="true">
              {['a', 'b', 'c', 'd'].map((key) => (
                <Skeleton key={key} height={36} />
              ))}
            </div>
          )
        ) : items.length === 0 ? (
          <p className="chat-empty">
            <b>{NOBODY[period]}</b>
            The first one stands here first.
          </p>
        ) : (
          <>
            <ol className="ranks" aria-label="Supporters, who gave most first">
              {items.map((item) => (
                <RankRow key={item.rank} item={item} />
              ))}
            </ol>
            {query.hasNextPage ? (
              <div className="p-3">
                <Button
                  kind="ghost"
                  size="sm"
                  wide
                  busy={query.isFetchingNextPage}
                  onClick={() => void query.fetchNextPage()}
                >
                  Show more
                </Button>
              </div>
            ) : null}
            <p className="ranks-note">
              A gift counts no more once its payment was taken back. The result of a match stays as it was
              shown.
            </p>
          </>
        )}
      </div>
      {me === null ? (
        <p className="own-rank">
          <Link to="/login" search={{ return: `/live/${handle}` }} className="text-link">
            Sign in
          </Link>
          <span>to see your own place.</span>
        </p>
      ) : you === null ? null : (
        <OwnPlace you={you} me={me} />
      )}
    </div>
  );
}

function RankRow({ item }: { readonly item: Place }) {
  return (
    <li data-you={item.you || undefined}>
      <RankBadge rank={item.rank} />
      <Avatar avatar={item.avatar} size={34} />
      <b>
        {item.displayName}
        {item.you ? <small> you</small> : null}
      </b>
      <span className="sums-of">
        <AmountText amount={item.coins} />
        <small>{item.diamonds === null ? null : <AmountText amount={item.diamonds} />}</small>
      </span>
    </li>
  );
}

/** Where one stands oneself, always in view. */
function OwnPlace({ you, me }: { readonly you: OwnRank; readonly me: Me }) {
  return (
    <section className="own-rank" aria-label="Your place">
      {you.rank === null ? <Gem aria-hidden className="unranked" /> : <RankBadge rank={you.rank} />}
      <Avatar avatar={me.avatar} size={34} />
      <p>
        <b>{you.rank === null ? 'You are not in this list yet' : `You are number ${you.rank}`}</b>
        <small>
          {you.rank === null ? (
            'Any gift puts you in it.'
          ) : you.toNext === null ? (
            'Nobody gave more.'
          ) : (
            <>
              <AmountText amount={you.toNext} /> to number {you.rank - 1}
            </>
          )}
          {you.inRanks ? null : ' Others read “A supporter”.'}
        </small>
      </p>
      {you.rank === null ? null : <Coins units={BigInt(you.coins.units)} />}
    </section>
  );
}

/** A place; what its Coins were worth in Diamonds comes with the next reading where the room told newer Coins. */
type Place = Omit<RankedItem, 'diamonds'> & { readonly diamonds: Amount | null };

/** The list with its first places as the room tells them now. */
function freshened(
  read: readonly RankedItem[],
  top: readonly RankedSupporter[],
  me: Me | null,
): readonly Place[] {
  if (top.length === 0 || read.length === 0) return read;
  const changed = top.some(({ coins, handle }, at) => {
    const known = read[at];
    return known === undefined || known.handle !== handle || Number(known.coins.units) !== coins;
  });
  if (!changed) return read;
  const firsts = top.map(({ handle, displayName, avatar, coins }, at): Place => {
    const known = read.find((item) => handle !== null && item.handle === handle) ?? read[at];
    const units = String(coins);
    return {
      rank: at + 1,
      handle,
      displayName,
      avatar,
      coins: { asset: 'COIN', units, display: units },
      diamonds: known?.coins.units === units ? known.diamonds : null,
      you: handle !== null && handle === me?.handle,
    };
  });
  const named = new Set(firsts.flatMap(({ handle }) => (handle === null ? [] : [handle])));
  return [
    ...firsts,
    ...read.slice(firsts.length).filter(({ handle }) => handle === null || !named.has(handle)),
  ];
}
