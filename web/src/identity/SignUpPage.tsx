import { useMutation } from '@tanstack/react-query';
import { getRouteApi, Link, useRouter } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { api } from '../api/client.ts';
import { usePolicy } from '../api/policy.ts';
import { ApiProblem } from '../api/problem.ts';
import { changedPerson } from '../api/session.ts';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { notifyDone } from '../ui/notify.ts';
import { usePageHeading } from '../ui/PageHead.tsx';
import { ErrorCard } from '../ui/States.tsx';
import { BirthDateFields } from './BirthDateFields.tsx';
import { birthFields, readBirthDate } from './birth-date.ts';
import { formProblem, useFocusOnWrong } from './form.ts';
import { HandleField } from './HandleField.tsx';
import { suggestedHandle } from './handles.ts';
import { PasswordField } from './PasswordField.tsx';
import { passwordHint } from './password-hint.ts';
import type { MeAnswer } from './people-api.ts';
import '../ui/paper.css';
import './identity.css';

const route = getRouteApi('/signup');
const FIELDS = ['/email', '/password', '/displayName', '/handle', '/dateOfBirth'];

/** Opens an account. */
export function SignUpPage() {
  const search = route.useSearch();
  const heading = usePageHeading('Open an account');
  return (
    <div className="page-body">
      <div className="door" data-alone="">
        <section className="card">
          <h1 ref={heading} tabIndex={-1} className="outline-none">
            Open an account
          </h1>
          <SignUpForm />
          <p className="mt-5 text-md text-fg-2">
            Have one already?{' '}
            <Link to="/login" search={search} className="text-link">
              Sign in
            </Link>
          </p>
        </section>
      </div>
    </div>
  );
}

function SignUpForm() {
  const { history } = useRouter();
  const search = route.useSearch();
  const policy = usePolicy();
  const [displayName, setDisplayName] = useState('');
  const [ownHandle, setOwnHandle] = useState<string | null>(null);
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [birth, setBirth] = useState(birthFields(null));
  const [birthWrong, setBirthWrong] = useState<string>();
  const handle = ownHandle ?? suggestedHandle(displayName);

  const signUp = useMutation({
    mutationFn: (dateOfBirth: string) =>
      api.post<MeAnswer>('/sign-up', { email, password, displayName, handle, dateOfBirth }),
    onSuccess: async ({ me }) => {
      await changedPerson(me);
      notifyDone(`Welcome, ${me.displayName}.`);
      // Who cannot send gifts yet learns it here, not at the first gift.
      history.push(me.adult ? (search.return ?? '/live') : '/age');
    },
  });
  const problem = formProblem(signUp.error, FIELDS);
  const form = useFocusOnWrong(signUp.error ?? birthWrong);
  const known = signUp.error !== null && ApiProblem.of(signUp.error).code === 'email_taken';

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const read = readBirthDate(birth);
    setBirthWrong('wrong' in read ? read.wrong : undefined);
    if ('date' in read) signUp.mutate(read.date);
  };
  return (
    <form ref={form} onSubmit={submit}>
      {problem.rest === null ? null : <ErrorCard title="The account was not opened." error={problem.rest} />}
      <Field
        label="Your name"
        name="name"
        autoComplete="nickname"
        required
        maxLength={100}
        value={displayName}
        onChange={(event) => setDisplayName(event.target.value)}
        hint="What others see. It need not be your legal name."
        wrong={problem.at('/displayName')}
      />
      <HandleField
        value={handle}
        onChange={setOwnHandle}
        wrong={problem.at('/handle')}
        hint="Your address here. Letters a to z, digits, _ and . only."
      />
      <Field
        label="E-mail"
        type="email"
        name="email"
        autoComplete="username"
        required
        value={email}
        onChange={(event) => setEmail(event.target.value)}
        hint="Nobody else sees it."
        wrong={problem.at('/email')}
      />
      {known ? (
        <Link to="/login" search={search} className="text-link -mt-2">
          Sign in to that account
        </Link>
      ) : null}
      <PasswordField
        value={password}
        onChange={setPassword}
        autoComplete="new-password"
        hint={passwordHint(policy)}
        wrong={problem.at('/password')}
      />
      <BirthDateFields
        value={birth}
        onChange={(fields) => {
          setBirth(fields);
          setBirthWrong(undefined);
        }}
        hint={`Watching is open to all. Sending and receiving gifts opens ${policy === undefined ? 'to adults' : `at ${policy.people.adultAge}`}.`}
        wrong={birthWrong ?? problem.at('/dateOfBirth')}
      />
      <Button type="submit" kind="primary" size="lg" wide busy={signUp.isPending}>
        Open the account
      </Button>
    </form>
  );
}
