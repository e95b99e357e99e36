import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Circle, CircleCheck } from 'lucide-react';
import { groupDigits } from '../ui/amounts.ts';
import { ErrorCard, Skeleton } from '../ui/States.tsx';
import { Time } from '../ui/Time.tsx';
import { type CreatorTier, moreText, type TierCondition, tierQuery } from './tiers-api.ts';
import './tiers.css';

const WORDS: Readonly<Record<TierCondition['what'], string>> = {
  followers: 'Followers',
  viewerMinutes: 'Viewer-minutes',
  engagementCoins: 'Coins for 1,000 viewer-minutes',
};

/** A creator's own tier, and what is missing to the next. */
export default function TierCard({ handle }: { readonly handle: string }) {
  const query = useQuery(tierQuery(handle));
  return (
    <section className="card" aria-labelledby="tier">
      <h2 id="tier" className="text-lg!">
        Your tier
      </h2>
      {query.data === undefined ? (
        query.isError ? (
          <ErrorCard
            title="Your tier could not be read."
            error={query.error}
            onRetry={() => void query.refetch()}
          />
        ) : (
          <Skeleton height={120} />
        )
      ) : (
        <Shown tier={query.data} />
      )}
    </section>
  );
}

function Shown({ tier: { now, tomorrow, counted, inputs, next } }: { readonly tier: CreatorTier }) {
  const isToCome = Date.parse(tomorrow.from) > Date.now() && tomorrow.name !== now.name;
  return (
    <>
      <p className="mt-2">
        <b>{now.name ?? 'No tier yet'}</b>: a gift brings you {moreText(now.yieldBasisPoints)}
        {now.yieldBasisPoints === 10_000 ? ' as everybody' : ' more than the rate card'}.
        {isToCome ? (
          <>
            {' '}
            From <Time at={tomorrow.from} look="stamp" />: <b>{tomorrow.name ?? 'no tier'}</b>,{' '}
            {moreText(tomorrow.yieldBasisPoints)}.
          </>
        ) : counted.reached && counted.name !== now.name ? (
          <>
            {' '}
            What you have comes to <b>{counted.name}</b>, {moreText(counted.yieldBasisPoints)}: it is counted
            after midnight UTC and starts a day later.
          </>
        ) : null}
      </p>
      {next === null ? (
        <p className="mt-2 text-fg-2">There is no higher one.</p>
      ) : (
        <>
          <h3 className="tier-next">
            {next.name} ({moreText(next.yieldBasisPoints)}) needs
          </h3>
          <ul className="tier-conditions">
            {next.conditions.map(({ what, have, need, reached }) => (
              <li key={what} data-reached={reached ? '' : undefined}>
                {reached ? <CircleCheck aria-hidden /> : <Circle aria-hidden />}
                <span>
                  {WORDS[what]}
                  <span className="sr-only">{reached ? ', reached' : ', not reached yet'}</span>
                </span>
                <b>
                  {groupDigits(BigInt(have))} of {groupDigits(BigInt(need))}
                </b>
              </li>
            ))}
          </ul>
        </>
      )}
      <p className="mt-3 text-sm text-fg-3">
        Counted from {inputs.from} to the end of the day before {inputs.to} (UTC); a new tier starts at the
        midnight after it was counted.{' '}
        <Link to="/rates" className="text-link">
          All tiers
        </Link>
      </p>
    </>
  );
}
