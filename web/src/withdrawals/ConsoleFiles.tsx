import { useMutation, useQuery } from '@tanstack/react-query';
import { Download, FileText, Undo2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { ApiProblem } from '../api/problem.ts';
import { every } from '../api/query.ts';
import { Button } from '../ui/Button.tsx';
import { calendarDayText, whenText } from '../ui/dates.ts';
import { notifyDone, notifyFailure } from '../ui/notify.ts';
import { EmptyState, ErrorCard, Skeleton } from '../ui/States.tsx';
import { Status } from '../ui/Status.tsx';
import {
  filesQuery,
  makeFile,
  markSent,
  type PayoutFile,
  payoutsChanged,
  type Queue,
  takeFile,
  tellBounces,
  withdrawFile,
} from './console-api.ts';

/** Files for banks: made of what is released, taken, marked as sent; and what banks say of payments that came back. */
export function ConsoleFiles({ ready }: { readonly ready: Queue['ready'] }) {
  const query = useQuery({ ...filesQuery, refetchInterval: every(10_000) });
  const make = useMutation({
    mutationFn: makeFile,
    onSettled: () => payoutsChanged(),
    onSuccess: ({ file }) => notifyDone(`${file.name}: ${file.payments} payments, ${file.sum.display}.`),
    onError: told('make-file'),
  });
  const byFile = ready.filter(({ method }) => method === 'sepa' || method === 'ach');
  return (
    <section className="card" aria-labelledby="files">
      <header>
        <h2 id="files">Files for banks</h2>
        {byFile.map(({ method, name, count }) => (
          <Button
            key={method}
            size="sm"
            kind="primary"
            icon={<FileText aria-hidden />}
            busy={make.isPending}
            onClick={() => make.mutate(method)}
          >
            Make a file: {count} × {name}
          </Button>
        ))}
      </header>
      {query.data === undefined ? (
        query.isError ? (
          <ErrorCard
            title="The files could not be read."
            error={query.error}
            onRetry={() => void query.refetch()}
          />
        ) : (
          <Skeleton height={120} className="mt-4" />
        )
      ) : query.data.items.length === 0 ? (
        <EmptyState title="No file yet">
          What is released for a bank is put into one file, which you take to the bank.
        </EmptyState>
      ) : (
        <ul className="files">
          {query.data.items.map((file) => (
            <File key={file.id} file={file} />
          ))}
        </ul>
      )}
      <Bounces />
    </section>
  );
}

function File({ file }: { readonly file: PayoutFile }) {
  const sent = useMutation({
    mutationFn: () => markSent(file.id),
    onSettled: () => payoutsChanged(),
    onSuccess: () => notifyDone(`${file.name} is at the bank: its payments are marked as sent.`),
    onError: told('mark-sent'),
  });
  const take = useMutation({
    mutationFn: () => takeFile(file.id),
    onSettled: () => payoutsChanged(),
    onSuccess: (content) => save(content, file.name),
    onError: told('take-file'),
  });
  const back = useMutation({
    mutationFn: () => withdrawFile(file.id),
    onSettled: () => payoutsChanged(),
    onSuccess: () => notifyDone(`${file.name} is withdrawn: what was in it waits for another file.`),
    onError: told('withdraw-file'),
  });
  return (
    <li>
      <span className="about">
        <b>{file.name}</b>
        <small>
          {file.payments} {file.payments === 1 ? 'payment' : 'payments'}, {file.sum.display} · to be paid{' '}
          {calendarDayText(file.payOn, new Date())} · made by {file.madeBy},{' '}
          {whenText(new Date(file.madeAt), new Date())}
        </small>
        <small className="font-mono">SHA-256 {file.sha256.slice(0, 16)}…</small>
      </span>
      {file.withdrawnAt !== null ? (
        <Status look="returned">Withdrawn</Status>
      ) : file.sentAt === null ? (
        <Status look="pending">Not at the bank yet</Status>
      ) : file.sending > 0 ? (
        <Status look="checking">{file.sending} being booked</Status>
      ) : file.onTheWay > 0 ? (
        <Status look="returned">{file.onTheWay} on the way</Status>
      ) : (
        <Status look="done">{file.paid} arrived</Status>
      )}
      {file.withdrawnAt === null ? (
        <Button
          size="sm"
          kind="ghost"
          icon={<Download aria-hidden />}
          busy={take.isPending}
          onClick={() => take.mutate()}
          aria-label={`Take ${file.name}`}
        >
          Take it
        </Button>
      ) : null}
      {file.withdrawnAt === null && !file.isTaken ? (
        <Button
          size="sm"
          kind="ghost"
          icon={<Undo2 aria-hidden />}
          busy={back.isPending}
          onClick={() => back.mutate()}
          aria-label={`Withdraw ${file.name}`}
        >
          Withdraw it
        </Button>
      ) : null}
      {file.sentAt === null && file.withdrawnAt === null ? (
        <Button size="sm" kind="primary" busy={sent.isPending} onClick={() => sent.mutate()}>
          It is at the bank
        </Button>
      ) : null}
    </li>
  );
}

/** Has the browser keep bytes as a file. */
function save(content: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** A reference and a code on each line, as banks' reports have them. */
function Bounces() {
  const [text, setText] = useState('');
  const tell = useMutation({
    mutationFn: tellBounces,
    onSettled: () => payoutsChanged(),
    onError: told('bounces'),
  });
  const lines = [...text.matchAll(/(CAR-[0-9A-Z]+)[\s,;:]+([0-9A-Z]{2,10})/gi)].map(
    ([, reference = '', code = '']) => ({ reference, code }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (lines.length > 0) tell.mutate(lines);
  };
  return (
    <details className="how bounces">
      <summary>Tell what came back</summary>
      <form className="grid gap-3" onSubmit={submit}>
        <div className="field">
          <label htmlFor="bounces">References and codes, a line each</label>
          <textarea
            id="bounces"
            className="input font-mono"
            rows={4}
            placeholder={'CAR-7Q2M4B8XKD BE01'}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </div>
        <div>
          <Button type="submit" size="sm" kind="soft" disabled={lines.length === 0} busy={tell.isPending}>
            {lines.length === 0 ? 'Nothing to tell yet' : `Tell ${lines.length}`}
          </Button>
        </div>
        {tell.data === undefined ? null : (
          <ul role="status" className="grid gap-1 text-sm">
            {tell.data.items.map((line) => (
              <li key={line.reference}>
                <b className="font-mono">{line.reference}</b> {OUTCOMES[line.outcome] ?? line.outcome}:{' '}
                {line.detail}
              </li>
            ))}
          </ul>
        )}
      </form>
    </details>
  );
}

const OUTCOMES: Readonly<Record<string, string>> = {
  returned: 'came back',
  parked: 'is parked',
  unknown_reference: 'is not known',
  refused: 'was not taken',
};

function told(key: string) {
  return (error: unknown) => {
    const { detail, remedy } = ApiProblem.of(error);
    notifyFailure(`${detail} ${remedy}`, undefined, key);
  };
}
