import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { ArrowLeft, CircleAlert, CircleCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import { ApiProblem } from '../api/problem.ts';
import { Signed } from '../identity/Signed.tsx';
import { AmountText } from '../ui/Amount.tsx';
import type { Amount } from '../ui/amounts.ts';
import { buttonLook } from '../ui/Button.tsx';
import { CopyId } from '../ui/CopyId.tsx';
import { HowLines } from '../ui/How.tsx';
import { PageHead, usePageHeading } from '../ui/PageHead.tsx';
import { EmptyState, ErrorCard, Skeleton } from '../ui/States.tsx';
import { Time } from '../ui/Time.tsx';
import { Worth } from '../ui/Worth.tsx';
import { isBalanced, sumsOf } from './balanced.ts';
import { EntrySign } from './EntrySign.tsx';
import { ACCOUNT_WORDS, EntryStatus } from './EntryStatus.tsx';
import { type EntryReceipt, entryQuery, type Leg } from './wallet-api.ts';
import './wallet.css';

const route = getRouteApi('/wallet/tx/$id');

/** One entry of the ledger, how its number was made, and both of its sides. */
export function EntryPage() {
  const { id } = route.useParams();
  return (
    <Signed title="Entry" why="Sign in to see this entry.">
      {() => <Entry id={id} />}
    </Signed>
  );
}

function Entry({ id }: { readonly id: string }) {
  const receipt = useQuery(entryQuery(id));
  return (
    <div className="page-body max-w-[780px]!">
      <Link to="/wallet" className="back-link">
        <ArrowLeft aria-hidden />
        Wallet
      </Link>
      {receipt.data ? (
        <Receipt receipt={receipt.data} />
      ) : receipt.isError ? (
        <NoEntry what="entry" error={receipt.error} onRetry={() => void receipt.refetch()} />
      ) : (
        <Skeleton height={300} className="rounded-[22px]!" />
      )}
    </div>
  );
}

function Receipt({ receipt: { entry, how, legs } }: { readonly receipt: EntryReceipt }) {
  const heading = usePageHeading(entry.title);
  return (
    <>
      <section className="card entry-head">
        <EntrySign entry={entry} />
        <h1 ref={heading} tabIndex={-1} className="outline-none">
          {entry.title}
        </h1>
        {entry.detail === '' ? null : <p className="text-fg-3">{entry.detail}</p>}
        <p className="sum">
          <AmountText amount={entry.amount} signed />
        </p>
        <p className="worth mt-0!">
          {/* What a purchase cost stands above already. */}
          {entry.money === null || entry.kind === 'purchase' ? null : (
            <>
              <Worth of={entry.amount} money={entry.money} /> ·{' '}
            </>
          )}
          <Time at={entry.at} look="stamp" />
        </p>
        <div className="mt-2">
          <EntryStatus entry={entry} />
        </div>
        <EntryLink entry={entry} />
      </section>
      <section className="card" aria-labelledby="made">
        <h2 id="made" className="text-lg!">
          How this number was made
        </h2>
        <div className="mt-2">
          <HowLines
            lines={[
              ...how,
              {
                label: `${ACCOUNT_WORDS[entry.account]} after this`,
                value: <AmountText amount={entry.balanceAfter} />,
                note: 'The balance that the ledger had then',
              },
            ]}
          />
        </div>
      </section>
      <section className="card" aria-labelledby="legs">
        <h2 id="legs" className="text-lg!">
          In the ledger
        </h2>
        <Legs legs={legs} />
      </section>
    </>
  );
}

function EntryLink({ entry: { link } }: { readonly entry: EntryReceipt['entry'] }) {
  if (link?.type === 'gift') {
    return (
      <Link to="/gifts/$id" params={{ id: link.id }} {...buttonLook({ kind: 'ghost', size: 'sm' })}>
        Follow this gift
      </Link>
    );
  }
  if (link?.type === 'order') {
    return (
      <Link to="/wallet/orders/$id" params={{ id: link.id }} {...buttonLook({ kind: 'ghost', size: 'sm' })}>
        See the order
      </Link>
    );
  }
  if (link?.type === 'withdrawal') {
    return (
      <Link to="/studio/payouts/$id" params={{ id: link.id }} {...buttonLook({ kind: 'ghost', size: 'sm' })}>
        See the withdrawal
      </Link>
    );
  }
  if (link?.type === 'question') {
    return (
      <Link to="/questions" {...buttonLook({ kind: 'ghost', size: 'sm' })}>
        Your questions
      </Link>
    );
  }
  return null;
}

const ASSET_WORDS = { COIN: 'Coins', DIAMOND: 'Diamonds', USD: 'dollars' } as const;

function Legs({ legs }: { readonly legs: readonly Leg[] }) {
  const balanced = isBalanced(legs);
  const ids = [...new Set(legs.map(({ id }) => id))];
  return (
    <>
      <table className="rows legs">
        <thead>
          <tr>
            <th scope="col">Account</th>
            <th scope="col" className="num">
              Debit
            </th>
            <th scope="col" className="num">
              Credit
            </th>
            <th scope="col" className="num after">
              Balance after
            </th>
          </tr>
        </thead>
        <tbody>
          {legs.map((leg) => (
            <tr
              key={`${leg.id} ${leg.account} ${leg.debit === null}`}
              data-yours={leg.yours ? '' : undefined}
            >
              <td className="acct">{leg.account}</td>
              <td className="num">{cell(leg.debit)}</td>
              <td className="num">{cell(leg.credit)}</td>
              <td className="num after">{cell(leg.balanceAfter)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          {sumsOf(legs).map(({ asset, debits, credits }) => (
            <tr key={asset}>
              <td>Sum in {ASSET_WORDS[asset]}</td>
              <td className="num">{cell({ asset, units: debits.toString(), display: '' })}</td>
              <td className="num">{cell({ asset, units: credits.toString(), display: '' })}</td>
              <td className="after" />
            </tr>
          ))}
        </tfoot>
      </table>
      <p className="proof" data-broken={balanced ? undefined : ''}>
        {balanced ? <CircleCheck aria-hidden /> : <CircleAlert aria-hidden />}
        {balanced
          ? 'What left one account arrived in another, to the last unit.'
          : 'The two sides are not equal. Tell support: this must never be.'}
      </p>
      <ul className="mt-2 flex flex-wrap gap-x-3">
        {ids.map((id) => (
          <li key={id}>
            <CopyId id={id} what="entry" />
          </li>
        ))}
      </ul>
    </>
  );
}

function cell(amount: Amount | null): ReactNode {
  return amount === null ? (
    <span className="text-fg-3">
      <span aria-hidden="true">·</span>
      <span className="sr-only">none</span>
    </span>
  ) : (
    <AmountText amount={amount} />
  );
}

interface NoEntryProps {
  /** "entry", "order", "gift". */
  readonly what: string;
  readonly error: unknown;
  readonly onRetry: () => void;
}

/** What was asked for is not there, or is somebody else's, or could not be read. */
export function NoEntry({ what, error, onRetry }: NoEntryProps) {
  if (ApiProblem.of(error).status === 404 || ApiProblem.of(error).status === 400) {
    return (
      <section className="card">
        <EmptyState
          heading="h1"
          title={`There is no such ${what} of yours`}
          action={
            <Link to="/wallet" {...buttonLook({ kind: 'primary' })}>
              See your wallet
            </Link>
          }
        >
          The address may be incomplete, or it belongs to another account.
        </EmptyState>
      </section>
    );
  }
  return (
    <>
      <PageHead title={`Your ${what}`} />
      <ErrorCard title={`This ${what} could not be read.`} error={error} onRetry={onRetry} />
    </>
  );
}
