import './supporters.css';

/** A place in a ranking: the first three by their jewel, the first ten by a ring, the others by their number. */
export function RankBadge({ rank }: { readonly rank: number }) {
  return (
    <span className="rank-badge" data-rank={rank <= 3 ? rank : rank <= 10 ? 'ten' : undefined}>
      <span className="sr-only">Number </span>
      {rank}
    </span>
  );
}
