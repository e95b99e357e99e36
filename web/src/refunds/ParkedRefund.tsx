import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { Choices } from '../ui/Choices.tsx';
import { Field } from '../ui/Field.tsx';
import { notifyDone } from '../ui/notify.ts';
import { ErrorCard } from '../ui/States.tsx';
import { askRefundVerdict, type ConsoleRefund, consoleChanged, type RefundVerdict } from './refunds-api.ts';

/** A refund that nobody understands: two operators can end it. */
export function ParkedRefund({ refund }: { readonly refund: ConsoleRefund }) {
  const { approval } = refund;
  if (approval?.state !== 'open') return <Ask refund={refund} />;
  return (
    <div className="grid gap-2">
      <p>{approval.summary}?</p>
      <p className="text-fg-2">
        {approval.yours ? (
          'You asked, so a colleague decides. Meanwhile the provider is asked again and again.'
        ) : (
          <>
            {approval.askedBy.displayName} asks. Decide it among the{' '}
            <Link to="/console/approvals">approvals</Link>.
          </>
        )}
      </p>
    </div>
  );
}

function Ask({ refund }: { readonly refund: ConsoleRefund }) {
  const [verdict, setVerdict] = useState<RefundVerdict>('failed');
  const [reason, setReason] = useState('');
  const ask = useMutation({
    mutationFn: () => askRefundVerdict(refund, verdict, reason.trim()),
    onSuccess: () => notifyDone('A second operator is asked.'),
    onSettled: () => consoleChanged(),
  });
  return (
    <details className="how">
      <summary>End it with a colleague</summary>
      <form
        className="grid gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          ask.mutate();
        }}
      >
        <p className="text-fg-2">
          The provider is asked again and again, and it may come clear by itself. Look there before you end it
          here.
        </p>
        <Choices<RefundVerdict>
          label="What you found there"
          items={[
            { value: 'failed', label: 'No money was sent' },
            { value: 'refunded', label: 'The money went back' },
          ]}
          value={verdict}
          onChange={setVerdict}
        />
        <p>
          {verdict === 'failed'
            ? `${refund.fan.displayName} gets the ${refund.returned.display} back.`
            : `${refund.amount.display} are booked as given back, and the ${refund.returned.display} are gone.`}
        </p>
        <Field
          label="How you know"
          hint="For the colleague who decides; it is kept."
          value={reason}
          maxLength={300}
          onChange={(event) => setReason(event.target.value)}
        />
        {ask.isError ? <ErrorCard title="Nothing was asked." error={ask.error} /> : null}
        <div>
          <Button
            type="submit"
            size="sm"
            kind="primary"
            busy={ask.isPending}
            disabled={reason.trim().length < 3}
          >
            Ask a colleague
          </Button>
        </div>
      </form>
    </details>
  );
}
