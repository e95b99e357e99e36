import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ChevronRight, Landmark } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { useLastKnown } from '../api/last-known.ts';
import { usePolicy } from '../api/policy.ts';
import { every } from '../api/query.ts';
import { rateQuery } from '../api/rates.ts';
import type { Me } from '../api/session.ts';
import { giftArt } from '../art/gifts.ts';
import { Signed } from '../identity/Signed.tsx';
import { AmountText, Diamonds, Money } from '../ui/Amount.tsx';
import { buttonLook } from '../ui/Button.tsx';
import { LastKnown } from '../ui/LastKnown.tsx';
import { PageHead } from '../ui/PageHead.tsx';
import { EmptyState, ErrorCard, Skeleton } from '../ui/States.tsx';
import { Time } from '../ui/Time.tsx';
import { OnItsWay } from '../withdrawals/OnItsWay.tsx';
import { Activity } from './Activity.tsx';
import { Days } from './Days.tsx';
import { Available, Pending } from './EarningCells.tsx';
import { type Earnings, earningsQuery } from './earnings-api.ts';
import { TopSupporters } from './TopSupporters.tsx';
import './earnings.css';

const TierCard = lazy(() => import('../tiers/TierCard.tsx'));

/** What a creator has earned, when it can be withdrawn, and from whom it came. */
export function EarningsPage() {
  return (
    <Signed title="Earnings" why="Sign in to see your earnings.">
      {(me) => (me.roles.includes('creator') ? <Earned me={me} /> : <NotYet me={me} />)}
    </Signed>
  );
}

function Earned({ me }: { readonly me: Me }) {
  const query = useQuery({ ...earningsQuery, refetchInterval: every(15_000) });
  const { data, at, stale, error } = useLastKnown<Earnings>(`earnings.${me.id}`, query);
  const tiers = usePolicy()?.tiers;
  const retry = () => void query.refetch();
  return (
    <div className="page-body">
      <PageHead title="Earnings" sub={<RateLine />}>
        <Link to="/studio/statements" {...buttonLook({ kind: 'ghost' })}>
          Statements
        </Link>
        <Link to="/studio/payouts" {...buttonLook({ kind: 'ghost' })}>
          Withdrawals
        </Link>
        <Link to="/studio/withdraw" {...buttonLook({ kind: 'primary' })}>
          <Landmark aria-hidden />
          Withdraw
        </Link>
      </PageHead>
      {stale && data !== undefined && at !== undefined ? (
        <LastKnown what="Your earnings" at={at} error={error} onRetry={retry} />
      ) : null}
      {data === undefined ? (
        error === null ? (
          <>
            <div className="flow">
              <Skeleton height={318} className="rounded-[22px]!" />
              <span />
              <Skeleton height={318} className="rounded-[22px]!" />
              <span />
              <Skeleton height={318} className="rounded-[22px]!" />
            </div>
            <div className="earn-two">
              <Skeleton height={340} className="rounded-[22px]!" />
              <Skeleton height={340} className="rounded-[22px]!" />
            </div>
          </>
        ) : (
          <ErrorCard title="Your earnings could not be read." error={error} onRetry={retry} />
        )
      ) : (
        <>
          <div className={stale ? 'flow stale' : 'flow'}>
            <Pending earnings={data} />
            <span className="arrow" aria-hidden="true">
              <ChevronRight />
            </span>
            <Available earnings={data} />
            <span className="arrow" aria-hidden="true">
              <ChevronRight />
            </span>
            <OnItsWay />
          </div>
          <div className="earn-two">
            <Days earnings={data} />
            <TopSupporters earnings={data} />
          </div>
        </>
      )}
      {tiers === undefined || tiers.levels.length === 0 ? null : (
        <Suspense>
          <TierCard handle={me.handle} />
        </Suspense>
      )}
      <Activity />
    </div>
  );
}

function RateLine() {
  const rate = useQuery(rateQuery).data;
  return (
    <span className="rate-line">
      {rate === undefined ? null : (
        <>
          <b>
            <Diamonds units={BigInt(rate.diamonds) * 1000n} /> = <AmountText amount={rate.money} />
          </b>
          <span>
            Rate set on <Time at={rate.from} look="day" />
          </span>
        </>
      )}
      <Link to="/rates" className="text-link">
        How the rate is set
      </Link>
    </span>
  );
}

/** For somebody who does not receive gifts yet: how earning works. */
function NotYet({ me }: { readonly me: Me }) {
  const policy = usePolicy();
  const rate = useQuery(rateQuery).data;
  return (
    <div className="page-body">
      <PageHead title="Earnings" sub={<RateLine />} />
      <section className="card">
        <EmptyState
          art={giftArt('1f3c6').src}
          title="You do not receive gifts yet"
          action={
            <Link to={me.adult ? '/settings/profile' : '/age'} {...buttonLook({ kind: 'primary' })}>
              {me.adult ? 'Become a creator' : 'See when it opens'}
            </Link>
          }
        >
          Creators get Diamonds for every gift on their stage.
          {policy === undefined
            ? null
            : ` ${policy.diamonds.maturityDays} days later the Diamonds are available.`}
          {rate === undefined ? null : (
            <>
              {' '}
              1,000 of them are worth <Money units={BigInt(rate.money.units)} />.
            </>
          )}
        </EmptyState>
      </section>
    </div>
  );
}
