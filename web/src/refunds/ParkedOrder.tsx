import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { Choices } from '../ui/Choices.tsx';
import { Field } from '../ui/Field.tsx';
import { ErrorCard } from '../ui/States.tsx';
import { Status } from '../ui/Status.tsx';
import {
  consoleChanged,
  decideResolution,
  type OrderDetail,
  type Parked,
  resolveParked,
} from './refunds-api.ts';

type Verdict = 'credit' | 'given_back' | 'close';

/** An order that waits for a person, what came for it, and what can be made of it. */
export function ParkedOrder({ detail, parked }: { readonly detail: OrderDetail; readonly parked: Parked }) {
  const { resolution, came } = parked;
  const isOpen = resolution === null || resolution.state === 'rejected';
  return (
    <section className="card grid gap-3" aria-labelledby="parked">
      <header>
        <h2 id="parked">{isOpen ? 'This order waits for a person' : 'What was made of it'}</h2>
      </header>
      <p>
        {PROBLEMS[parked.problem] ?? parked.problem.replaceAll('_', ' ')} Asked for:{' '}
        {detail.order.price.display}.{' '}
        {came === null ? 'The provider does not answer just now.' : `The provider says ${came.display} came.`}
      </p>
      {resolution === null ? null : (
        <>
          <p>
            <Status look={LOOKS[resolution.state]}>
              {VERDICTS[resolution.verdict]}: {STATES[resolution.state]}
            </Status>
          </p>
          <p className="text-fg-2">
            {resolution.by.displayName}: {resolution.reason}
            {resolution.reference === null ? '' : ` · ${resolution.reference}`}
          </p>
        </>
      )}
      {resolution?.state === 'waiting' ? <Decide orderId={detail.order.id} parked={parked} /> : null}
      {isOpen ? <Resolve detail={detail} parked={parked} /> : null}
    </section>
  );
}

const PROBLEMS: Readonly<Record<string, string>> = {
  paid_partial: 'Less came than the price, and then the quote expired.',
  paid_late: 'The payment came after the quote had expired.',
  paid_over: 'More came than the price.',
  marked_by_hand: 'Somebody marked it as paid at the provider.',
  payment_invalid: 'The payment was not confirmed.',
  amount_mismatch: 'The provider names another amount than was ordered.',
  missing_at_provider: 'The provider does not know this payment.',
  unknown_status: 'The provider says something that nobody here knows.',
};

const VERDICTS = { credit: 'Credit what came', given_back: 'Given back', close: 'Closed' } as const;
const STATES = {
  waiting: 'waits for a second operator',
  approved: 'being booked',
  done: 'done',
  rejected: 'rejected',
} as const;
const LOOKS = { waiting: 'pending', approved: 'checking', done: 'done', rejected: 'failed' } as const;

function Resolve({ detail, parked }: { readonly detail: OrderDetail; readonly parked: Parked }) {
  const nothing = parked.came?.units === '0';
  const [verdict, setVerdict] = useState<Verdict>(nothing ? 'close' : 'credit');
  const [reason, setReason] = useState('');
  const [reference, setReference] = useState('');
  const resolve = useMutation({
    mutationFn: () =>
      resolveParked(detail.order.id, {
        verdict,
        reason: reason.trim(),
        reference: verdict === 'given_back' ? reference.trim() : null,
      }),
    onSettled: () => consoleChanged(),
  });
  const items = nothing
    ? ([{ value: 'close', label: 'Close it' }] as const)
    : ([
        { value: 'credit', label: `Credit ${parked.credits.display}` },
        { value: 'given_back', label: 'It was given back' },
      ] as const);
  return (
    <form
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        resolve.mutate();
      }}
    >
      <Choices<Verdict> label="What to do" items={items} value={verdict} onChange={setVerdict} />
      {verdict === 'given_back' ? (
        <Field
          label="Its reference"
          hint="The bank’s, the wallet’s or the provider’s id of the payment back. A second operator looks at it."
          value={reference}
          maxLength={200}
          onChange={(event) => setReference(event.target.value)}
        />
      ) : null}
      <Field
        label="Reason"
        hint="For your colleagues; it is kept."
        value={reason}
        maxLength={300}
        onChange={(event) => setReason(event.target.value)}
      />
      {resolve.isError ? <ErrorCard title="Nothing was done." error={resolve.error} /> : null}
      <div>
        <Button
          type="submit"
          kind="primary"
          busy={resolve.isPending}
          disabled={reason.trim().length < 3 || (verdict === 'given_back' && reference.trim().length < 3)}
        >
          {VERDICTS[verdict]}
        </Button>
      </div>
    </form>
  );
}

function Decide({ orderId, parked }: { readonly orderId: string; readonly parked: Parked }) {
  const [reason, setReason] = useState('');
  const approval = parked.resolution?.approval ?? null;
  const decide = useMutation({
    mutationFn: async (verdict: 'approved' | 'rejected') => {
      if (approval === null) return;
      await decideResolution(orderId, approval, verdict, reason.trim() === '' ? null : reason.trim());
    },
    onSettled: () => consoleChanged(),
  });
  if (approval === null) return null;
  if (approval.yours) return <p className="text-fg-2">You asked for it, so a colleague decides.</p>;
  return (
    <div className="grid gap-3">
      <p>{approval.summary}.</p>
      <Field
        label="Why, if you reject it"
        value={reason}
        maxLength={300}
        onChange={(event) => setReason(event.target.value)}
      />
      {decide.isError ? <ErrorCard title="Nothing was decided." error={decide.error} /> : null}
      <div className="flex flex-wrap gap-2.5">
        <Button size="sm" kind="primary" busy={decide.isPending} onClick={() => decide.mutate('approved')}>
          Approve
        </Button>
        <Button
          size="sm"
          kind="ghost"
          disabled={reason.trim().length < 3}
          busy={decide.isPending}
          onClick={() => decide.mutate('rejected')}
        >
          Reject
        </Button>
      </div>
    </div>
  );
}
