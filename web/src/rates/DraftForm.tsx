import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { formProblem } from '../identity/form.ts';
import { AmountText } from '../ui/Amount.tsx';
import type { Amount } from '../ui/amounts.ts';
import { Button } from '../ui/Button.tsx';
import { dayText } from '../ui/dates.ts';
import { Field } from '../ui/Field.tsx';
import { ErrorCard } from '../ui/States.tsx';
import { makeDraft, type RateDraft, ratesChanged, reviseDraft } from './drafts-api.ts';
import { firstDay } from './first-day.ts';

interface DraftFormProps {
  /** `null` for a new one. */
  readonly draft: RateDraft | null;
  readonly earliestStart: string;
  readonly highest: Amount;
  readonly onDone: () => void;
}

/** What a Diamond should be worth, from which midnight on, and why. */
export function DraftForm({ draft, earliestStart, highest, onDone }: DraftFormProps) {
  const first = firstDay(earliestStart);
  const [dollars, setDollars] = useState(draft?.dollars ?? '');
  const [day, setDay] = useState(draft?.startsAt.slice(0, 10) ?? first);
  const [reason, setReason] = useState(draft?.reason ?? '');
  const save = useMutation({
    mutationFn: () => {
      const input = { dollars: dollars.trim(), startsAt: `${day}T00:00:00Z`, reason: reason.trim() };
      return draft === null ? makeDraft(input) : reviseDraft(draft.id, input);
    },
    onSuccess: () => {
      ratesChanged();
      onDone();
    },
  });
  const problem = formProblem(save.error, ['/dollars', '/startsAt', '/reason']);
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      {problem.rest === null ? null : <ErrorCard title="The draft was not kept." error={problem.rest} />}
      <Field
        label="Dollars for 1,000 Diamonds"
        inputMode="decimal"
        autoComplete="off"
        placeholder="13.50"
        required
        pattern="[0-9]+(\.[0-9]{1,6})?"
        value={dollars}
        onChange={(event) => setDollars(event.target.value)}
        hint={
          <>
            At most <AmountText amount={highest} />: more, and a gift would be worth more than it cost.
          </>
        }
        wrong={problem.at('/dollars')}
      />
      <Field
        label="Starts on"
        type="date"
        required
        min={first}
        value={day}
        onChange={(event) => setDay(event.target.value)}
        hint={`At midnight UTC. With the days of notice, ${dayText(new Date(`${first}T12:00:00`), new Date())} is the first that can be.`}
        wrong={problem.at('/startsAt')}
      />
      <Field
        label="Why"
        required
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
        hint="Everybody reads this beside the rate."
        wrong={problem.at('/reason')}
      />
      <div>
        <Button type="submit" kind="primary" busy={save.isPending}>
          {draft === null ? 'Keep as a draft' : 'Keep the change'}
        </Button>
      </div>
    </form>
  );
}
