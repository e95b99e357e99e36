import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useId, useState } from 'react';
import { ApiProblem } from '../api/problem.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { notifyDone } from '../ui/notify.ts';
import { PageHead } from '../ui/PageHead.tsx';
import { Sheet } from '../ui/Sheet.tsx';
import { ErrorCard, Skeleton } from '../ui/States.tsx';
import { Console } from './Console.tsx';
import {
  askForRole,
  consoleChanged,
  type PowerfulRole,
  type StaffMember,
  staffQuery,
  takeRole,
} from './console-api.ts';
import '../withdrawals/console-payouts.css';

/** Who runs the site: two operators give a role, one takes it. */
export function PeoplePage() {
  return <Console>{() => <People />}</Console>;
}

function People() {
  const query = useQuery(staffQuery);
  const [taking, setTaking] = useState<{ member: StaffMember; role: PowerfulRole } | null>(null);
  return (
    <div className="page-body">
      <PageHead
        title="People"
        sub="Roles that move money or give roles: two operators give them, one takes them, at once."
      />
      <section className="card" aria-labelledby="staff">
        <h2 id="staff" className="text-lg font-bold">
          Who works here
        </h2>
        {query.data === undefined ? (
          query.isError ? (
            <ErrorCard
              title="Who works here could not be read."
              error={query.error}
              onRetry={() => void query.refetch()}
            />
          ) : (
            <Skeleton height={120} />
          )
        ) : (
          <ul className="staff-rows">
            {query.data.items.map((member) => (
              <li key={member.handle}>
                <Avatar avatar={member.avatar} size={38} />
                <span className="who">
                  <b>
                    {member.displayName}
                    {member.yours ? ' (you)' : ''}
                  </b>
                  <small>
                    @{member.handle} · {member.roles.join(', ')}
                  </small>
                </span>
                {member.yours
                  ? null
                  : member.roles.map((role) => (
                      <Button key={role} kind="ghost" size="sm" onClick={() => setTaking({ member, role })}>
                        Take {role}…
                      </Button>
                    ))}
              </li>
            ))}
          </ul>
        )}
      </section>
      <Ask />
      <Sheet
        open={taking !== null}
        onOpenChange={(open) => {
          if (!open) setTaking(null);
        }}
        title={taking === null ? '' : `Take the role ${taking.role} from ${taking.member.displayName}`}
        description="They are signed out everywhere, at once."
      >
        {taking === null ? null : <Take {...taking} onDone={() => setTaking(null)} />}
      </Sheet>
    </div>
  );
}

function Take({
  member,
  role,
  onDone,
}: {
  readonly member: StaffMember;
  readonly role: PowerfulRole;
  readonly onDone: () => void;
}) {
  const [reason, setReason] = useState('');
  const take = useMutation({
    mutationFn: () => takeRole(member.handle, role, reason),
    onSettled: () => consoleChanged(),
    onSuccess: onDone,
  });
  const problem = take.error === null ? null : ApiProblem.of(take.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    take.mutate();
  };
  return (
    <form className="grid gap-4" onSubmit={submit}>
      <Field
        label="Why; kept for ever"
        required
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      {problem === null ? null : (
        <p className="wrong-line" role="alert">
          {problem.detail} {problem.remedy}
        </p>
      )}
      <Button type="submit" kind="danger" size="lg" wide busy={take.isPending}>
        Take it
      </Button>
    </form>
  );
}

function Ask() {
  const id = useId();
  const [handle, setHandle] = useState('');
  const [role, setRole] = useState<PowerfulRole>('support');
  const [reason, setReason] = useState('');
  const ask = useMutation({
    mutationFn: () => askForRole(handle.trim().replace(/^@/, ''), role, reason),
    onSettled: () => consoleChanged(),
    onSuccess: () => {
      setHandle('');
      setReason('');
      notifyDone('Asked. Another operator decides, on the page Approvals.');
    },
  });
  const problem = ask.error === null ? null : ApiProblem.of(ask.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask.mutate();
  };
  return (
    <section className="card" aria-labelledby={`${id}-ask`}>
      <h2 id={`${id}-ask`} className="text-lg font-bold">
        Give somebody a role
      </h2>
      <p className="text-fg-2">
        You ask, another operator decides under{' '}
        <Link to="/console/approvals" className="text-link">
          Approvals
        </Link>
        . Nobody gives a role to themselves.
      </p>
      <form className="staff-ask" onSubmit={submit}>
        <Field
          label="Their handle"
          required
          maxLength={40}
          autoCapitalize="none"
          value={handle}
          onChange={(event) => setHandle(event.target.value)}
        />
        <div className="field">
          <label htmlFor={`${id}-role`}>Role</label>
          <select
            id={`${id}-role`}
            className="input"
            value={role}
            onChange={(event) => setRole(event.target.value as PowerfulRole)}
          >
            <option value="support">Support</option>
            <option value="operator">Operator</option>
          </select>
        </div>
        <Field
          label="Why; kept for ever"
          required
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
        {problem === null ? null : (
          <p className="wrong-line" role="alert">
            {problem.status === 404
              ? `Nobody has the handle ${handle}.`
              : `${problem.detail} ${problem.remedy}`}
          </p>
        )}
        <Button type="submit" kind="primary" size="lg" busy={ask.isPending}>
          Ask for approval
        </Button>
      </form>
    </section>
  );
}
