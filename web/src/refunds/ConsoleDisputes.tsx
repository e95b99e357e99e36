import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ExternalLink } from 'lucide-react';
import { useState } from 'react';
import { Console } from '../console/Console.tsx';
import { AmountText } from '../ui/Amount.tsx';
import { Button, buttonLook } from '../ui/Button.tsx';
import { Choices } from '../ui/Choices.tsx';
import { Field } from '../ui/Field.tsx';
import { PageHead } from '../ui/PageHead.tsx';
import { EmptyState, ErrorCard, Skeleton } from '../ui/States.tsx';
import { Status } from '../ui/Status.tsx';
import { Time } from '../ui/Time.tsx';
import { consoleChanged, type Dispute, disputesQuery, pardon } from './refunds-api.ts';
import { StepList } from './StepList.tsx';
import './refunds.css';

/** Payments that banks or providers took back or may take back, and who bears it. */
export function ConsoleDisputes() {
  return <Console>{() => <Disputes />}</Console>;
}

function Disputes() {
  const [show, setShow] = useState<'open' | 'all'>('open');
  const query = useInfiniteQuery(disputesQuery(show));
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="page-body">
      <PageHead
        title="Disputes"
        sub="While a bank decides, the unspent part of that purchase and the gifts it paid for are held. Evidence is brought at the provider."
      />
      <section className="card" aria-label="Disputes">
        <Choices
          label="Which disputes"
          items={[
            { value: 'open', label: 'Open' },
            { value: 'all', label: 'All' },
          ]}
          value={show}
          onChange={setShow}
        />
        {query.data === undefined ? (
          query.isError ? (
            <ErrorCard
              title="The disputes could not be read."
              error={query.error}
              onRetry={() => void query.refetch()}
            />
          ) : (
            <Skeleton height={160} className="mt-4" />
          )
        ) : items.length === 0 ? (
          <EmptyState title={show === 'open' ? 'No dispute is open' : 'There was no dispute yet'}>
            They show here as soon as a bank opens one, or somebody refunds a payment at the provider itself.
          </EmptyState>
        ) : (
          <ul className="refund-rows">
            {items.map((dispute) => (
              <DisputeRow key={dispute.id} dispute={dispute} />
            ))}
          </ul>
        )}
        {query.hasNextPage ? (
          <Button kind="ghost" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Load more
          </Button>
        ) : null}
      </section>
    </div>
  );
}

const LOOKS = { held: 'pending', parked: 'warning', released: 'done', taken: 'returned' } as const;

export function DisputeRow({ dispute }: { readonly dispute: Dispute }) {
  const isOpen = dispute.state === 'held' || dispute.state === 'parked';
  return (
    <li>
      <div className="case-line">
        <span className="who">
          <b>
            {dispute.kind === 'dispute' ? 'Dispute' : 'Refunded at the provider'} · {dispute.fan.displayName}
          </b>
          <small>
            {dispute.reason} · {dispute.provider} says “{dispute.providerSays}” ·{' '}
            <Time at={dispute.openedAt} look="stamp" />
          </small>
        </span>
        <b>
          <AmountText amount={dispute.amount} />
        </b>
        <Status look={isBack(dispute) ? 'done' : LOOKS[dispute.state]}>{stateWords(dispute)}</Status>
      </div>
      {dispute.needsPerson ? (
        <div className="notice" data-tone="bad">
          <p>{dispute.note}</p>
        </div>
      ) : null}
      {isOpen && !dispute.needsPerson && dispute.note !== null ? (
        <p className="text-fg-2">{dispute.note}</p>
      ) : null}
      {isOpen ? (
        <dl className="took">
          <div>
            <dt>Held of the fan</dt>
            <dd>{dispute.holds.unspent.display}</dd>
          </div>
          <div>
            <dt>
              Gifts that do not mature
              {dispute.holds.creators.length === 0
                ? ''
                : `, to ${dispute.holds.creators.map(({ displayName }) => displayName).join(', ')}`}
            </dt>
            <dd>
              {dispute.holds.gifts} · {dispute.holds.giftsWorth.display}
            </dd>
          </div>
          {dispute.evidenceDueAt === null ? null : (
            <div>
              <dt>Evidence is due</dt>
              <dd>
                <Time at={dispute.evidenceDueAt} look="stamp" />
              </dd>
            </div>
          )}
        </dl>
      ) : null}
      {dispute.took.length === 0 ? null : (
        <dl className="took" aria-label="What was taken from where">
          {dispute.took.map((part) => (
            <div key={part.source}>
              <dt>{part.label}</dt>
              <dd>
                {part.money.display}
                {part.units.units === '0' ? '' : ` · ${part.units.display}`}
                {part.diamonds.units === '0' ? '' : ` · ${part.diamonds.display} of creators`}
              </dd>
            </div>
          ))}
        </dl>
      )}
      {dispute.returned === null ? null : (
        <dl className="took" aria-label="What came back to whom">
          <div>
            <dt>Back with the fan</dt>
            <dd>{dispute.returned.units.display}</dd>
          </div>
          {dispute.returned.money.units === '0' ? null : (
            <div>
              <dt>Back with the house</dt>
              <dd>{dispute.returned.money.display}</dd>
            </div>
          )}
        </dl>
      )}
      <div className="flex flex-wrap items-center gap-2.5">
        <Link
          to="/console/refunds"
          search={{ order: dispute.order }}
          {...buttonLook({ kind: 'ghost', size: 'sm' })}
        >
          The order
        </Link>
        {dispute.providerUrl === null ? (
          isOpen && dispute.kind === 'dispute' ? (
            <small>Evidence is brought at the provider: {dispute.providerRef}.</small>
          ) : null
        ) : (
          <a
            href={dispute.providerUrl}
            target="_blank"
            rel="noreferrer"
            {...buttonLook({ kind: 'ghost', size: 'sm' })}
          >
            <ExternalLink aria-hidden />
            {dispute.kind === 'dispute' ? 'Bring evidence at the provider' : 'See it at the provider'}
          </a>
        )}
      </div>
      <StepList steps={dispute.steps} label="What happened" />
      {dispute.state === 'taken' && dispute.kind === 'dispute' && !dispute.pardoned ? (
        <Pardon dispute={dispute} />
      ) : null}
    </li>
  );
}

/** Whether the bank sent back what was booked as gone. */
function isBack({ state, returned }: Dispute): boolean {
  return state === 'taken' && returned !== null;
}

function stateWords(dispute: Dispute): string {
  const { state, kind } = dispute;
  if (isBack(dispute)) return kind === 'dispute' ? 'Won after all' : 'Sent back';
  switch (state) {
    case 'held':
      return 'Held';
    case 'parked':
      return 'Held: not understood';
    case 'released':
      return kind === 'dispute' ? 'Won' : 'Did not happen';
    case 'taken':
      return kind === 'dispute' ? 'Lost' : 'Booked';
  }
}

function Pardon({ dispute }: { readonly dispute: Dispute }) {
  const [reason, setReason] = useState('');
  const lift = useMutation({
    mutationFn: () => pardon(dispute.id, reason.trim()),
    onSettled: () => consoleChanged(),
  });
  return (
    <details className="how">
      <summary>Let {dispute.fan.displayName} buy and give again</summary>
      <form
        className="grid gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          lift.mutate();
        }}
      >
        <Field
          label="Why"
          hint="After a lost dispute the account can neither buy nor give until somebody says so."
          value={reason}
          maxLength={300}
          onChange={(event) => setReason(event.target.value)}
        />
        {lift.isError ? <ErrorCard title="Nothing was changed." error={lift.error} /> : null}
        <Button
          type="submit"
          size="sm"
          kind="primary"
          busy={lift.isPending}
          disabled={reason.trim().length < 3}
        >
          Let them
        </Button>
      </form>
    </details>
  );
}
