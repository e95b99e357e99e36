import { useMutation } from '@tanstack/react-query';
import { ShieldCheck } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { ApiProblem } from '../api/problem.ts';
import { useSession } from '../api/session.ts';
import { PasswordField } from '../identity/PasswordField.tsx';
import { Button } from '../ui/Button.tsx';
import { confirmSession } from './withdrawals-api.ts';

interface ConfirmProps {
  /** What is confirmed, on the button: `Withdraw €182.90`. */
  readonly label: string;
  readonly busy: boolean;
  /** Why it is asked. */
  readonly why?: string;
  /** Goes on once it is confirmed. */
  readonly onConfirmed: () => void;
  readonly onBack: () => void;
}

const MONEY_LEAVES = 'Money leaves with this, so we ask for your password again. It counts for five minutes.';

/** Asks for the password again before money moves out. People of the demo town have none, and press. */
export function Confirm({ label, busy, onConfirmed, onBack, why = MONEY_LEAVES }: ConfirmProps) {
  const session = useSession();
  const me = session?.me;
  const demo = session?.demo?.people.some(({ handle }) => handle === me?.handle) === true;
  const [password, setPassword] = useState('');
  const confirming = useMutation({
    mutationFn: () => confirmSession(demo ? null : password),
    onSuccess: onConfirmed,
  });
  const problem = confirming.error === null ? null : ApiProblem.of(confirming.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    confirming.mutate();
  };
  return (
    <form className="confirm" onSubmit={submit}>
      <p className="notice">
        <ShieldCheck aria-hidden />
        <span>
          <b>Confirm that it is you.</b>{' '}
          {demo ? 'People of this demo town have no password: a press is enough here.' : why}
        </span>
      </p>
      {demo ? (
        problem === null ? null : (
          <p className="wrong-line" role="alert">
            {problem.detail} {problem.remedy}
          </p>
        )
      ) : (
        <PasswordField
          value={password}
          onChange={setPassword}
          autoComplete="current-password"
          wrong={problem === null ? undefined : `${problem.detail} ${problem.remedy}`}
        />
      )}
      <div className="grid gap-2.5">
        <Button type="submit" kind="primary" size="lg" wide busy={busy || confirming.isPending}>
          {label}
        </Button>
        <Button kind="bare" wide onClick={onBack} disabled={busy}>
          Back
        </Button>
      </div>
    </form>
  );
}
