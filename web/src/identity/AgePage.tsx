import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useRouter } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { api } from '../api/client.ts';
import { usePolicy } from '../api/policy.ts';
import { queryClient } from '../api/query.ts';
import { keepMe, type Me } from '../api/session.ts';
import { Button, buttonLook } from '../ui/Button.tsx';
import { notifyDone } from '../ui/notify.ts';
import { usePageHeading } from '../ui/PageHead.tsx';
import { ErrorCard, Skeleton } from '../ui/States.tsx';
import { BirthDateFields } from './BirthDateFields.tsx';
import { birthFields, readBirthDate } from './birth-date.ts';
import { Checks } from './Checks.tsx';
import { formProblem, useFocusOnWrong } from './form.ts';
import { explainQuery, type MeAnswer } from './people-api.ts';
import { Signed } from './Signed.tsx';
import './identity.css';

const route = getRouteApi('/age');

/** What a person's age opens, from when on, and how a wrong date is put right. */
export function AgePage() {
  return (
    <Signed title="Your age" why="Sign in to see what your age opens.">
      {(me) => <Age me={me} />}
    </Signed>
  );
}

function Age({ me }: { readonly me: Me }) {
  const back = route.useSearch().return;
  const { history } = useRouter();
  const heading = usePageHeading('Your age');
  const send = useQuery(explainQuery('send'));
  const policy = usePolicy();
  return (
    <div className="page-body">
      <div className="door" data-alone="">
        <section className="card">
          <h1 ref={heading} tabIndex={-1} className="outline-none">
            {me.adult
              ? 'Gifts are open to you'
              : me.dateOfBirth === null
                ? 'When were you born?'
                : `You can watch. Gifts open ${policy === undefined ? 'later' : `at ${policy.people.adultAge}`}`}
          </h1>
          <p className="mt-2 text-fg-2">
            {me.adult
              ? 'You can buy Coins, send gifts and receive them.'
              : 'Watching, chat and following are open to you now. Coins and gifts move real money, so they wait.'}
          </p>
          <div className="mt-5">
            {send.data ? (
              <Checks checks={send.data.checks.filter(({ code }) => code !== 'insufficient_coins')} />
            ) : send.isError ? (
              <ErrorCard
                title="We could not check what is open to you."
                error={send.error}
                onRetry={() => void send.refetch()}
              />
            ) : (
              <Skeleton height={96} />
            )}
          </div>
          {me.adult ? (
            <div className="mt-6 grid">
              <Button kind="primary" size="lg" wide onClick={() => history.push(back ?? '/live')}>
                {back === undefined ? 'See who is live' : 'Go on'}
              </Button>
            </div>
          ) : (
            <BirthForm me={me} />
          )}
        </section>
        {me.adult ? null : (
          <Link to="/live" {...buttonLook({ kind: 'bare', wide: true })}>
            See who is live
          </Link>
        )}
      </div>
    </div>
  );
}

function BirthForm({ me }: { readonly me: Me }) {
  const [birth, setBirth] = useState(birthFields(me.dateOfBirth));
  const [wrong, setWrong] = useState<string>();
  const correct = useMutation({
    mutationFn: (dateOfBirth: string) => api.post<MeAnswer>('/me/date-of-birth', { dateOfBirth }),
    onSuccess: async ({ me: changed }) => {
      keepMe(changed);
      await queryClient.invalidateQueries({ queryKey: ['explain'] });
      notifyDone('Your date of birth is kept.');
    },
  });
  const problem = formProblem(correct.error, ['/dateOfBirth']);
  const form = useFocusOnWrong(correct.error ?? wrong);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const read = readBirthDate(birth);
    setWrong('wrong' in read ? read.wrong : undefined);
    if ('date' in read) correct.mutate(read.date);
  };
  return (
    <form ref={form} onSubmit={submit} className="border-t border-line-soft pt-5">
      {problem.rest === null ? null : <ErrorCard title="The date was not kept." error={problem.rest} />}
      <BirthDateFields
        value={birth}
        onChange={(fields) => {
          setBirth(fields);
          setWrong(undefined);
        }}
        hint={
          me.dateOfBirth === null
            ? 'Only you and support see it.'
            : 'Was it typed wrongly? You can correct it yourself, but not often; after that support does it.'
        }
        wrong={wrong ?? problem.at('/dateOfBirth')}
      />
      <Button
        type="submit"
        kind={me.dateOfBirth === null ? 'primary' : 'ghost'}
        wide
        busy={correct.isPending}
      >
        {me.dateOfBirth === null ? 'Keep this date' : 'Correct the date'}
      </Button>
    </form>
  );
}
