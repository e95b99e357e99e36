import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { ChevronLeft, CircleCheck } from 'lucide-react';
import { useState } from 'react';
import { ApiProblem } from '../api/problem.ts';
import { AmountText } from '../ui/Amount.tsx';
import { Button } from '../ui/Button.tsx';
import { stampText } from '../ui/dates.ts';
import { PageHead } from '../ui/PageHead.tsx';
import { EmptyState, ErrorCard, Skeleton } from '../ui/States.tsx';
import { Time } from '../ui/Time.tsx';
import { Console } from './Console.tsx';
import {
  consoleChanged,
  type Run,
  runNow,
  runQuery,
  runsQuery,
  type Skew,
  skewsQuery,
} from './console-api.ts';
import { useQueueKeys } from './useQueueKeys.ts';
import '../withdrawals/console-payouts.css';
import '../verification/verification.css';

/** What providers say was paid against what the ledger has. */
export function ReconciliationPage() {
  return <Console>{() => <Reconciliation />}</Console>;
}

function Reconciliation() {
  const query = useInfiniteQuery(runsQuery);
  const [chosen, setChosen] = useState<string | null>(null);
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  useQueueKeys(items, chosen, setChosen);
  return (
    <div className="page-body">
      <PageHead
        title="Reconciliation"
        sub="What providers say was paid, in and out, compared with the ledger. Each day by itself, and when you ask."
      />
      <RunNow providers={query.data?.pages[0]?.providers ?? []} onRun={setChosen} />
      <div className="queue" data-open={chosen === null ? undefined : ''}>
        <section className="card list" aria-label="Runs">
          {query.data === undefined ? (
            query.isError ? (
              <ErrorCard
                title="The runs could not be read."
                error={query.error}
                onRetry={() => void query.refetch()}
              />
            ) : (
              <div className="grid gap-3">
                {['a', 'b', 'c'].map((key) => (
                  <Skeleton key={key} height={52} />
                ))}
              </div>
            )
          ) : items.length === 0 ? (
            <EmptyState title="Nothing was compared yet">
              Every day the day before is compared by itself. Or run it now.
            </EmptyState>
          ) : (
            <>
              <ul className="queue-rows">
                {items.map((run) => (
                  <RunRow key={run.id} run={run} open={run.id === chosen} onOpen={() => setChosen(run.id)} />
                ))}
              </ul>
              {query.hasNextPage ? (
                <div className="more">
                  <Button
                    kind="ghost"
                    busy={query.isFetchingNextPage}
                    onClick={() => void query.fetchNextPage()}
                  >
                    Load more
                  </Button>
                </div>
              ) : null}
            </>
          )}
        </section>
        <section className="card detail" aria-label="The run" aria-live="polite">
          {chosen === null ? (
            <EmptyState title="Choose a run">
              <kbd className="kbd">J</kbd> and <kbd className="kbd">K</kbd> go down and up the list.
            </EmptyState>
          ) : (
            <Shown key={chosen} id={chosen} onBack={() => setChosen(null)} />
          )}
        </section>
      </div>
      <Clocks />
    </div>
  );
}

const NAMES: Readonly<Record<string, string>> = {
  stripe: 'Stripe',
  stripe_connect: 'Stripe payouts',
  btcpay_payouts: 'BTCPay payouts',
  paypal_payouts: 'PayPal payouts',
  btcpay: 'BTCPay Server',
};
const nameOf = (provider: string) => NAMES[provider] ?? provider;

function RunNow({
  providers,
  onRun,
}: {
  readonly providers: readonly { readonly id: string; readonly mode: string }[];
  readonly onRun: (id: string) => void;
}) {
  const run = useMutation({
    mutationFn: (provider: string) => runNow(provider, 31),
    onSettled: () => consoleChanged(),
    onSuccess: (made) => onRun(made.run.id),
  });
  const problem = run.error === null ? null : ApiProblem.of(run.error);
  if (providers.length === 0) return null;
  return (
    <section className="card grid gap-3" aria-label="Compare now">
      <p className="text-fg-2">The last 31 days, now:</p>
      <div className="flex flex-wrap items-center gap-2.5">
        {providers.map(({ id, mode }) => (
          <Button
            key={id}
            kind="ghost"
            busy={run.isPending && run.variables === id}
            disabled={run.isPending}
            onClick={() => run.mutate(id)}
          >
            Compare with {nameOf(id)}
            {mode === 'live' ? '' : ` (${mode})`}
          </Button>
        ))}
      </div>
      {problem === null ? null : (
        <p className="wrong-line" role="alert">
          {problem.detail} {problem.remedy}
        </p>
      )}
    </section>
  );
}

function RunRow({
  run,
  open,
  onOpen,
}: {
  readonly run: Run;
  readonly open: boolean;
  readonly onOpen: () => void;
}) {
  const left = run.payments - run.matched;
  return (
    <li data-open={open ? '' : undefined} data-plain="" id={`row-${run.id}`}>
      <button type="button" aria-current={open ? 'true' : undefined} onClick={onOpen}>
        <span className="who" style={{ gridColumn: '1 / 3' }}>
          <b>
            {nameOf(run.provider)}, {run.matchedPercent} %
          </b>
          <small>
            {run.payments} {run.payments === 1 ? 'payment' : 'payments'} ·{' '}
            {left === 0 ? 'all agree' : `${left} ${left === 1 ? 'differs' : 'differ'}`}
          </small>
        </span>
        <span className="right">
          <small>
            <Time at={run.runAt} />
          </small>
        </span>
      </button>
    </li>
  );
}

function Shown({ id, onBack }: { readonly id: string; readonly onBack: () => void }) {
  const query = useQuery(runQuery(id));
  if (query.data === undefined) {
    return query.isError ? (
      <ErrorCard
        title="This run could not be read."
        error={query.error}
        onRetry={() => void query.refetch()}
      />
    ) : (
      <Skeleton height={300} />
    );
  }
  const { run, differences } = query.data;
  const parts = run.payments === 0 ? 1 : run.matched / run.payments;
  return (
    <>
      <header className="detail-head">
        <Button kind="bare" size="sm" icon={<ChevronLeft aria-hidden />} onClick={onBack}>
          The runs
        </Button>
        <h2>
          {nameOf(run.provider)}: {run.matchedPercent} % agree
        </h2>
        <p>
          {stampText(new Date(run.since), new Date())} to {stampText(new Date(run.until), new Date())} ·{' '}
          {run.askedBy === null ? 'by the house' : 'asked for'} <Time at={run.runAt} />
        </p>
      </header>
      <meter className="matched" min={0} max={1} value={parts} aria-label={`${run.matchedPercent} % agree`} />
      <section className="part">
        <h3>Both books</h3>
        <dl className="facts">
          <dt>Paid, says {nameOf(run.provider)}</dt>
          <dd>
            <AmountText amount={run.there.gross} />
          </dd>
          <dt>Paid, says the ledger</dt>
          <dd>
            <AmountText amount={run.here.gross} />
          </dd>
          <dt>Fees there</dt>
          <dd>
            <AmountText amount={run.there.fee} />
          </dd>
          <dt>Fees here</dt>
          <dd>
            <AmountText amount={run.here.fee} />
          </dd>
        </dl>
      </section>
      <section className="part">
        <h3>Differences</h3>
        {differences.length === 0 ? (
          <p className="flex items-center gap-2">
            <CircleCheck aria-hidden className="text-ok" /> None: every payment is in both books, to the cent.
          </p>
        ) : (
          <ul className="legs">
            {differences.map((one) => (
              <li key={`${one.kind} ${one.payment}`}>
                <span>
                  {KINDS[one.kind] ?? one.kind.replaceAll('_', ' ')}
                  <small>{one.cause}</small>
                  <small className="font-mono">{one.payment}</small>
                </span>
                <span className="text-right">
                  <small>
                    there {one.there === null ? 'nothing' : <AmountText amount={one.there} />}, here{' '}
                    {one.here === null ? 'nothing' : <AmountText amount={one.here} />}
                  </small>
                </span>
              </li>
            ))}
          </ul>
        )}
      </section>
    </>
  );
}

const KINDS: Readonly<Record<string, string>> = {
  paid_not_credited: 'Paid there, not credited here',
  credited_not_paid: 'Credited here, not paid there',
  amount_differs: 'The amount differs',
  fee_differs: 'The fee differs',
  refund_not_booked: 'Given back there, not here',
  dispute_not_booked: 'Disputed there, not here',
  payout_not_booked: 'Paid to a creator there, not booked here',
  payout_not_there: 'Booked here as paid to a creator, not there',
  payout_differs: 'Another amount was paid to a creator',
  return_not_booked: 'Came back in one of the books alone',
};

/** Webhooks whose time cannot be: money waits for the round that asks the provider. */
function Clocks() {
  const { data } = useQuery(skewsQuery);
  if (data === undefined) return null;
  return (
    <section className="card grid gap-2" aria-labelledby="clocks">
      <h2 id="clocks" className="text-lg font-bold">
        Clocks
      </h2>
      {data.items.length === 0 ? (
        <p className="text-fg-2">
          Within the last day, every message of a provider came at a time that can be: the clocks agree.
        </p>
      ) : (
        <ul className="grid gap-1">
          {data.items.map((skew) => (
            <li key={`${skew.provider} ${skew.reason}`}>
              <b>{nameOf(skew.provider)}</b>: {skewText(skew)} Last <Time at={skew.lastAt} />.
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function skewText({ reason, times, worstSeconds }: Skew): string {
  const minutes = Math.round(Math.abs(Number(worstSeconds)) / 60);
  return `${times} ${times === '1' ? 'message was' : 'messages were'} ${reason === 'too_old' ? 'too old' : 'from the future'}, by ${minutes} minutes at most.`;
}
