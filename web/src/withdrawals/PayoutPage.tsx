import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { ChevronLeft, CircleAlert, CircleX } from 'lucide-react';
import { useState } from 'react';
import { ApiProblem } from '../api/problem.ts';
import { every } from '../api/query.ts';
import { Signed } from '../identity/Signed.tsx';
import { AmountText } from '../ui/Amount.tsx';
import { Button, buttonLook } from '../ui/Button.tsx';
import { CopyId } from '../ui/CopyId.tsx';
import { HowLines } from '../ui/How.tsx';
import { notifyDone, notifyFailure } from '../ui/notify.ts';
import { PageHead } from '../ui/PageHead.tsx';
import { Sheet } from '../ui/Sheet.tsx';
import { ErrorCard, Skeleton } from '../ui/States.tsx';
import { PayoutStatus } from './PayoutStatus.tsx';
import { Way } from './Way.tsx';
import {
  CALLED_BACK,
  callBackWithdrawal,
  cancelWithdrawal,
  type Withdrawal,
  type WithdrawalReceipt,
  withdrawalQuery,
  withdrawalsChanged,
} from './withdrawals-api.ts';
import './withdrawals.css';

/** One withdrawal: where it is, by when it arrives, what it is made of, and what can be done. */
export function PayoutPage() {
  return (
    <Signed title="Withdrawal" why="Sign in to see your withdrawal.">
      {() => <Shown />}
    </Signed>
  );
}

function Shown() {
  const { id } = useParams({ from: '/studio/payouts/$id' });
  const query = useQuery({ ...withdrawalQuery(id), refetchInterval: every(10_000) });
  return (
    <div className="page-body">
      {query.data === undefined ? (
        <>
          <PageHead title="Withdrawal" />
          {query.isError ? (
            <ErrorCard
              title="This withdrawal could not be read."
              error={query.error}
              onRetry={() => void query.refetch()}
            />
          ) : (
            <Skeleton height={360} className="rounded-[22px]!" />
          )}
        </>
      ) : (
        <Detail receipt={query.data} />
      )}
    </div>
  );
}

function Detail({ receipt }: { readonly receipt: WithdrawalReceipt }) {
  const { withdrawal, how, transfers } = receipt;
  return (
    <>
      <PageHead
        title={`${withdrawal.get.display} ${withdrawal.method === 'stripe' ? 'through Stripe' : `to ${withdrawal.masked}`}`}
        tab={`Withdrawal ${withdrawal.reference}`}
        sub={
          <Link to="/studio/payouts" className="text-link inline-flex items-center gap-1">
            <ChevronLeft aria-hidden className="size-4" />
            All withdrawals
          </Link>
        }
      >
        {withdrawal.cancelable ? <Cancel withdrawal={withdrawal} /> : null}
        {withdrawal.callBack === 'possible' ? <TakeBack withdrawal={withdrawal} /> : null}
      </PageHead>
      {withdrawal.state === 'returned' || withdrawal.state === 'failed' ? (
        <Bounced withdrawal={withdrawal} />
      ) : withdrawal.hold === null ? null : (
        <div className="notice" data-tone="warn" role="status">
          <CircleAlert aria-hidden />
          <span>
            <b>On hold.</b> {withdrawal.hold.reason} You need do nothing, and nothing is lost.
          </span>
        </div>
      )}
      <div className="payout-two">
        <section className="card" aria-labelledby="way">
          <header>
            <h2 id="way">Where it is</h2>
            <PayoutStatus withdrawal={withdrawal} />
          </header>
          <div className="mt-5">
            <Way steps={withdrawal.steps} />
          </div>
          {withdrawal.state === 'sent' || withdrawal.state === 'sending' ? (
            <p className="notice mt-5">
              <CircleAlert aria-hidden />
              <span>
                {withdrawal.method === 'btcpay' ? (
                  <>
                    <b>“Sent” is not “arrived”.</b> It leaves with the wallet’s next transaction, and a block
                    of the chain has to take it. If it is not there on the day above, tell us the reference.
                  </>
                ) : withdrawal.method === 'paypal' ? (
                  withdrawal.callBack === 'asked' ? (
                    <>
                      <b>You take it back.</b> When PayPal has given it back, your Diamonds are available
                      again. If it was accepted there before, it has arrived.
                    </>
                  ) : (
                    <>
                      <b>“Sent” is not “arrived”.</b> PayPal tells us when it is yours. If it waits for you
                      there, it writes to you, and it stands here.
                    </>
                  )
                ) : (
                  <>
                    <b>“Sent” is not “arrived”.</b> Banks take their own working days. If it is not there on
                    the day above, tell your bank the reference.
                  </>
                )}
              </span>
            </p>
          ) : null}
        </section>
        <section className="card" aria-labelledby="made">
          <header>
            <h2 id="made">What it is made of</h2>
            <AmountText amount={withdrawal.diamonds} />
          </header>
          <div className="mt-3">
            <HowLines lines={how} />
          </div>
          <dl className="sums facts">
            <div>
              <dt>Reference</dt>
              <dd>
                <CopyId id={withdrawal.reference} what="withdrawal" whole />
              </dd>
            </div>
            <div>
              <dt>To</dt>
              <dd>
                {withdrawal.holder}, {withdrawal.methodName} {withdrawal.masked}
              </dd>
            </div>
            {transfers.map((transfer, index) => (
              <div key={transfer}>
                <dt>{index === 0 ? 'Ledger entries' : ''}</dt>
                <dd>
                  <Link to="/wallet/tx/$id" params={{ id: transfer }} className="text-link font-mono text-sm">
                    {transfer.slice(0, 14)}…
                  </Link>
                </dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </>
  );
}

const FIELD_WORDS: Readonly<Record<string, string>> = {
  holder: 'Fix the name',
  iban: 'Fix the IBAN',
  routing: 'Fix the routing number',
  account: 'Fix the account number',
  accountType: 'Fix the kind of account',
  address: 'Fix the address',
  email: 'Fix the e-mail address',
  setUp: 'Change the bank account',
};

function Bounced({ withdrawal }: { readonly withdrawal: Withdrawal }) {
  const { bounce, state } = withdrawal;
  const field = bounce?.field ?? null;
  const isTakenBack = bounce?.code === CALLED_BACK;
  const why =
    state === 'returned'
      ? `${isTakenBack ? 'Taken back' : 'Bounced'}: ${bounce?.words ?? 'the bank gave no reason'}.`
      : (withdrawal.steps.at(-1)?.note ?? 'It was not sent.');
  return (
    <div className="notice bounced" data-tone={isTakenBack ? 'info' : 'bad'} role="status">
      {isTakenBack ? <CircleAlert aria-hidden /> : <CircleX aria-hidden />}
      <div className="grid gap-2">
        <p>
          <b>{why}</b>{' '}
          {state === 'returned' ? (
            <>
              Your <AmountText amount={withdrawal.diamonds} /> are available again.
            </>
          ) : null}
        </p>
        <div className="flex flex-wrap gap-2.5">
          {field === null ? null : (
            <Link
              to="/studio/payout-methods"
              search={{ fix: withdrawal.accountId, field }}
              {...buttonLook({ kind: 'primary', size: 'sm' })}
            >
              {FIELD_WORDS[field] ?? 'Fix the account'}
            </Link>
          )}
          <Link to="/studio/withdraw" {...buttonLook({ kind: 'ghost', size: 'sm' })}>
            Withdraw to another account
          </Link>
        </div>
      </div>
    </div>
  );
}

function Cancel({ withdrawal }: { readonly withdrawal: Withdrawal }) {
  const [asking, setAsking] = useState(false);
  const cancel = useMutation({
    mutationFn: () => cancelWithdrawal(withdrawal.id),
    onSuccess: () => {
      setAsking(false);
      void withdrawalsChanged();
      notifyDone('Canceled. Your Diamonds are available again.');
    },
    onError: (error) => {
      setAsking(false);
      void withdrawalsChanged();
      const { detail, remedy } = ApiProblem.of(error);
      notifyFailure(`${detail} ${remedy}`, undefined, 'cancel-withdrawal');
    },
  });
  return (
    <>
      <Button kind="ghost" onClick={() => setAsking(true)}>
        Cancel the withdrawal
      </Button>
      <Sheet
        open={asking}
        onOpenChange={setAsking}
        title="Cancel this withdrawal?"
        description={
          withdrawal.cancelNote ??
          `${withdrawal.get.display} is not sent, and your Diamonds are available again at once.`
        }
      >
        <div className="flex flex-wrap justify-end gap-2.5">
          <Button kind="bare" onClick={() => setAsking(false)}>
            Keep it
          </Button>
          <Button kind="danger" busy={cancel.isPending} onClick={() => cancel.mutate()}>
            Cancel it
          </Button>
        </div>
      </Sheet>
    </>
  );
}

function TakeBack({ withdrawal }: { readonly withdrawal: Withdrawal }) {
  const [asking, setAsking] = useState(false);
  const takeBack = useMutation({
    mutationFn: () => callBackWithdrawal(withdrawal.id),
    onSuccess: () => notifyDone('PayPal is asked to give it back. It stands here when it has.'),
    onError: (error) => {
      const { detail, remedy } = ApiProblem.of(error);
      notifyFailure(`${detail} ${remedy}`, undefined, 'take-back-withdrawal');
    },
    onSettled: () => {
      setAsking(false);
      void withdrawalsChanged();
    },
  });
  return (
    <>
      <Button kind="ghost" onClick={() => setAsking(true)}>
        Take it back
      </Button>
      <Sheet
        open={asking}
        onOpenChange={setAsking}
        title="Take this payment back?"
        description={`Nobody has accepted ${withdrawal.get.display} at ${withdrawal.masked} yet. PayPal gives it back, and your Diamonds are available again. If it is accepted in this moment, it stays paid.`}
      >
        <div className="flex flex-wrap justify-end gap-2.5">
          <Button kind="bare" onClick={() => setAsking(false)}>
            Leave it there
          </Button>
          <Button kind="danger" busy={takeBack.isPending} onClick={() => takeBack.mutate()}>
            Take it back
          </Button>
        </div>
      </Sheet>
    </>
  );
}
