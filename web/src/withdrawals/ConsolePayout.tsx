import { useMutation, useQuery } from '@tanstack/react-query';
import { ChevronLeft, CircleAlert, CircleCheck } from 'lucide-react';
import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { ApiProblem } from '../api/problem.ts';
import { every } from '../api/query.ts';
import { AmountText } from '../ui/Amount.tsx';
import { Button } from '../ui/Button.tsx';
import { stampText } from '../ui/dates.ts';
import { Field } from '../ui/Field.tsx';
import { HowLines } from '../ui/How.tsx';
import { Sheet } from '../ui/Sheet.tsx';
import { ErrorCard, Skeleton } from '../ui/States.tsx';
import {
  askApproval,
  askFailure,
  askReturn,
  type Detail,
  decideApproval,
  detailQuery,
  moveTo,
  payoutsChanged,
} from './console-api.ts';
import { PayoutStatus } from './PayoutStatus.tsx';
import { ResolvePayout } from './ResolvePayout.tsx';
import type { Withdrawal } from './withdrawals-api.ts';

/** One withdrawal before an operator: what to look at, money, ledger, history, and what can be done. */
export function ConsolePayout({ id, onBack }: { readonly id: string; readonly onBack: () => void }) {
  const query = useQuery({ ...detailQuery(id), refetchInterval: every(10_000) });
  if (query.data === undefined) {
    return query.isError ? (
      <ErrorCard
        title="This withdrawal could not be read."
        error={query.error}
        onRetry={() => void query.refetch()}
      />
    ) : (
      <Skeleton height={420} />
    );
  }
  return <Shown detail={query.data} onBack={onBack} />;
}

/** Who is asked to pay it. */
function payerOf({ method, methodName }: Pick<Withdrawal, 'method' | 'methodName'>): string {
  return method === 'btcpay' ? 'BTCPay Server' : methodName;
}

function Shown({ detail, onBack }: { readonly detail: Detail; readonly onBack: () => void }) {
  const { withdrawal, lines, ledger, history } = detail;
  return (
    <>
      <header className="detail-head">
        <Button kind="bare" size="sm" icon={<ChevronLeft aria-hidden />} onClick={onBack}>
          The queue
        </Button>
        <h2>
          {withdrawal.creator.displayName}, {withdrawal.get.display}
        </h2>
        <PayoutStatus withdrawal={withdrawal} />
        <p>
          {withdrawal.reference} · to {withdrawal.holder}, {withdrawal.methodName} {withdrawal.masked} · asked{' '}
          {stampText(new Date(withdrawal.requestedAt), new Date())}
        </p>
      </header>
      {withdrawal.hold === null ? null : (
        <p className="notice" data-tone="warn">
          <CircleAlert aria-hidden />
          <span>
            <b>On hold until {stampText(new Date(withdrawal.hold.until), new Date())} at the latest.</b>{' '}
            {withdrawal.hold.reason}
          </span>
        </p>
      )}
      <Part title="What to look at">
        <ul className="flags">
          {withdrawal.flags.map((flag) => (
            <li key={flag.code} data-passed={flag.passed ? '' : undefined}>
              {flag.passed ? <CircleCheck aria-hidden /> : <CircleAlert aria-hidden />}
              <span className="sr-only">{flag.passed ? 'Fine: ' : 'Look: '}</span>
              {flag.words}
            </li>
          ))}
        </ul>
      </Part>
      {detail.instructions === null ? null : (
        <Part title="How to pay">
          <p className="instructions">{detail.instructions}</p>
        </Part>
      )}
      {detail.waits === null ? null : (
        <p className="notice" data-tone="warn">
          <CircleAlert aria-hidden />
          <span>
            <b>It waits to be handed to {payerOf(withdrawal)}.</b> {detail.waits}
          </span>
        </p>
      )}
      {detail.attempts.length === 0 ? null : (
        <Part title={`At ${payerOf(withdrawal)}`}>
          <ul className="attempts">
            {detail.attempts.map((attempt) => (
              <li key={attempt.number}>
                <p>
                  <b>Try {attempt.number}</b> to {attempt.destination}
                  {attempt.mode === 'live' ? '' : ` (${attempt.mode})`},{' '}
                  {stampText(new Date(attempt.madeAt), new Date())}
                </p>
                {attempt.problem === null ? null : (
                  <p className="notice" data-tone="warn">
                    <CircleAlert aria-hidden />
                    <span>{attempt.problem}</span>
                  </p>
                )}
                {attempt.closed === null ? null : (
                  <p>It did not happen: {attempt.closed.replaceAll('_', ' ')}.</p>
                )}
                {attempt.says === null || attempt.problem?.includes(attempt.says) ? null : (
                  <p>It says: {attempt.says}.</p>
                )}
                {attempt.refs.map((ref) => (
                  <code key={ref}>{ref}</code>
                ))}
              </li>
            ))}
          </ul>
        </Part>
      )}
      <Part title="Money">
        <HowLines lines={lines} />
      </Part>
      <Part title={`Ledger: ${ledger.length} ${ledger.length === 1 ? 'entry' : 'entries'}`}>
        <ul className="legs">
          {ledger.map((leg) => (
            <li key={leg.id}>
              <span>
                {leg.from} → {leg.to}
                <small>
                  {leg.what} · <span className="font-mono">{leg.id.slice(0, 14)}…</span>
                </small>
              </span>
              <AmountText amount={leg.amount} />
            </li>
          ))}
        </ul>
      </Part>
      <Part title="History">
        <ol className="history">
          {history.map((step) => (
            <li key={`${step.at} ${step.label}`}>
              <time dateTime={step.at}>{stampText(new Date(step.at), new Date())}</time>
              <span>
                <b>{step.label}</b>
                {step.by === null ? ' by the house' : ` by ${step.by}`}
                {step.code === null ? '' : ` · ${step.code}`}
                {step.note === null ? null : <small>{step.note}</small>}
              </span>
            </li>
          ))}
        </ol>
      </Part>
      <Actions detail={detail} />
    </>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="part">
      <h3>{title}</h3>
      {children}
    </section>
  );
}

/** What a move says besides. */
interface MoveBody {
  readonly reason?: string;
  readonly rule?: string;
  readonly until?: string;
  readonly code?: string;
}

const SIMPLE: Readonly<
  Record<string, { readonly state: string; readonly label: string; readonly primary: boolean }>
> = {
  send: { state: 'sent', label: 'I paid it: mark as sent', primary: true },
  pay: { state: 'paid', label: 'It has arrived', primary: true },
  lift_hold: { state: 'hold-lifted', label: 'Lift the hold: they can ask anew', primary: true },
};

function Actions({ detail }: { readonly detail: Detail }) {
  const { withdrawal, moves, needsSecond, approval } = detail;
  const [sheet, setSheet] = useState<keyof typeof SHEETS | null>(null);
  const move = useMutation({
    mutationFn: ({ state, body }: { state: string; body?: MoveBody }): Promise<unknown> =>
      state === 'returned' && detail.returnNeedsSecond
        ? askReturn(withdrawal.id, body?.code ?? '')
        : state === 'failed' && detail.failureNeedsSecond
          ? askFailure(withdrawal.id, body?.reason ?? '')
          : moveTo(withdrawal.id, state, body),
    onSettled: () => payoutsChanged(),
    onSuccess: () => setSheet(null),
  });
  const ask = useMutation({
    mutationFn: () => askApproval(withdrawal.id),
    onSettled: () => payoutsChanged(),
  });
  const deciding = useMutation({
    mutationFn: (verdict: 'approved' | 'rejected') =>
      open === null
        ? Promise.resolve()
        : decideApproval(
            open,
            verdict === 'approved' ? { verdict } : { verdict, reason: 'Not approved in the console.' },
          ),
    onSettled: () => payoutsChanged(),
  });
  const failed = move.error ?? ask.error ?? deciding.error;
  const problem = failed === null ? null : ApiProblem.of(failed);
  const open = approval !== null && approval.state === 'open' ? approval : null;
  const asks = (open === null ? undefined : ASKS[open.kind]) ?? RELEASE;
  if (moves.length === 0) return null;
  return (
    <footer className="actions">
      {problem === null || sheet !== null ? null : (
        <p className="notice" data-tone="bad" role="alert">
          <CircleAlert aria-hidden />
          <span>
            <b>{problem.detail}</b> {problem.remedy}
          </span>
        </p>
      )}
      {open !== null && moves.includes(asks.move) ? (
        <div className="notice" data-tone="info">
          <CircleAlert aria-hidden />
          <div className="grid gap-2">
            <p>
              <b>
                {open.yours ? 'You asked' : `${open.askedBy.displayName} asked`} {asks.words}
              </b>{' '}
              {open.yours ? 'Another operator decides.' : open.summary}
            </p>
            {open.kind === 'withdrawal_resolution' ? (
              <p>
                {withdrawal.methodName} said “{open.body.theProviderSays}”. {open.body.effect}{' '}
                {open.body.names === '' ? '' : `Its number there: ${open.body.names}. `}
                {open.body.books === 'nothing' ? '' : `The ledger books ${open.body.books}. `}
                {open.askedBy.displayName}: “{open.body.reason}”
              </p>
            ) : null}
            {open.yours ? null : (
              <div className="flex flex-wrap gap-2">
                <Button
                  size="sm"
                  kind="primary"
                  busy={deciding.isPending}
                  onClick={() => deciding.mutate('approved')}
                >
                  {asks.approve}
                </Button>
                <Button
                  size="sm"
                  kind="ghost"
                  disabled={deciding.isPending}
                  onClick={() => deciding.mutate('rejected')}
                >
                  Say no
                </Button>
              </div>
            )}
          </div>
        </div>
      ) : null}
      <div className="buttons">
        {moves.includes('hold') ? (
          <Button kind="ghost" onClick={() => setSheet('hold')}>
            Hold…
          </Button>
        ) : null}
        {moves.includes('fail') ? (
          <Button kind="danger" onClick={() => setSheet('fail')}>
            Do not pay…
          </Button>
        ) : null}
        {moves.includes('return') ? (
          <Button kind="ghost" onClick={() => setSheet('return')}>
            It came back…
          </Button>
        ) : null}
        {moves.includes('resolve') && open === null ? (
          <Button kind="primary" onClick={() => setSheet('resolve')}>
            Decide what became of it…
          </Button>
        ) : null}
        {moves.includes('call_back') ? (
          <Button kind="primary" onClick={() => setSheet('call_back')}>
            Take it back…
          </Button>
        ) : null}
        {moves.includes('park') ? (
          <Button kind="bare" onClick={() => setSheet('park')}>
            Ask the bank…
          </Button>
        ) : null}
        {moves.includes('release') && open === null ? (
          needsSecond ? (
            <Button kind="primary" busy={ask.isPending} onClick={() => ask.mutate()}>
              Ask for approval
            </Button>
          ) : (
            <Button kind="primary" busy={move.isPending} onClick={() => move.mutate({ state: 'released' })}>
              Release
            </Button>
          )
        ) : null}
        {moves.map((name) => {
          const simple = SIMPLE[name];
          return simple === undefined ? null : (
            <Button
              key={name}
              kind="primary"
              busy={move.isPending}
              onClick={() => move.mutate({ state: simple.state })}
            >
              {simple.label}
            </Button>
          );
        })}
      </div>
      <Sheet
        open={sheet !== null}
        onOpenChange={(on) => {
          if (!on) setSheet(null);
        }}
        title={sheet === null ? '' : SHEETS[sheet].title}
        description={
          sheet === null
            ? ''
            : sheet === 'return' && detail.returnNeedsSecond
              ? 'With what came back within a week it is large: a second operator approves that it came back.'
              : sheet === 'fail' && detail.failureNeedsSecond
                ? 'Somebody may have paid it by hand, and it is large: a second operator approves that it is not paid.'
                : SHEETS[sheet].line
        }
      >
        {sheet === null ? null : sheet === 'resolve' ? (
          <ResolvePayout detail={detail} onDone={() => setSheet(null)} />
        ) : (
          <ActionForm
            what={sheet}
            detail={detail}
            busy={move.isPending}
            problem={problem}
            onSend={(state, body) => move.mutate({ state, body })}
          />
        )}
      </Sheet>
    </footer>
  );
}

/** What another operator is asked for, by the kind of the approval. */
const RELEASE = { move: 'release', words: 'for its release.', approve: 'Approve and release' };
const ASKS: Readonly<Record<string, typeof RELEASE>> = {
  withdrawal_return: {
    move: 'return',
    words: 'to say that it came back.',
    approve: 'Approve: it came back',
  },
  withdrawal_failure: {
    move: 'fail',
    words: 'to say that it is not paid.',
    approve: 'Approve: it is not paid',
  },
  withdrawal_resolution: { move: 'resolve', words: 'to decide what became of it.', approve: 'Approve' },
};

const SHEETS = {
  hold: {
    title: 'Put on hold',
    line: 'The creator reads the reason, and by when they will know at the latest.',
  },
  fail: { title: 'Do not pay', line: 'The Diamonds are available again. The creator reads the reason.' },
  return: {
    title: 'It came back from the bank',
    line: 'The Diamonds are available again. The code becomes words, and the field to fix.',
  },
  resolve: {
    title: 'What became of it',
    line: 'Its provider does not say it clearly, so two operators decide, and the ledger books exactly this.',
  },
  call_back: {
    title: 'Take it back: nobody has accepted it',
    line: 'The Diamonds are available again as soon as it is back. The creator reads the reason.',
  },
  park: { title: 'Ask the bank', line: 'No money moves until it is clear what happened.' },
} as const;

/** What a move that takes a reason alone is put as. */
const STATE_OF = { fail: 'failed', call_back: 'called-back', park: 'parked' } as const;

const RULES = [
  { value: 'account_check', label: 'The account is checked' },
  { value: 'unusual_amount', label: 'An unusual amount' },
  { value: 'unusual_gifts', label: 'Unusual gifts before it' },
  { value: 'dispute', label: 'A payment behind it is disputed' },
  { value: 'other', label: 'Something else' },
] as const;

function ActionForm(props: {
  readonly what: Exclude<keyof typeof SHEETS, 'resolve'>;
  readonly detail: Detail;
  readonly busy: boolean;
  readonly problem: ApiProblem | null;
  readonly onSend: (state: string, body: MoveBody) => void;
}) {
  const { what, detail, busy, problem, onSend } = props;
  const id = useId();
  const [reason, setReason] = useState('');
  const [rule, setRule] = useState<string>('account_check');
  const [days, setDays] = useState('3');
  const [code, setCode] = useState(detail.returnCodes[0]?.code ?? '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (what === 'hold') {
      const until = new Date(Date.now() + Number(days) * 86_400_000).toISOString();
      onSend('held', { reason, rule, until });
    } else if (what === 'return') onSend('returned', { code });
    else onSend(STATE_OF[what], { reason });
  };
  return (
    <form className="grid gap-4" onSubmit={submit}>
      {what === 'return' ? (
        <div className="field">
          <label htmlFor={`${id}-code`}>The bank’s code</label>
          <input
            id={`${id}-code`}
            className="input"
            list={`${id}-codes`}
            required
            value={code}
            onChange={(event) => setCode(event.target.value)}
          />
          <datalist id={`${id}-codes`}>
            {detail.returnCodes.map((one) => (
              <option key={one.code} value={one.code}>
                {one.words}
              </option>
            ))}
          </datalist>
          <span className="hint">
            {detail.returnCodes.find((one) => one.code === code.trim().toUpperCase())?.words ??
              'Nobody here knows this code: it is parked until you have asked the bank.'}
          </span>
        </div>
      ) : (
        <Field
          label="Reason"
          required
          minLength={3}
          maxLength={300}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      )}
      {what === 'hold' ? (
        <>
          <div className="field">
            <label htmlFor={`${id}-rule`}>Rule</label>
            <select
              id={`${id}-rule`}
              className="input"
              value={rule}
              onChange={(event) => setRule(event.target.value)}
            >
              {RULES.map(({ value, label }) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          </div>
          <Field
            label="Days, at the latest"
            type="number"
            min={1}
            max={90}
            required
            value={days}
            onChange={(event) => setDays(event.target.value)}
          />
        </>
      ) : null}
      {problem === null ? null : (
        <p className="wrong-line" role="alert">
          {problem.detail} {problem.remedy}
        </p>
      )}
      <Button type="submit" kind={what === 'fail' ? 'danger' : 'primary'} size="lg" wide busy={busy}>
        {(what === 'return' && detail.returnNeedsSecond) || (what === 'fail' && detail.failureNeedsSecond)
          ? 'Ask for approval'
          : SHEETS[what].title}
      </Button>
    </form>
  );
}
