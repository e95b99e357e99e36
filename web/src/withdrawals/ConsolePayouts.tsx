import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { CircleAlert } from 'lucide-react';
import { useState } from 'react';
import { ApiProblem } from '../api/problem.ts';
import { every } from '../api/query.ts';
import { Console } from '../console/Console.tsx';
import { useQueueKeys } from '../console/useQueueKeys.ts';
import { AmountText } from '../ui/Amount.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import { Button } from '../ui/Button.tsx';
import { Choices } from '../ui/Choices.tsx';
import { notifyDone, notifyFailure } from '../ui/notify.ts';
import { PageHead } from '../ui/PageHead.tsx';
import { EmptyState, ErrorCard, Skeleton } from '../ui/States.tsx';
import { ConsoleFiles } from './ConsoleFiles.tsx';
import { ConsolePayout } from './ConsolePayout.tsx';
import {
  payoutsChanged,
  type Queue,
  type QueueRow,
  type QueueShow,
  queueQuery,
  releaseAll,
} from './console-api.ts';
import { PayoutStatus } from './PayoutStatus.tsx';
import './withdrawals.css';
import './console-payouts.css';

const SHOWS: readonly { readonly value: QueueShow; readonly label: string }[] = [
  { value: 'waiting', label: 'Waiting' },
  { value: 'held', label: 'On hold' },
  { value: 'risk', label: 'Risk' },
  { value: 'old', label: '> 24 h' },
  { value: 'ready', label: 'Ready' },
  { value: 'sent', label: 'Sent' },
  { value: 'trouble', label: 'Trouble' },
  { value: 'all', label: 'All' },
];

/** The queue of withdrawals: J and K move, the rest is on the page beside. */
export function ConsolePayouts() {
  return <Console>{() => <Payouts />}</Console>;
}

function Payouts() {
  const [show, setShow] = useState<QueueShow>('waiting');
  const [chosen, setChosen] = useState<string | null>(null);
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const query = useInfiniteQuery({ ...queueQuery(show), refetchInterval: every(10_000) });
  const first = query.data?.pages[0];
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const open = items.find(({ id }) => id === chosen)?.id ?? chosen;
  useQueueKeys(items, open, setChosen);
  const tick = (id: string, on: boolean) => {
    const next = new Set(ticked);
    if (on) next.add(id);
    else next.delete(id);
    setTicked(next);
  };
  return (
    <div className="page-body">
      <PageHead title="Payouts" sub={<Sums queue={first} />} />
      <div className="queue" data-open={open === null ? undefined : ''}>
        <section className="card list" aria-label="Withdrawals">
          <Choices
            label="Which withdrawals"
            items={SHOWS}
            value={show}
            onChange={(next) => {
              setShow(next);
              setTicked(new Set());
            }}
          />
          {query.data === undefined ? (
            query.isError ? (
              <ErrorCard
                title="The queue could not be read."
                error={query.error}
                onRetry={() => void query.refetch()}
              />
            ) : (
              <div className="grid gap-3 pt-4">
                {['a', 'b', 'c', 'd'].map((key) => (
                  <Skeleton key={key} height={52} />
                ))}
              </div>
            )
          ) : items.length === 0 ? (
            <EmptyState title={show === 'waiting' ? 'All clear' : 'None of these'}>
              {show === 'waiting'
                ? 'No withdrawal waits for you.'
                : 'Withdrawals show here as soon as there are some.'}
            </EmptyState>
          ) : (
            <>
              <ul className="queue-rows">
                {items.map((row) => (
                  <Row
                    key={row.id}
                    row={row}
                    open={row.id === open}
                    ticked={ticked.has(row.id)}
                    onOpen={() => setChosen(row.id)}
                    onTick={show === 'waiting' || show === 'risk' || show === 'old' ? tick : undefined}
                  />
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
          <Bulk ticked={ticked} items={items} onDone={() => setTicked(new Set())} />
        </section>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
        <section className="card detail" tabIndex={0} aria-label="The withdrawal" aria-live="polite">
          {open === null ? (
            <EmptyState title="Choose a withdrawal">
              <kbd className="kbd">J</kbd> and <kbd className="kbd">K</kbd> go down and up the list.
            </EmptyState>
          ) : (
            <ConsolePayout key={open} id={open} onBack={() => setChosen(null)} />
          )}
        </section>
      </div>
      <ConsoleFiles ready={first?.ready ?? []} />
    </div>
  );
}

function Sums({ queue }: { readonly queue: Queue | undefined }) {
  if (queue === undefined) return null;
  const { count, money } = queue.waiting;
  if (count === 0) return <>Nothing waits.</>;
  return (
    <>
      <b className="text-fg">{count}</b> waiting, <AmountText amount={money} /> together.
    </>
  );
}

interface RowProps {
  readonly row: QueueRow;
  readonly open: boolean;
  readonly ticked: boolean;
  readonly onOpen: () => void;
  readonly onTick: ((id: string, on: boolean) => void) | undefined;
}

function Row({ row, open, ticked, onOpen, onTick }: RowProps) {
  return (
    <li data-open={open ? '' : undefined} id={`row-${row.id}`}>
      {onTick === undefined ? null : (
        <input
          type="checkbox"
          aria-label={`Choose ${row.reference} of ${row.creator.displayName}`}
          checked={ticked}
          onChange={(event) => onTick(row.id, event.target.checked)}
        />
      )}
      <button type="button" aria-current={open ? 'true' : undefined} onClick={onOpen}>
        <Avatar avatar={row.creator.avatar} size={34} />
        <span className="who">
          <b>{row.creator.displayName}</b>
          <small>
            {row.get.display} · {row.methodName} {row.masked}
          </small>
        </span>
        <span className="right">
          <b>
            <AmountText amount={row.gross} />
          </b>
          <small data-risk={row.risk}>
            {row.risk === 'low' ? null : <CircleAlert aria-hidden />}
            {row.risk === 'low' ? 'low risk' : row.risk === 'some' ? 'some risk' : 'high risk'} ·{' '}
            {sinceText(row.requestedAt)}
          </small>
        </span>
        <PayoutStatus withdrawal={row} />
      </button>
    </li>
  );
}

/** `2 h`, `26 h`, `3 d`: how long it waits. */
function sinceText(at: string): string {
  const minutes = Math.max(0, Math.floor((Date.now() - Date.parse(at)) / 60_000));
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 72 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
}

function Bulk(props: {
  readonly ticked: ReadonlySet<string>;
  readonly items: readonly QueueRow[];
  readonly onDone: () => void;
}) {
  const ids = props.items.filter(({ id }) => props.ticked.has(id)).map(({ id }) => id);
  const release = useMutation({
    mutationFn: () => releaseAll(ids),
    onSuccess: ({ items }) => {
      void payoutsChanged();
      props.onDone();
      const left = items.filter(({ done }) => !done);
      const done = items.length - left.length;
      if (done > 0)
        notifyDone(`${done} released. They go to their provider, with the next file, or by hand.`);
      const why = left[0]?.detail;
      if (why) notifyFailure(`${left.length} not released. ${why}`, undefined, 'bulk-release');
    },
    onError: (error) => {
      const { detail, remedy } = ApiProblem.of(error);
      notifyFailure(`${detail} ${remedy}`, undefined, 'bulk-release');
    },
  });
  if (ids.length === 0) return null;
  return (
    <div className="bulk">
      <span>
        <b>{ids.length}</b> chosen
      </span>
      <Button kind="primary" size="sm" busy={release.isPending} onClick={() => release.mutate()}>
        Release
      </Button>
    </div>
  );
}
