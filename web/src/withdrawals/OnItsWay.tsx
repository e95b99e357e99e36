import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Banknote } from 'lucide-react';
import { every } from '../api/query.ts';
import { AmountText } from '../ui/Amount.tsx';
import { buttonLook } from '../ui/Button.tsx';
import { ErrorCard, Skeleton } from '../ui/States.tsx';
import { Way } from './Way.tsx';
import { onTheWayQuery } from './withdrawals-api.ts';

/** The third cell of the earnings: what is on its way to the bank, and where it stands. */
export function OnItsWay() {
  const query = useQuery({ ...onTheWayQuery, refetchInterval: every(15_000) });
  const newest = query.data?.items.at(-1);
  return (
    <section className="cell" aria-labelledby="on-its-way">
      <h2 id="on-its-way">
        <Banknote aria-hidden />
        On its way
      </h2>
      {query.data === undefined ? (
        query.isError ? (
          <ErrorCard
            title="What is on its way could not be read."
            error={query.error}
            onRetry={() => void query.refetch()}
          />
        ) : (
          <Skeleton height={180} className="mt-3" />
        )
      ) : newest === undefined ? (
        <>
          <p className="sum">
            <AmountText amount={query.data.diamonds} />
          </p>
          <p className="worth">Nothing is on its way.</p>
          <p className="note">What you withdraw shows here until it has arrived.</p>
          <div className="mt-3">
            <Link to="/studio/payouts" {...buttonLook({ kind: 'ghost', size: 'sm' })}>
              Past withdrawals
            </Link>
          </div>
        </>
      ) : (
        <>
          <p className="sum">
            <AmountText amount={query.data.diamonds} />
          </p>
          <p className="worth">
            <b>{newest.get.display}</b> to {newest.masked}
            {query.data.items.length > 1 ? ` and ${query.data.items.length - 1} more` : ''}
          </p>
          <div className="mt-4">
            <Way steps={newest.steps} short />
          </div>
          <div className="mt-auto pt-3">
            <Link to="/studio/payouts/$id" params={{ id: newest.id }} className="text-link">
              See all of it
            </Link>
          </div>
        </>
      )}
    </section>
  );
}
