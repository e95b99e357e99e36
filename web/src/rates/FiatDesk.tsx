import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { ErrorCard, Skeleton } from '../ui/States.tsx';
import { Status, type StatusLook } from '../ui/Status.tsx';
import { Time } from '../ui/Time.tsx';
import { decideFiat, type FiatWatch, fiatWatchQuery, ratesChanged } from './drafts-api.ts';

const OUTCOMES: Readonly<Record<NonNullable<FiatWatch['outcome']>, readonly [StatusLook, string]>> = {
  taken: ['done', 'Taken'],
  same: ['done', 'No newer one'],
  parked: ['warning', 'Waits for you'],
  refused: ['failed', 'Refused'],
  failed: ['failed', 'Not read'],
};

/** Where other currencies come from, how the last look went, and what waits for an operator. */
export function FiatDesk() {
  const watch = useQuery(fiatWatchQuery);
  return (
    <section className="card" aria-labelledby="fiat-desk">
      <h2 id="fiat-desk" className="text-lg!">
        Other currencies
      </h2>
      {watch.data === undefined ? (
        watch.isError ? (
          <ErrorCard
            title="The other currencies could not be read."
            error={watch.error}
            onRetry={() => void watch.refetch()}
          />
        ) : (
          <Skeleton height={80} />
        )
      ) : (
        <>
          <Source watch={watch.data} />
          {watch.data.parked.map((table) => (
            <Parked key={table.id} table={table} />
          ))}
        </>
      )}
    </section>
  );
}

function Source({ watch }: { readonly watch: FiatWatch }) {
  if (watch.source === null || watch.outcome === null || watch.lookedAt === null) {
    return (
      <p className="mt-2 text-fg-2">
        There is no source of rates yet. Name a file or an address with <code>CARAT_FIAT_RATES</code>.
      </p>
    );
  }
  const [look, word] = OUTCOMES[watch.outcome];
  return (
    <p className="fiat-source">
      <Status look={look}>{word}</Status>
      <span>
        {watch.detail === null ? '' : `${watch.detail} `}Source: {watch.source}. Looked at{' '}
        <Time at={watch.lookedAt} />, next <Time at={watch.nextLookAt} look="stamp" />.
      </span>
    </p>
  );
}

function Parked({ table }: { readonly table: FiatWatch['parked'][number] }) {
  const [reason, setReason] = useState('');
  const decide = useMutation({
    mutationFn: (take: boolean) => decideFiat(table.id, take, reason.trim()),
    onSettled: ratesChanged,
  });
  const noReason = reason.trim() === '';
  return (
    <form className="parked" onSubmit={(event) => event.preventDefault()}>
      <h3>The table of {table.asOf} moves further than the policy lets pass</h3>
      <table className="rows">
        <thead>
          <tr>
            <th scope="col">For a dollar</th>
            <th scope="col" className="num">
              Before
            </th>
            <th scope="col" className="num">
              New
            </th>
            <th scope="col" className="num">
              Moves
            </th>
          </tr>
        </thead>
        <tbody>
          {table.moves.map((move) => (
            <tr key={move.currency}>
              <td>
                <b>{move.currency}</b>
              </td>
              <td className="num">{move.from}</td>
              <td className="num">{move.to}</td>
              <td className="num">{Number(move.basisPoints) / 100} %</td>
            </tr>
          ))}
        </tbody>
      </table>
      {decide.error === null ? null : <ErrorCard title="It was not decided." error={decide.error} />}
      <Field
        label="Why you take it or drop it"
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      <div className="actions">
        <Button
          size="sm"
          kind="primary"
          disabled={noReason}
          busy={decide.isPending}
          onClick={() => decide.mutate(true)}
        >
          Take it
        </Button>
        <Button
          size="sm"
          kind="ghost"
          disabled={noReason || decide.isPending}
          onClick={() => decide.mutate(false)}
        >
          Drop it
        </Button>
      </div>
    </form>
  );
}
