import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ArrowLeft, ChevronRight } from 'lucide-react';
import { giftArt } from '../art/gifts.ts';
import { Signed } from '../identity/Signed.tsx';
import { AmountText } from '../ui/Amount.tsx';
import { PageHead } from '../ui/PageHead.tsx';
import { EmptyState, ErrorCard, Skeleton } from '../ui/States.tsx';
import { ACCOUNT_TITLES, type MonthRow, monthsQuery, monthText, type PaperKind } from './papers-api.ts';
import { TaxYears } from './TaxYears.tsx';
import './papers.css';

/** The months of what was bought and given. */
export function WalletStatements() {
  return (
    <Signed title="Statements" why="Sign in to see your statements.">
      {() => <Months of="fan" />}
    </Signed>
  );
}

/** The months of what was earned and withdrawn, and the years for the tax office. */
export function StudioStatements() {
  return (
    <Signed title="Statements" why="Sign in to see your statements.">
      {(me) => (me.roles.includes('creator') ? <Months of="creator" /> : <NotACreator />)}
    </Signed>
  );
}

const COLUMNS = {
  fan: [ACCOUNT_TITLES.coins, ACCOUNT_TITLES.diamonds_purchased],
  creator: [ACCOUNT_TITLES.diamonds_pending, ACCOUNT_TITLES.diamonds_available],
} as const;

function Months({ of }: { readonly of: PaperKind }) {
  const months = useQuery(monthsQuery(of));
  return (
    <div className="page-body max-w-[860px]!">
      <Link to={of === 'fan' ? '/wallet' : '/studio/earnings'} className="back-link">
        <ArrowLeft aria-hidden />
        {of === 'fan' ? 'Wallet' : 'Earnings'}
      </Link>
      <PageHead
        title="Statements"
        sub={
          of === 'fan'
            ? 'Month by month: what you bought, what you gave, and where your money went.'
            : 'Month by month: what fans paid, what you got, and what was paid out.'
        }
      />
      <section className="card" aria-label="Your statements">
        {months.data === undefined ? (
          months.isError ? (
            <ErrorCard
              title="Your statements could not be read."
              error={months.error}
              onRetry={() => void months.refetch()}
            />
          ) : (
            <Skeleton height={220} className="rounded-[14px]!" />
          )
        ) : (
          <MonthTable of={of} months={months.data.months} />
        )}
        <p className="mt-3 text-sm text-fg-3">Months begin and end at midnight UTC.</p>
      </section>
      {of === 'creator' ? <TaxYears /> : null}
    </div>
  );
}

function MonthTable({ of, months }: { readonly of: PaperKind; readonly months: readonly MonthRow[] }) {
  return (
    <table className="rows months">
      <thead>
        <tr>
          <th scope="col">Month</th>
          {COLUMNS[of].map((name) => (
            <th key={name} scope="col" className="num">
              {name} at its end
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {months.map((row) => (
          <tr key={row.month}>
            <td>
              <Link
                to={of === 'fan' ? '/wallet/statements/$month' : '/studio/statements/$month'}
                params={{ month: row.month }}
                className="thing"
              >
                <span>
                  <b>{monthText(row.month)}</b>
                  <small>
                    {row.soFar ? 'So far' : row.changed ? 'Complete' : 'Complete: nothing moved'}
                    <span className="only-hand">
                      {' · '}
                      {row.closing.map((amount, index) => (
                        <span key={COLUMNS[of][index]}>
                          {index === 0 ? '' : ' + '}
                          <AmountText amount={amount} />
                        </span>
                      ))}
                    </span>
                  </small>
                </span>
                <ChevronRight aria-hidden className="go" />
              </Link>
            </td>
            {row.closing.map((amount, index) => (
              <td key={COLUMNS[of][index]} className="num gone">
                <AmountText amount={amount} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function NotACreator() {
  return (
    <div className="page-body">
      <PageHead title="Statements" />
      <section className="card">
        <EmptyState
          art={giftArt('1f48e').src}
          title="These are the statements of creators"
          action={
            <Link to="/wallet/statements" className="text-link">
              See what you bought and gave
            </Link>
          }
        >
          Once you receive gifts, each month stands here.
        </EmptyState>
      </section>
    </div>
  );
}
