import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { AmountText } from '../ui/Amount.tsx';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { notifyDone } from '../ui/notify.ts';
import { ErrorCard } from '../ui/States.tsx';
import { Status } from '../ui/Status.tsx';
import { Time } from '../ui/Time.tsx';
import { ParkedRefund } from './ParkedRefund.tsx';
import {
  type ConsoleRefund,
  confirmSent,
  consoleChanged,
  decideRefund,
  takeBackRefund,
} from './refunds-api.ts';
import { StepList } from './StepList.tsx';

const LOOKS = {
  waiting: 'pending',
  asked: 'checking',
  to_pay: 'warning',
  sent: 'checking',
  parked: 'warning',
  rejecting: 'checking',
  refunded: 'done',
  failed: 'failed',
  rejected: 'failed',
} as const;

export const REFUND_WORDS = {
  waiting: 'Waits for a second operator',
  asked: 'To be sent',
  to_pay: 'To be paid by hand',
  sent: 'With the provider',
  parked: 'Not understood',
  rejecting: 'Being taken back',
  refunded: 'Refunded',
  failed: 'Failed',
  rejected: 'Rejected',
} as const;

/** One refund as operators see it, with what they can do about it now. */
export function RefundRow({
  refund,
  onChoose,
}: {
  readonly refund: ConsoleRefund;
  readonly onChoose?: (id: string) => void;
}) {
  return (
    <li>
      <div className="case-line">
        <span className="who">
          <b>
            {refund.returned.display} · {refund.fan.displayName}
          </b>
          <small>
            {refund.askedBy.handle === refund.fan.handle
              ? 'By themselves'
              : `By ${refund.askedBy.displayName}`}
            {refund.reason === null ? '' : `: ${refund.reason}`} · <Time at={refund.askedAt} look="stamp" />
            {refund.road === 'hand'
              ? ` · by hand${refund.reference === null ? '' : `, ${refund.reference}`}`
              : ''}
            {refund.providerRef === null ? '' : ` · ${refund.providerRef}`}
          </small>
        </span>
        <b>
          <AmountText amount={refund.amount} />
        </b>
        <Status look={LOOKS[refund.state]}>{REFUND_WORDS[refund.state]}</Status>
      </div>
      {refund.failure === null ? null : <p className="text-fg-2">{refund.failure}</p>}
      {refund.state === 'waiting' && refund.approval?.state === 'open' ? <Decide refund={refund} /> : null}
      {refund.state === 'to_pay' ? <Pay refund={refund} /> : null}
      {refund.state === 'parked' ? <ParkedRefund refund={refund} /> : null}
      {refund.state === 'waiting' || refund.state === 'to_pay' ? <TakeBack refund={refund} /> : null}
      {onChoose === undefined ? null : (
        <Button size="sm" kind="ghost" onClick={() => onChoose(refund.order)}>
          The order
        </Button>
      )}
      <StepList steps={refund.steps} label="What happened" />
    </li>
  );
}

function Decide({ refund }: { readonly refund: ConsoleRefund }) {
  const [reason, setReason] = useState('');
  const { approval } = refund;
  const decide = useMutation({
    mutationFn: async (verdict: 'approved' | 'rejected') => {
      if (approval === null) return;
      await decideRefund(refund, approval, verdict, reason.trim() === '' ? null : reason.trim());
    },
    onSettled: () => consoleChanged(),
  });
  if (approval === null) return null;
  if (approval.yours) {
    return (
      <p className="text-fg-2">
        You asked for it, so a colleague decides. The units stay reserved for a week.
      </p>
    );
  }
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
          Approve {refund.amount.display}
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

/** It is decided: somebody pays it, and says so. */
function Pay({ refund }: { readonly refund: ConsoleRefund }) {
  const [reference, setReference] = useState('');
  const confirm = useMutation({
    mutationFn: () => confirmSent(refund, reference.trim()),
    onSuccess: () => notifyDone(`${refund.amount.display} is booked as paid by hand.`),
    onSettled: () => consoleChanged(),
  });
  return (
    <form
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        confirm.mutate();
      }}
    >
      <p>
        Pay {refund.amount.display} to {refund.fan.displayName} now, then say that it is sent. The{' '}
        {refund.returned.display} stay held until then.
      </p>
      <Field
        label="Its reference"
        hint="What names the payment at the bank or in the wallet. It is kept, and the fan reads it."
        value={reference}
        maxLength={200}
        onChange={(event) => setReference(event.target.value)}
      />
      {confirm.isError ? <ErrorCard title="Nothing was booked." error={confirm.error} /> : null}
      <div>
        <Button
          type="submit"
          size="sm"
          kind="primary"
          busy={confirm.isPending}
          disabled={reference.trim().length < 3}
        >
          {refund.amount.display} is sent
        </Button>
      </div>
    </form>
  );
}

function TakeBack({ refund }: { readonly refund: ConsoleRefund }) {
  const [reason, setReason] = useState('');
  const take = useMutation({
    mutationFn: () => takeBackRefund(refund, reason.trim()),
    onSettled: () => consoleChanged(),
  });
  return (
    <details className="how">
      <summary>Take it back</summary>
      <form
        className="grid gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          take.mutate();
        }}
      >
        <Field
          label="Why"
          hint={`${refund.returned.display} are free again then. Never after money was sent.`}
          value={reason}
          maxLength={300}
          onChange={(event) => setReason(event.target.value)}
        />
        {take.isError ? <ErrorCard title="Nothing was taken back." error={take.error} /> : null}
        <div>
          <Button
            type="submit"
            size="sm"
            kind="ghost"
            busy={take.isPending}
            disabled={reason.trim().length < 3}
          >
            Take it back
          </Button>
        </div>
      </form>
    </details>
  );
}
