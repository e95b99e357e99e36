import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ChevronLeft } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { ApiProblem } from '../api/problem.ts';
import { every } from '../api/query.ts';
import { Button } from '../ui/Button.tsx';
import { Choices } from '../ui/Choices.tsx';
import { stampText } from '../ui/dates.ts';
import { Field } from '../ui/Field.tsx';
import { notifyDone } from '../ui/notify.ts';
import { PageHead } from '../ui/PageHead.tsx';
import { Sheet } from '../ui/Sheet.tsx';
import { EmptyState, ErrorCard, Skeleton } from '../ui/States.tsx';
import { Status, type StatusLook } from '../ui/Status.tsx';
import { Time } from '../ui/Time.tsx';
import { Console } from './Console.tsx';
import {
  type Approval,
  type ApprovalsShow,
  approvalsQuery,
  consoleChanged,
  decideApproval,
} from './console-api.ts';
import { placeOf } from './places.ts';
import { useQueueKeys } from './useQueueKeys.ts';
import '../withdrawals/console-payouts.css';
import '../verification/verification.css';

/** Everything that one operator asked another to approve, of every kind. */
export function ApprovalsPage() {
  return <Console>{() => <Approvals />}</Console>;
}

const SHOWS: readonly { readonly value: ApprovalsShow; readonly label: string }[] = [
  { value: 'open', label: 'Open' },
  { value: 'all', label: 'All' },
];

function Approvals() {
  const [show, setShow] = useState<ApprovalsShow>('open');
  const [chosen, setChosen] = useState<string | null>(null);
  const query = useInfiniteQuery({ ...approvalsQuery(show), refetchInterval: every(10_000) });
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const open = items.find(({ id }) => id === chosen) ?? null;
  useQueueKeys(items, chosen, setChosen);
  const forYou = items.filter(({ state, yours }) => state === 'open' && !yours).length;
  return (
    <div className="page-body">
      <PageHead
        title="Approvals"
        sub={
          query.data === undefined
            ? undefined
            : forYou === 0
              ? 'Nothing waits for your word.'
              : `${forYou} ${forYou === 1 ? 'waits' : 'wait'} for your word.`
        }
      />
      <div className="queue" data-open={open === null ? undefined : ''}>
        <section className="card list" aria-label="Approvals">
          <Choices label="Which approvals" items={SHOWS} value={show} onChange={setShow} />
          {query.data === undefined ? (
            query.isError ? (
              <ErrorCard
                title="The approvals could not be read."
                error={query.error}
                onRetry={() => void query.refetch()}
              />
            ) : (
              <div className="grid gap-3 pt-4">
                {['a', 'b', 'c'].map((key) => (
                  <Skeleton key={key} height={52} />
                ))}
              </div>
            )
          ) : items.length === 0 ? (
            <EmptyState title={show === 'open' ? 'All clear' : 'None yet'}>
              What takes two operators shows here: rates, large withdrawals, roles.
            </EmptyState>
          ) : (
            <>
              <ul className="queue-rows">
                {items.map((row) => (
                  <Row key={row.id} row={row} open={row.id === chosen} onOpen={() => setChosen(row.id)} />
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
        <section className="card detail" aria-label="The approval" aria-live="polite">
          {open === null ? (
            <EmptyState title="Choose an approval">
              <kbd className="kbd">J</kbd> and <kbd className="kbd">K</kbd> go down and up the list.
            </EmptyState>
          ) : (
            <Shown key={open.id} approval={open} onBack={() => setChosen(null)} />
          )}
        </section>
      </div>
    </div>
  );
}

const LOOKS: Readonly<Record<Approval['state'], readonly [StatusLook, string]>> = {
  open: ['checking', 'Open'],
  approved: ['done', 'Approved'],
  rejected: ['failed', 'Rejected'],
  withdrawn: ['returned', 'Taken back'],
  expired: ['warning', 'Expired'],
};

function Row({
  row,
  open,
  onOpen,
}: {
  readonly row: Approval;
  readonly open: boolean;
  readonly onOpen: () => void;
}) {
  const [look, word] = LOOKS[row.state];
  return (
    <li data-open={open ? '' : undefined} data-plain="" id={`row-${row.id}`}>
      <button type="button" aria-current={open ? 'true' : undefined} onClick={onOpen}>
        <span className="who" style={{ gridColumn: '1 / 3' }}>
          <b>{row.summary}</b>
          <small>
            {row.title} · asked by {row.yours ? 'you' : row.askedBy.displayName}
          </small>
        </span>
        <span className="right">
          <small>
            <Time at={row.askedAt} />
          </small>
        </span>
        <Status look={look}>{word}</Status>
      </button>
    </li>
  );
}

function Shown({ approval, onBack }: { readonly approval: Approval; readonly onBack: () => void }) {
  const [look, word] = LOOKS[approval.state];
  const place = placeOf(approval.page);
  return (
    <>
      <header className="detail-head">
        <Button kind="bare" size="sm" icon={<ChevronLeft aria-hidden />} onClick={onBack}>
          The list
        </Button>
        <h2>{approval.summary}</h2>
        <Status look={look}>{word}</Status>
        <p>
          Asked by {approval.yours ? 'you' : `${approval.askedBy.displayName} (@${approval.askedBy.handle})`},{' '}
          {stampText(new Date(approval.askedAt), new Date())}
          {approval.state === 'open'
            ? `; open until ${stampText(new Date(approval.expiresAt), new Date())}`
            : ''}
        </p>
      </header>
      <section className="part">
        <h3>What it does</h3>
        <dl className="facts">
          {linesOf(approval.body).map(([name, value]) => (
            <div key={name} className="contents">
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        {place === null ? null : (
          <p className="pt-3">
            <Link to={place.to} className="text-link">
              See more in {place.label}
            </Link>
          </p>
        )}
      </section>
      {approval.decidedAt === null ? null : (
        <section className="part">
          <h3>Decided</h3>
          <p>
            {word} by {approval.decidedBy?.displayName ?? 'somebody'}, <Time at={approval.decidedAt} />.{' '}
            {approval.reason}
          </p>
        </section>
      )}
      {approval.state === 'open' ? <Decide approval={approval} /> : null}
    </>
  );
}

/** `withinSevenDays: "$405.00"` → `Within seven days`, `$405.00`; what is nested stands behind its own name. */
function linesOf(body: Readonly<Record<string, unknown>>): [string, string][] {
  return Object.entries(body).flatMap(([name, value]): [string, string][] => {
    if (value === null || value === '' || isId(value)) return [];
    if (typeof value === 'object') return linesOf(value as Readonly<Record<string, unknown>>);
    return [[words(name), typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value)]];
  });
}

/** Names for machines: what they name stands beside them in words. */
function isId(value: unknown): boolean {
  return typeof value === 'string' && /^[a-z]+_[0-9a-f]{32}$/.test(value);
}

function words(name: string): string {
  const spaced = name.replaceAll(/([A-Z])/g, ' $1').toLowerCase();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

function Decide({ approval }: { readonly approval: Approval }) {
  const [isRefusing, setRefusing] = useState(false);
  const [reason, setReason] = useState('');
  const decide = useMutation({
    mutationFn: (decision: Parameters<typeof decideApproval>[1]) => decideApproval(approval, decision),
    onSettled: () => consoleChanged(),
    onSuccess: (_answer, { verdict }) => {
      setRefusing(false);
      notifyDone(verdict === 'approved' ? 'Approved. It is done.' : 'Rejected. The reason stands beside it.');
    },
  });
  if (approval.yours) {
    return <p className="pt-4 text-fg-2">You asked for this, so another operator decides.</p>;
  }
  const problem = decide.error === null ? null : ApiProblem.of(decide.error);
  const wrong =
    problem === null ? null : (
      <p className="wrong-line" role="alert">
        {problem.detail} {problem.remedy}
      </p>
    );
  const reject = (event: FormEvent) => {
    event.preventDefault();
    decide.mutate({ verdict: 'rejected', reason });
  };
  return (
    <footer className="actions">
      {isRefusing ? null : wrong}
      <div className="buttons">
        <Button kind="danger" onClick={() => setRefusing(true)}>
          Reject…
        </Button>
        <Button
          kind="primary"
          busy={decide.isPending && !isRefusing}
          onClick={() => decide.mutate({ verdict: 'approved' })}
        >
          Approve
        </Button>
      </div>
      <Sheet open={isRefusing} onOpenChange={setRefusing} title="Reject" description={approval.summary}>
        <form className="grid gap-4" onSubmit={reject}>
          <Field
            label="Why"
            required
            minLength={1}
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
          {wrong}
          <Button type="submit" kind="danger" size="lg" wide busy={decide.isPending}>
            Reject
          </Button>
        </form>
      </Sheet>
    </footer>
  );
}
