import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Landmark, LifeBuoy } from 'lucide-react';
import { giftArt } from '../art/gifts.ts';
import { Signed } from '../identity/Signed.tsx';
import { AmountText } from '../ui/Amount.tsx';
import { buttonLook } from '../ui/Button.tsx';
import { Paged } from '../ui/Paged.tsx';
import { PageHead } from '../ui/PageHead.tsx';
import { EmptyState } from '../ui/States.tsx';
import { Time } from '../ui/Time.tsx';
import { PayoutStatus } from './PayoutStatus.tsx';
import { type Withdrawal, withdrawalsQuery } from './withdrawals-api.ts';
import './withdrawals.css';

/** Every withdrawal that one asked for, the newest first. */
export function PayoutsPage() {
  return (
    <Signed title="Withdrawals" why="Sign in to see your withdrawals.">
      {() => <Withdrawals />}
    </Signed>
  );
}

function Withdrawals() {
  const query = useInfiniteQuery(withdrawalsQuery);
  return (
    <div className="page-body">
      <PageHead title="Withdrawals" sub="Where your money is, and where it went.">
        <Link to="/studio/help" {...buttonLook({ kind: 'ghost' })}>
          <LifeBuoy aria-hidden />
          Fix a problem
        </Link>
        <Link to="/studio/payout-methods" {...buttonLook({ kind: 'ghost' })}>
          <Landmark aria-hidden />
          Your accounts
        </Link>
        <Link to="/studio/withdraw" {...buttonLook({ kind: 'primary' })}>
          Withdraw
        </Link>
      </PageHead>
      <section className="card" aria-label="Your withdrawals">
        <Paged
          query={query}
          unread={{ first: 'Your withdrawals', next: 'The next withdrawals' }}
          none={
            <EmptyState
              art={giftArt('1f48e').src}
              title="You have not withdrawn yet"
              action={
                <Link to="/studio/earnings" {...buttonLook({ kind: 'soft' })}>
                  See your earnings
                </Link>
              }
            >
              Each withdrawal shows here from the moment you ask until it has arrived.
            </EmptyState>
          }
          end={(count) =>
            count === 1 ? 'That is the one withdrawal.' : `That is all: ${count} withdrawals.`
          }
        >
          {(items) => <Rows items={items} />}
        </Paged>
      </section>
    </div>
  );
}

function Rows({ items }: { readonly items: readonly Withdrawal[] }) {
  return (
    <table className="rows payouts">
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">To</th>
          <th scope="col">Status</th>
          <th scope="col" className="num">
            Diamonds
          </th>
          <th scope="col" className="num">
            You get
          </th>
        </tr>
      </thead>
      <tbody>
        {items.map((one) => (
          <tr key={one.id}>
            <td className="when">
              <Time at={one.requestedAt} />
            </td>
            <td>
              <Link to="/studio/payouts/$id" params={{ id: one.id }} className="thing">
                <span className="sign" aria-hidden="true">
                  <Landmark />
                </span>
                <span>
                  <b>
                    {one.methodName} {one.masked}
                  </b>
                  <small>{one.reference}</small>
                </span>
              </Link>
            </td>
            <td className="state">
              <PayoutStatus withdrawal={one} />
            </td>
            <td className="num gone">
              <AmountText amount={one.diamonds} />
            </td>
            <td className="num">
              <b>{one.get.display}</b>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
