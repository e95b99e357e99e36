import { useQuery } from '@tanstack/react-query';
import { Signed } from '../identity/Signed.tsx';
import { PageHead } from '../ui/PageHead.tsx';
import { ErrorCard, Skeleton } from '../ui/States.tsx';
import { BreakCard } from './BreakCard.tsx';
import { LimitCard } from './LimitCard.tsx';
import { spendingQuery } from './spending-api.ts';
import './spending.css';

/** How much a person lets themselves spend, and breaks. */
export function LimitsPage() {
  return (
    <Signed title="Limits" why="Your spending limits open when you sign in.">
      {() => <OwnLimits />}
    </Signed>
  );
}

function OwnLimits() {
  const { data, error, refetch } = useQuery(spendingQuery);
  return (
    <div className="page-body">
      <PageHead
        title="Limits"
        sub="How much you let yourself spend. They hold for what you buy, and for what you give. A day begins at midnight UTC; a payment page that no longer fits is closed."
      />
      {data === undefined ? (
        error === null ? (
          <div className="limits">
            <Skeleton height={230} className="rounded-[22px]!" />
            <Skeleton height={230} className="rounded-[22px]!" />
            <Skeleton height={230} className="rounded-[22px]!" />
          </div>
        ) : (
          <ErrorCard title="Your limits could not be read." error={error} onRetry={() => void refetch()} />
        )
      ) : (
        <>
          <div className="limits">
            {(['day', 'week', 'month'] as const).map((span) => (
              <LimitCard key={span} span={span} limit={data[span]} raiseAfterHours={data.raiseAfterHours} />
            ))}
          </div>
          <BreakCard until={data.breakUntil} days={data.breakDays} />
        </>
      )}
    </div>
  );
}
