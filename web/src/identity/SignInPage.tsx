import { useMutation } from '@tanstack/react-query';
import { getRouteApi, Link, useRouter } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { api } from '../api/client.ts';
import { changedPerson, type DemoPerson, useSession } from '../api/session.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { notifyDone } from '../ui/notify.ts';
import { usePageHeading } from '../ui/PageHead.tsx';
import { ErrorCard } from '../ui/States.tsx';
import { formProblem, useFocusOnWrong } from './form.ts';
import { PasswordField } from './PasswordField.tsx';
import type { MeAnswer } from './people-api.ts';
import '../ui/paper.css';
import './identity.css';

const route = getRouteApi('/login');

/** Signs in with e-mail and password, or, in the demo town, as one of its people. */
export function SignInPage() {
  const people = useSession()?.demo?.people ?? [];
  const search = route.useSearch();
  const heading = usePageHeading('Sign in');
  return (
    <div className="page-body">
      <div className="door" data-alone={people.length === 0 ? '' : undefined}>
        <section className="card">
          <h1 ref={heading} tabIndex={-1} className="outline-none">
            Sign in
          </h1>
          <SignInForm />
          <p className="mt-5 text-md text-fg-2">
            New here?{' '}
            <Link to="/signup" search={search} className="text-link">
              Open an account
            </Link>
          </p>
        </section>
        {people.length === 0 ? null : <Townspeople people={people} />}
      </div>
    </div>
  );
}

function SignInForm() {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const enter = useEnter();
  const signIn = useMutation({
    mutationFn: () => api.post<MeAnswer>('/sign-in', { email, password }),
    onSuccess: enter,
  });
  const problem = formProblem(signIn.error, ['/email', '/password']);
  const form = useFocusOnWrong(signIn.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate();
  };
  return (
    <form ref={form} onSubmit={submit}>
      {problem.rest === null ? null : <ErrorCard title="You are not signed in." error={problem.rest} />}
      <Field
        label="E-mail"
        type="email"
        name="email"
        autoComplete="username"
        required
        value={email}
        onChange={(event) => setEmail(event.target.value)}
        wrong={problem.at('/email')}
      />
      <PasswordField
        value={password}
        onChange={setPassword}
        autoComplete="current-password"
        wrong={problem.at('/password')}
      />
      <Button type="submit" kind="primary" size="lg" wide busy={signIn.isPending}>
        Sign in
      </Button>
    </form>
  );
}

/** How many of the town are shown before all are asked for. */
const FIRST_PEOPLE = 8;

function Townspeople({ people }: { readonly people: readonly DemoPerson[] }) {
  const [all, setAll] = useState(false);
  const enter = useEnter();
  const become = useMutation({
    mutationFn: (handle: string) => api.post<MeAnswer>('/demo/sign-in', { handle }),
    onSuccess: enter,
  });
  return (
    <section className="card" aria-labelledby="townspeople">
      <h2 id="townspeople" className="text-xl!">
        Or be somebody of the town
      </h2>
      <p className="mt-1 text-md text-fg-3">
        This is a demo. Its people are made up, its money is not real, and one click makes you any of them.
      </p>
      {become.isError ? (
        <div className="mt-4">
          <ErrorCard title="You are not signed in." error={become.error} />
        </div>
      ) : null}
      <ul className="townspeople">
        {(all ? people : people.slice(0, FIRST_PEOPLE)).map((person) => (
          <li key={person.handle}>
            <button
              type="button"
              disabled={become.isPending}
              aria-busy={become.isPending && become.variables === person.handle}
              onClick={() => become.mutate(person.handle)}
            >
              <Avatar avatar={person.avatar} size={44} />
              <span className="min-w-0">
                <b>{person.displayName}</b>
                <small>{person.line}</small>
              </span>
            </button>
          </li>
        ))}
      </ul>
      {all || people.length <= FIRST_PEOPLE ? null : (
        <div className="more">
          <Button kind="bare" onClick={() => setAll(true)}>
            Show all {people.length}
          </Button>
        </div>
      )}
    </section>
  );
}

/** What follows a sign-in: the page that asked for it, else the directory. */
function useEnter() {
  const { history } = useRouter();
  const back = route.useSearch().return ?? '/live';
  return async ({ me }: MeAnswer) => {
    await changedPerson(me);
    notifyDone(`You are ${me.displayName}.`);
    history.push(back);
  };
}
