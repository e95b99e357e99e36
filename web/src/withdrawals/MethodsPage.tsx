import { useMutation, useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { Bitcoin, Landmark, Plus } from 'lucide-react';
import { useEffect, useState } from 'react';
import { ApiProblem } from '../api/problem.ts';
import { Signed } from '../identity/Signed.tsx';
import { AmountText } from '../ui/Amount.tsx';
import { Button } from '../ui/Button.tsx';
import { notifyDone, notifyFailure } from '../ui/notify.ts';
import { PageHead } from '../ui/PageHead.tsx';
import { Sheet } from '../ui/Sheet.tsx';
import { EmptyState, ErrorCard, Skeleton } from '../ui/States.tsx';
import { Status } from '../ui/Status.tsx';
import { Time } from '../ui/Time.tsx';
import { AccountForm } from './AccountForm.tsx';
import { Confirm } from './Confirm.tsx';
import {
  lookAtSetUp,
  type Methods,
  methodsQuery,
  openSetUp,
  type PayoutAccount,
  removeAccount,
  withdrawalsChanged,
} from './withdrawals-api.ts';
import './withdrawals.css';

/** Where one's money goes: the accounts, and what each way costs and takes. */
export function MethodsPage() {
  return (
    <Signed title="Your accounts" why="Sign in to see where your money goes.">
      {() => <Accounts />}
    </Signed>
  );
}

type Doing =
  | { readonly what: 'add' }
  | { readonly what: 'set-up'; readonly account: PayoutAccount }
  | { readonly what: 'change'; readonly account: PayoutAccount; readonly field: string | undefined }
  | { readonly what: 'remove'; readonly account: PayoutAccount };

function Accounts() {
  const query = useQuery(methodsQuery);
  return query.data === undefined ? (
    <div className="page-body">
      <PageHead title="Your accounts" />
      {query.isError ? (
        <ErrorCard
          title="Your accounts could not be read."
          error={query.error}
          onRetry={() => void query.refetch()}
        />
      ) : (
        <Skeleton height={240} className="rounded-[22px]!" />
      )}
    </div>
  ) : (
    <Listed methods={query.data} />
  );
}

function Listed({ methods }: { readonly methods: Methods }) {
  const { fix, field, set_up: cameBack } = useSearch({ from: '/studio/payout-methods' });
  const fixed = methods.accounts.find(({ id }) => id === fix);
  const [doing, setDoing] = useState<Doing | null>(
    fixed === undefined
      ? null
      : fixed.setUp === null
        ? { what: 'change', account: fixed, field }
        : { what: 'set-up', account: fixed },
  );
  // Whoever comes back from a provider's page is told how far the account is now.
  const { mutate: look, isPending: looking } = useMutation({
    mutationFn: lookAtSetUp,
    onSuccess: ({ setUp }) => {
      void withdrawalsChanged();
      if (setUp?.state === 'ready') notifyDone(`${setUp.provider} is ready to pay you.`);
    },
    onError: (error) => {
      const { detail, remedy } = ApiProblem.of(error);
      notifyFailure(`${detail} ${remedy}`, undefined, 'look-at-set-up');
    },
  });
  useEffect(() => {
    if (cameBack !== undefined) look(cameBack);
  }, [cameBack, look]);
  const close = () => setDoing(null);
  return (
    <div className="page-body">
      <PageHead
        title="Your accounts"
        sub={`A new or changed account waits ${hoursText(methods.coolDownHours)} before it is used, so that you notice a change that was not yours.`}
      >
        <Button kind="primary" icon={<Plus aria-hidden />} onClick={() => setDoing({ what: 'add' })}>
          Add an account
        </Button>
      </PageHead>
      <section className="card" aria-label="Accounts">
        {methods.accounts.length === 0 ? (
          <EmptyState title="No account yet">
            Add an account in your own name. Withdrawals go there and nowhere else.
          </EmptyState>
        ) : (
          <ul className="accounts">
            {methods.accounts.map((account) => (
              <li key={account.id}>
                <span className="sign" aria-hidden="true">
                  {account.address === null ? <Landmark /> : <Bitcoin />}
                </span>
                <span className="about">
                  <b>
                    {account.name} {account.address === null ? account.masked : ''}
                  </b>
                  <small>
                    {account.holder} · {account.country} · {account.currency}
                    {account.setUp !== null
                      ? account.setUp.bank === null
                        ? ''
                        : ` · bank ${account.setUp.bank}`
                      : account.holderAtBank === account.holder || account.address !== null
                        ? ''
                        : ` · banks read “${account.holderAtBank}”`}
                  </small>
                  {account.address === null ? null : (
                    <small className="coin-address">{account.address}</small>
                  )}
                  {account.setUp === null || account.setUp.words === null ? null : (
                    <small className="missing">
                      {account.setUp.provider} does not pay to it yet: {account.setUp.words}.
                    </small>
                  )}
                </span>
                {!account.available ? (
                  <Status look="warning">Not paid to now</Status>
                ) : looking && cameBack === account.id ? (
                  <Status look="checking">Asking {account.setUp?.provider}</Status>
                ) : account.setUp !== null && account.setUp.state !== 'ready' ? (
                  <SetUpStatus state={account.setUp.state} />
                ) : account.usable ? (
                  <Status look="done">Ready</Status>
                ) : (
                  <Status look="pending">
                    <span>
                      From <Time at={account.usableFrom} look="stamp" />
                    </span>
                  </Status>
                )}
                <span className="flex gap-2">
                  {account.setUp === null ? (
                    <Button
                      size="sm"
                      kind="ghost"
                      onClick={() => setDoing({ what: 'change', account, field: undefined })}
                      aria-label={`Change ${account.name} ${account.masked}`}
                    >
                      Change
                    </Button>
                  ) : account.setUp.state === 'rejected' ? null : (
                    <Button
                      size="sm"
                      kind={account.setUp.state === 'ready' ? 'ghost' : 'primary'}
                      onClick={() => setDoing({ what: 'set-up', account })}
                    >
                      {account.setUp.state === 'ready' ? 'Change the bank' : 'Go on with the set-up'}
                    </Button>
                  )}
                  <Button
                    size="sm"
                    kind="bare"
                    onClick={() => setDoing({ what: 'remove', account })}
                    aria-label={`Remove ${account.name} ${account.masked}`}
                  >
                    Remove
                  </Button>
                </span>
              </li>
            ))}
          </ul>
        )}
      </section>
      <Ways methods={methods} />
      <Sheet
        open={doing !== null}
        onOpenChange={(open) => {
          if (!open) close();
        }}
        title={
          doing?.what === 'remove'
            ? 'Remove this account?'
            : doing?.what === 'change'
              ? 'Change this account'
              : doing?.what === 'set-up'
                ? `Set up ${doing.account.name}`
                : 'Add an account'
        }
        {...(doing?.what === 'change'
          ? { description: 'What is on its way keeps the account that it was asked for with.' }
          : {})}
        side={doing?.what === 'remove' || doing?.what === 'set-up' ? 'center' : 'right'}
      >
        {doing === null ? null : doing.what === 'remove' ? (
          <Remove account={doing.account} onDone={close} />
        ) : doing.what === 'set-up' ? (
          <GoToSetUp account={doing.account} onBack={close} />
        ) : (
          <AccountForm
            methods={methods.methods}
            change={doing.what === 'change' ? doing.account : undefined}
            field={doing.what === 'change' ? doing.field : undefined}
            onDone={close}
          />
        )}
      </Sheet>
    </div>
  );
}

function Remove({ account, onDone }: { readonly account: PayoutAccount; readonly onDone: () => void }) {
  const remove = useMutation({
    mutationFn: () => removeAccount(account.id),
    onSuccess: () => {
      void withdrawalsChanged();
      notifyDone(`${account.name} ${account.masked} is removed.`);
      onDone();
    },
  });
  return (
    <>
      <p className="text-fg-2">
        Nothing new is paid to {account.name} {account.masked}. What is on its way goes on.
      </p>
      {remove.isError ? <ErrorCard title="It was not removed." error={remove.error} /> : null}
      <Confirm
        label="Remove it"
        busy={remove.isPending}
        onBack={onDone}
        onConfirmed={() => remove.mutate()}
      />
    </>
  );
}

const SET_UPS = {
  begun: { look: 'warning', words: 'Set-up not finished' },
  more_needed: { look: 'warning', words: 'Something is missing' },
  checking: { look: 'checking', words: 'Being checked there' },
  rejected: { look: 'failed', words: 'Turned away' },
} as const;

function SetUpStatus({ state }: { readonly state: keyof typeof SET_UPS }) {
  const { look, words } = SET_UPS[state];
  return <Status look={look}>{words}</Status>;
}

/** Goes to the provider's page, once it is confirmed that it is still the same person. */
function GoToSetUp({ account, onBack }: { readonly account: PayoutAccount; readonly onBack: () => void }) {
  const go = useMutation({
    mutationFn: () => openSetUp(account.id),
    onSuccess: ({ url }) => window.location.assign(url),
  });
  return (
    <>
      <p className="text-fg-2">
        You go to a page of {account.setUp?.provider}’s and come back here. Another bank account waits before
        it is used, so that you notice a change that was not yours.
      </p>
      {go.isError ? <ErrorCard title="The page could not be opened." error={go.error} /> : null}
      <Confirm
        label={`Go to ${account.setUp?.provider}`}
        why="Where your money goes is changed there, so we ask for your password again."
        busy={go.isPending || go.isSuccess}
        onBack={onBack}
        onConfirmed={() => go.mutate()}
      />
    </>
  );
}

function Ways({ methods }: { readonly methods: Methods }) {
  return (
    <section className="card" aria-labelledby="ways">
      <header>
        <h2 id="ways">Ways to be paid</h2>
      </header>
      <table className="rows ways">
        <thead>
          <tr>
            <th scope="col">Way</th>
            <th scope="col">Where</th>
            <th scope="col" className="num">
              Fee
            </th>
            <th scope="col" className="num">
              Least
            </th>
            <th scope="col" className="num">
              Takes
            </th>
          </tr>
        </thead>
        <tbody>
          {methods.methods.map((terms) => (
            <tr key={`${terms.method} ${terms.countries.join()}`}>
              <td>
                <b>{terms.name}</b>
                <span className="sub">in {terms.currency}</span>
              </td>
              <td>
                {terms.countries.length === 0
                  ? terms.method === 'manual'
                    ? 'everywhere else'
                    : 'everywhere'
                  : terms.countries.length > 4
                    ? `${terms.countries.length} countries of Europe`
                    : terms.countries.join(', ')}
              </td>
              <td className="num">
                <AmountText amount={terms.fee} />
              </td>
              <td className="num">
                <AmountText amount={terms.least} />
              </td>
              <td className="num">
                {terms.businessDays} working {terms.businessDays === 1 ? 'day' : 'days'}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function hoursText(hours: number): string {
  if (hours % 24 !== 0) return `${hours} hours`;
  return hours === 24 ? 'a day' : `${hours / 24} days`;
}
