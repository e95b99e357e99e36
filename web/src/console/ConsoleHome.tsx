import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ChevronRight } from 'lucide-react';
import { every } from '../api/query.ts';
import { PageHead } from '../ui/PageHead.tsx';
import { casesQuery } from '../verification/verification-api.ts';
import { queueQuery } from '../withdrawals/console-api.ts';
import { Console } from './Console.tsx';
import { approvalsQuery } from './console-api.ts';
import { CONSOLE_PLACES, type ConsolePlace } from './places.ts';

/** Where to go in the console, why, and what waits there. */
export function ConsoleHome() {
  return <Console>{() => <Places />}</Console>;
}

function Places() {
  const waiting = useWaiting();
  return (
    <div className="page-body">
      <PageHead title="Console" sub="What this site asks of its operators." />
      <ul className="console-places">
        {CONSOLE_PLACES.map(({ to, label, line, icon: Icon }) => {
          const count = waiting[to];
          return (
            <li key={to}>
              <Link to={to} className="card">
                <Icon aria-hidden />
                <span>
                  <b>
                    {label}
                    {count === undefined || count === 0 ? null : <em>{count} waiting</em>}
                  </b>
                  <small>{line}</small>
                </span>
                <ChevronRight aria-hidden />
              </Link>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

/** How many things wait at each place; a place that is not known yet, or has no queue, is left out. */
function useWaiting(): Partial<Record<ConsolePlace['to'], number>> {
  const refetchInterval = every(15_000);
  const payouts = useInfiniteQuery({ ...queueQuery('waiting'), refetchInterval }).data?.pages[0];
  const cases = useInfiniteQuery({ ...casesQuery('waiting'), refetchInterval }).data?.pages[0];
  const approvals = useInfiniteQuery({ ...approvalsQuery('open'), refetchInterval }).data?.pages[0];
  return {
    ...(payouts === undefined ? {} : { '/console/payouts': payouts.waiting.count }),
    ...(cases === undefined ? {} : { '/console/identity': cases.waiting }),
    ...(approvals === undefined
      ? {}
      : { '/console/approvals': approvals.items.filter(({ yours }) => !yours).length }),
  };
}
