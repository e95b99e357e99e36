import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { queryClient } from '../api/query.ts';
import { Checks } from '../identity/Checks.tsx';
import { type Check, explainQuery } from '../identity/people-api.ts';
import { Signed } from '../identity/Signed.tsx';
import { Button, buttonLook } from '../ui/Button.tsx';
import { PageHead } from '../ui/PageHead.tsx';
import { ErrorCard, Skeleton } from '../ui/States.tsx';
import { PayoutStatus } from './PayoutStatus.tsx';
import { onTheWayQuery } from './withdrawals-api.ts';
import './withdrawals.css';

/** Why a withdrawal cannot be asked for, from the same checks that refuse it, each with what to do about it. */
export function HelpPage() {
  return (
    <Signed title="Fix a problem" why="Sign in to see what stands in the way.">
      {() => <Help />}
    </Signed>
  );
}

function Help() {
  const query = useQuery(explainQuery('withdraw'));
  return (
    <div className="page-body">
      <PageHead
        title="Fix a problem"
        sub="Why can’t I withdraw? Each condition, with what you have and what it takes."
      >
        <Button
          kind="ghost"
          busy={query.isFetching}
          onClick={() => void queryClient.invalidateQueries({ queryKey: ['explain'] })}
        >
          Look again
        </Button>
      </PageHead>
      {query.data === undefined ? (
        query.isError ? (
          <ErrorCard
            title="What stands in the way could not be read."
            error={query.error}
            onRetry={() => void query.refetch()}
          />
        ) : (
          <Skeleton height={320} className="rounded-[22px]!" />
        )
      ) : (
        <section className="card" aria-labelledby="why">
          <h2 id="why" className="text-lg font-bold">
            {query.data.passed ? 'Nothing stands in the way: you can withdraw' : inTheWay(query.data.checks)}
          </h2>
          <Checks
            checks={[...query.data.checks].sort((a, b) => Number(a.passed) - Number(b.passed))}
            remedyOf={(check) => <Remedy check={check} />}
          />
          {query.data.passed ? (
            <div className="mt-4">
              <Link to="/studio/withdraw" {...buttonLook({ kind: 'primary' })}>
                Withdraw
              </Link>
            </div>
          ) : null}
        </section>
      )}
      <OnTheWay />
      <Gate gate="buy" title="Buying" free="Nothing keeps you from buying" />
      <Gate gate="send" title="Giving" free="Nothing keeps you from giving" />
      <section className="card grid gap-2" aria-labelledby="elsewhere">
        <h2 id="elsewhere" className="text-lg font-bold">
          Something else?
        </h2>
        <p className="text-fg-2">
          A gift that you miss has a page of its own: open it from your{' '}
          <Link to="/studio/earnings" className="text-link">
            earnings
          </Link>
          , it says where its Diamonds are. Every movement is in your{' '}
          <Link to="/wallet" className="text-link">
            wallet
          </Link>
          , with its ledger entry; what you ordered and did not pay is there too. Money that waits at PayPal
          until you accept it can be taken back on the page of its{' '}
          <Link to="/studio/payouts" className="text-link">
            withdrawal
          </Link>
          .
        </p>
      </section>
    </div>
  );
}

/** Whether something keeps a person from buying or giving, and what. */
function Gate(props: { readonly gate: 'buy' | 'send'; readonly title: string; readonly free: string }) {
  const { gate, title, free } = props;
  const query = useQuery(explainQuery(gate));
  if (query.data === undefined) return null;
  const failed = query.data.checks.filter(({ passed }) => !passed);
  return (
    <section className="card" aria-labelledby={`gate-${gate}`}>
      <h2 id={`gate-${gate}`} className="text-lg font-bold">
        {failed.length === 0 ? free : `${title}: ${inTheWay(query.data.checks)}`}
      </h2>
      {failed.length === 0 ? null : <Checks checks={failed} remedyOf={(check) => <Remedy check={check} />} />}
    </section>
  );
}

function inTheWay(checks: readonly Check[]): string {
  const failed = checks.filter(({ passed }) => !passed).length;
  return `${failed} of ${checks.length} ${failed === 1 ? 'stands' : 'stand'} in the way`;
}

/** What can be done about a condition, as a button. */
function Remedy({ check }: { readonly check: Check }) {
  if (check.passed) return null;
  const target = TARGETS[check.code];
  if (target === undefined) return null;
  return (
    <span className="remedy">
      <Link to={target.to} {...buttonLook({ kind: 'soft', size: 'sm' })}>
        {target.label}
      </Link>
    </span>
  );
}

const TARGETS: Readonly<
  Record<
    string,
    {
      readonly to:
        | '/age'
        | '/wallet/limits'
        | '/wallet'
        | '/wallet/top-up'
        | '/studio/payout-methods'
        | '/studio/earnings'
        | '/studio/payouts'
        | '/studio/withdraw'
        | '/studio/verify';
      readonly label: string;
    }
  >
> = {
  age_unknown: { to: '/age', label: 'Give your date of birth' },
  under_age: { to: '/age', label: 'See when it opens' },
  too_many_open_orders: { to: '/wallet', label: 'See your orders' },
  insufficient_coins: { to: '/wallet/top-up', label: 'Top up' },
  spending_limit_reached: { to: '/wallet/limits', label: 'See your limits' },
  on_a_break: { to: '/wallet/limits', label: 'See your break' },
  payout_account_missing: { to: '/studio/payout-methods', label: 'Add an account' },
  payout_setup_needed: { to: '/studio/payout-methods', label: 'Go on with the set-up' },
  payout_method_unavailable: { to: '/studio/payout-methods', label: 'Choose another way' },
  payout_account_too_new: { to: '/studio/payout-methods', label: 'See your accounts' },
  payout_identity_needed: { to: '/studio/verify', label: 'Show your papers' },
  fiat_rate_missing: { to: '/studio/payout-methods', label: 'Choose another way' },
  fiat_rate_too_old: { to: '/studio/payout-methods', label: 'Choose another way' },
  coin_price_missing: { to: '/studio/payout-methods', label: 'Choose another way' },
  payout_account_bounced: { to: '/studio/payout-methods', label: 'Change the account' },
  payout_name_differs: { to: '/studio/payout-methods', label: 'Change the account' },
  withdrawal_too_small: { to: '/studio/earnings', label: 'See when more is available' },
  first_withdrawal_waits: { to: '/studio/payouts', label: 'See your withdrawal' },
  withdrawals_on_hold: { to: '/studio/payouts', label: 'See what is on hold' },
  withdrawal_over_day_cap: { to: '/studio/payouts', label: 'See what you withdrew' },
  withdrawal_over_week_cap: { to: '/studio/payouts', label: 'See what you withdrew' },
  withdrawal_over_method_cap: { to: '/studio/payout-methods', label: 'Choose another way' },
};

function OnTheWay() {
  const { data } = useQuery(onTheWayQuery);
  if (data === undefined || data.items.length === 0) return null;
  return (
    <section className="card" aria-labelledby="waits">
      <h2 id="waits" className="text-lg font-bold">
        On its way
      </h2>
      <ul className="grid gap-2 pt-3">
        {data.items.map((one) => (
          <li key={one.id} className="flex flex-wrap items-center gap-x-4 gap-y-1">
            <Link to="/studio/payouts/$id" params={{ id: one.id }} className="text-link">
              {one.get.display} to {one.masked}
            </Link>
            <PayoutStatus withdrawal={one} />
          </li>
        ))}
      </ul>
    </section>
  );
}
