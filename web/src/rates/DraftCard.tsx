import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Check, FlaskConical, PenLine, Send, Trash2, X } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { AmountText } from '../ui/Amount.tsx';
import { Button, buttonLook } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { notifyDone } from '../ui/notify.ts';
import { Sheet } from '../ui/Sheet.tsx';
import { ErrorCard } from '../ui/States.tsx';
import { Status, type StatusLook } from '../ui/Status.tsx';
import { Time } from '../ui/Time.tsx';
import {
  type Approval,
  askForDraft,
  decideDraft,
  dropDraft,
  type RateDraft,
  ratesChanged,
} from './drafts-api.ts';

const STATES: Readonly<Record<RateDraft['state'], readonly [StatusLook, string]>> = {
  draft: ['pending', 'Draft'],
  asked: ['checking', 'Waits for approval'],
  rejected: ['failed', 'Rejected'],
  expired: ['warning', 'Nobody decided in time'],
  approved: ['done', 'Approved'],
  dropped: ['returned', 'Given up'],
};

interface DraftCardProps {
  readonly draft: RateDraft;
  readonly onEdit: () => void;
}

/** A draft, what it would change, and what this operator can do with it. */
export function DraftCard({ draft, onEdit }: DraftCardProps) {
  const [look, word] = STATES[draft.state];
  const { approval, impact } = draft;
  const isOpen = draft.state !== 'approved' && draft.state !== 'dropped';
  return (
    <li aria-label={`Draft of $${draft.dollars}`}>
      <header>
        <h3>
          <AmountText amount={draft.money} /> from <Time at={draft.startsAt} look="stamp" />
        </h3>
        <Status look={look}>{draft.version === null ? word : `${word}: version ${draft.version}`}</Status>
      </header>
      <p className="why">
        “{draft.reason}” {draft.yours ? 'You' : draft.draftedBy.displayName}, <Time at={draft.draftedAt} />
        {draft.revision > 1 ? `, changed ${draft.revision - 1}×` : ''}
      </p>
      {impact === null ? null : <Impact impact={impact} />}
      {approval === null ? null : <Asked approval={approval} />}
      {isOpen ? (
        draft.yours ? (
          <Own draft={draft} onEdit={onEdit} />
        ) : draft.state === 'asked' && approval !== null ? (
          <Decide draft={draft} approval={approval} />
        ) : (
          <div className="actions">
            <Try draft={draft} />
          </div>
        )
      ) : null}
    </li>
  );
}

function Impact({ impact }: { readonly impact: NonNullable<RateDraft['impact']> }) {
  const { coverageBefore, coverageAfter } = impact;
  return (
    <dl className="impact" aria-label="What it would change">
      <div>
        <dt>For a Diamond, creators get</dt>
        <dd>
          {percent(impact.creatorsBasisPoints, true)}
          <small>
            against <AmountText amount={impact.before} /> of version {impact.beforeVersion}
          </small>
        </dd>
      </div>
      <div>
        <dt>Held for what is owed</dt>
        <dd>
          {coverageBefore === null || coverageAfter === null
            ? 'Nothing is owed'
            : `${percent(coverageBefore)} → ${percent(coverageAfter)}`}

          <small>cash and reserve, against every Diamond that people have</small>
        </dd>
      </div>
      <div>
        <dt>In a week</dt>
        <dd>
          <AmountText amount={impact.week} signed />

          <small>
            for <AmountText amount={impact.weekDiamonds} />, as in the last four weeks
          </small>
        </dd>
      </div>
    </dl>
  );
}

function Asked({ approval }: { readonly approval: Approval }) {
  const { state, askedBy, decidedBy } = approval;
  return (
    <p className="asked">
      {approval.yours ? 'You' : askedBy.displayName} asked <Time at={approval.askedAt} />.{' '}
      {state === 'open' ? (
        <>
          Another operator can decide until <Time at={approval.expiresAt} look="stamp" />.
        </>
      ) : decidedBy === null || approval.decidedAt === null ? null : (
        <>
          {decidedBy.displayName} {state === 'withdrawn' ? 'took it back' : `${state} it`}{' '}
          <Time at={approval.decidedAt} />
          {approval.reason === null ? '.' : `: “${approval.reason}”`}
        </>
      )}
    </p>
  );
}

function Own({ draft, onEdit }: DraftCardProps) {
  const ask = useMutation({
    mutationFn: () => askForDraft(draft),
    onSettled: ratesChanged,
  });
  const drop = useMutation({ mutationFn: () => dropDraft(draft.id), onSettled: ratesChanged });
  const error = ask.error ?? drop.error;
  return (
    <>
      {error === null ? null : <ErrorCard title="That did not work." error={error} />}
      <div className="actions">
        {draft.state === 'asked' ? null : (
          <Button
            size="sm"
            kind="primary"
            icon={<Send aria-hidden />}
            busy={ask.isPending}
            onClick={() => ask.mutate()}
          >
            Ask for approval
          </Button>
        )}
        <Try draft={draft} />
        <Button size="sm" kind="ghost" icon={<PenLine aria-hidden />} onClick={onEdit}>
          Change
        </Button>
        <Button
          size="sm"
          kind="bare"
          icon={<Trash2 aria-hidden />}
          busy={drop.isPending}
          onClick={() => drop.mutate()}
        >
          Give up
        </Button>
      </div>
    </>
  );
}

/** To the simulator, with this draft chosen. */
function Try({ draft }: { readonly draft: RateDraft }) {
  return (
    <Link to="/console/simulator" search={{ draft: draft.id }} {...buttonLook({ kind: 'ghost', size: 'sm' })}>
      <FlaskConical aria-hidden />
      Run in simulator
    </Link>
  );
}

function Decide({ draft, approval }: { readonly draft: RateDraft; readonly approval: Approval }) {
  const [isRejecting, setRejecting] = useState(false);
  const [reason, setReason] = useState('');
  const decide = useMutation({
    mutationFn: (verdict: 'approved' | 'rejected') =>
      decideDraft(draft, approval, verdict === 'approved' ? { verdict } : { verdict, reason: reason.trim() }),
    onSuccess: (decided) => {
      setRejecting(false);
      notifyDone(
        decided.version === null
          ? 'Rejected.'
          : `Approved: it is rate version ${decided.version}, and announced.`,
      );
    },
    onSettled: ratesChanged,
  });
  const failed: ReactNode =
    decide.error === null ? null : <ErrorCard title="It was not decided." error={decide.error} />;
  return (
    <>
      {isRejecting ? null : failed}
      <div className="actions">
        <Button
          size="sm"
          kind="primary"
          icon={<Check aria-hidden />}
          busy={decide.isPending}
          onClick={() => decide.mutate('approved')}
        >
          Approve
        </Button>
        <Button size="sm" kind="ghost" icon={<X aria-hidden />} onClick={() => setRejecting(true)}>
          Reject
        </Button>
        <Try draft={draft} />
      </div>
      <Sheet
        open={isRejecting}
        onOpenChange={setRejecting}
        title="Reject this draft"
        description="Its drafter reads why, and can change it and ask again."
      >
        <form
          className="grid gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            decide.mutate('rejected');
          }}
        >
          {failed}
          <Field
            label="Why"
            required
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
          <div>
            <Button type="submit" kind="danger" busy={decide.isPending}>
              Reject
            </Button>
          </div>
        </form>
      </Sheet>
    </>
  );
}

/** Hundredths of a percent: `-100` → `−1 %`. */
function percent(basisPoints: string, signed = false): string {
  const points = BigInt(basisPoints);
  const abs = points < 0n ? -points : points;
  const fraction = (abs % 100n).toString().padStart(2, '0').replace(/0+$/, '');
  const sign = points < 0n ? '−' : signed && points > 0n ? '+' : '';
  return `${sign}${abs / 100n}${fraction === '' ? '' : `.${fraction}`} %`;
}
