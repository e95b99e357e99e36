import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ApiProblem } from '../api/problem.ts';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { ErrorCard, Skeleton } from '../ui/States.tsx';
import { askResolution, type Detail, payoutsChanged, type Resolving, resolvingQuery } from './console-api.ts';

/** What the provider of a withdrawal that waits for people says now, and what two operators can make of it, with every entry. */
export function ResolvePayout({ detail, onDone }: { readonly detail: Detail; readonly onDone: () => void }) {
  const query = useQuery(resolvingQuery(detail.withdrawal.id));
  if (query.isError) {
    const { detail: why, remedy } = ApiProblem.of(query.error);
    return (
      <div className="notice" data-tone="warn" role="alert">
        <div className="grid gap-2">
          <p>
            <b>{why}</b> {remedy}
          </p>
          <div>
            <Button size="sm" kind="ghost" busy={query.isFetching} onClick={() => void query.refetch()}>
              Ask again
            </Button>
          </div>
        </div>
      </div>
    );
  }
  if (query.data === undefined) return <Skeleton height={320} />;
  return <Choose detail={detail} resolving={query.data} onDone={onDone} />;
}

function Choose({
  detail,
  resolving,
  onDone,
}: {
  readonly detail: Detail;
  readonly resolving: Resolving;
  readonly onDone: () => void;
}) {
  const { withdrawal } = detail;
  const [verdict, setVerdict] = useState<string | null>(null);
  const [reason, setReason] = useState('');
  const [number, setNumber] = useState('');
  /** How much came back, as it is typed and as it was last asked about; `null` = all of it. */
  const [typed, setTyped] = useState<string | null>(null);
  const [back, setBack] = useState<string | null>(null);
  const told = useQuery({ ...resolvingQuery(withdrawal.id, back), enabled: back !== null });
  const { choices } = (back === null ? undefined : told.data) ?? resolving;
  const chosen = choices.find((choice) => choice.verdict === verdict);
  const numberName = chosen?.number ?? null;
  const untold = chosen?.back ?? null;
  const ask = useMutation({
    mutationFn: () =>
      askResolution(withdrawal.id, {
        verdict: verdict ?? '',
        reason: reason.trim(),
        ...(numberName === null ? {} : { number: number.trim() }),
        // All of it is what the choice itself says.
        ...(untold === null || typed === null ? {} : { back: typed.trim() }),
      }),
    onSettled: () => payoutsChanged(),
    onSuccess: onDone,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask.mutate();
  };
  return (
    <form className="grid gap-4" onSubmit={submit}>
      <dl className="sums facts">
        <div>
          <dt>{withdrawal.methodName} says now</dt>
          <dd>{resolving.says}</dd>
        </div>
        <div>
          <dt>{withdrawal.state === 'sending' ? 'It was asked for' : 'It was sent'}</dt>
          <dd>
            {withdrawal.get.display} to {withdrawal.creator.displayName}
          </dd>
        </div>
        {resolving.refs.map((ref, index) => (
          <div key={ref}>
            <dt>{index === 0 ? 'Its names there' : ''}</dt>
            <dd>
              <code className="break-all">{ref}</code>
            </dd>
          </div>
        ))}
      </dl>
      {resolving.advice === null ? null : (
        <p className="notice" data-tone="warn">
          {resolving.advice}
        </p>
      )}
      <fieldset className="way-choice">
        <legend>What became of it</legend>
        {choices.map((choice) => (
          <label key={choice.verdict} data-chosen={choice.verdict === verdict ? '' : undefined}>
            <input
              type="radio"
              name="verdict"
              required
              value={choice.verdict}
              checked={choice.verdict === verdict}
              onChange={() => setVerdict(choice.verdict)}
            />
            <span>
              <b>{choice.title}</b>
              <small>{choice.effect}</small>
              {choice.entries.map((entry) => (
                <small key={`${entry.from} ${entry.to}`} className="booked">
                  <span className="font-mono">{entry.amount}</span> {entry.from} → {entry.to}
                </small>
              ))}
            </span>
          </label>
        ))}
      </fieldset>
      {numberName === null ? null : (
        <Field
          label={numberName}
          hint="As its activity shows it: of the batch, where there is one."
          required
          minLength={4}
          maxLength={64}
          pattern="[A-Za-z0-9_\-]+"
          value={number}
          onChange={(event) => setNumber(event.target.value)}
        />
      )}
      {untold === null ? null : (
        <Field
          label={`How much came back, in ${untold.currency}`}
          hint={`${withdrawal.methodName} does not say; its activity shows it.`}
          wrong={back !== null && told.isError ? ApiProblem.of(told.error).detail : undefined}
          required
          inputMode="decimal"
          pattern="[0-9]+([.][0-9]+)?"
          value={typed ?? untold.all}
          onChange={(event) => setTyped(event.target.value)}
          onBlur={() => setBack(typed === null || typed.trim() === untold.all ? null : typed.trim())}
        />
      )}
      <Field
        label="How you know"
        hint="For your colleague, who decides; it is kept."
        required
        minLength={3}
        maxLength={300}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      {ask.isError ? <ErrorCard title="Nobody was asked." error={ask.error} /> : null}
      <Button type="submit" kind="primary" size="lg" wide busy={ask.isPending} disabled={verdict === null}>
        Ask a colleague to approve
      </Button>
    </form>
  );
}
