import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { FileText, Gauge, Plus } from 'lucide-react';
import { type Known, useLastKnown } from '../api/last-known.ts';
import { every } from '../api/query.ts';
import type { Me } from '../api/session.ts';
import { type Wallet, walletQuery } from '../api/wallet.ts';
import { Signed } from '../identity/Signed.tsx';
import { buttonLook } from '../ui/Button.tsx';
import { LastKnown } from '../ui/LastKnown.tsx';
import { PageHead } from '../ui/PageHead.tsx';
import { ErrorCard, Skeleton } from '../ui/States.tsx';
import { CoinsCell, DiamondsCell } from './BalanceCells.tsx';
import { OpenOrders } from './OpenOrders.tsx';
import { Statement } from './Statement.tsx';
import './wallet.css';

/** What a person has, and every movement that made it so. */
export function WalletPage() {
  return (
    <Signed title="Wallet" why="Your wallet opens when you sign in.">
      {(me) => <OwnWallet me={me} />}
    </Signed>
  );
}

function OwnWallet({ me }: { readonly me: Me }) {
  const query = useQuery({ ...walletQuery, refetchInterval: every(15_000) });
  const wallet = useLastKnown<Wallet>(`wallet.${me.id}`, query);
  return (
    <div className="page-body">
      <PageHead title="Wallet">
        <Link to="/wallet/statements" {...buttonLook({ kind: 'ghost' })}>
          <FileText aria-hidden />
          Statements
        </Link>
        <Link to="/wallet/limits" {...buttonLook()}>
          <Gauge aria-hidden />
          Limits
        </Link>
        <Link
          to="/wallet/top-up"
          search={{ return: '/wallet' }}
          {...buttonLook({ kind: 'primary' })}
          data-desk-only=""
        >
          <Plus aria-hidden />
          Top up
        </Link>
      </PageHead>
      <Balances me={me} wallet={wallet} onRetry={() => void query.refetch()} />
      <OpenOrders />
      <Statement />
    </div>
  );
}

interface BalancesProps {
  readonly me: Me;
  readonly wallet: Known<Wallet>;
  readonly onRetry: () => void;
}

function Balances({ me, wallet: { data, at, stale, error }, onRetry }: BalancesProps) {
  if (data === undefined) {
    if (error !== null) {
      return <ErrorCard title="Your balance could not be read." error={error} onRetry={onRetry} />;
    }
    return (
      <div className="balances">
        <Skeleton height={228} className="rounded-[22px]!" />
        <Skeleton height={228} className="rounded-[22px]!" />
      </div>
    );
  }
  return (
    <>
      {stale && at !== undefined ? (
        <LastKnown what="Your balance" at={at} error={error} onRetry={onRetry} />
      ) : null}
      <div className={stale ? 'balances stale' : 'balances'}>
        <CoinsCell wallet={data} />
        <DiamondsCell wallet={data} earns={me.roles.includes('creator')} />
      </div>
    </>
  );
}
