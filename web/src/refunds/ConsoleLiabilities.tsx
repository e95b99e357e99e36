import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Console } from '../console/Console.tsx';
import { PageHead } from '../ui/PageHead.tsx';
import { ErrorCard, Skeleton } from '../ui/States.tsx';
import { Status } from '../ui/Status.tsx';
import { Time } from '../ui/Time.tsx';
import { type Liabilities, liabilitiesQuery } from './refunds-api.ts';
import './refunds.css';

/** What people have, and the money that stands behind it. */
export function ConsoleLiabilities() {
  return <Console>{() => <Books />}</Console>;
}

function Books() {
  const query = useQuery(liabilitiesQuery);
  const books = query.data;
  return (
    <div className="page-body">
      <PageHead
        title="Liabilities"
        sub={
          books === undefined ? null : (
            <>
              From the ledger, <Time at={books.asOf} look="stamp" />. What people have is priced as of now.
            </>
          )
        }
      />
      {books === undefined ? (
        query.isError ? (
          <ErrorCard
            title="The books could not be read."
            error={query.error}
            onRetry={() => void query.refetch()}
          />
        ) : (
          <Skeleton height={260} />
        )
      ) : (
        <>
          <div className="liability-columns">
            <Lines title="What people have" lines={books.owed} total={books.totals.owed.display} />
            <Lines title="What stands behind it" lines={books.held} total={books.totals.held.display} />
          </div>
          <section className="card grid gap-3" aria-labelledby="cover">
            <header>
              <h2 id="cover">Cover</h2>
            </header>
            <p>
              {books.totals.coverPercent === null
                ? 'Nobody has anything yet.'
                : `There is ${books.totals.coverPercent} % of what everything would be worth at once. Coins are never paid out, and creators’ part of them is smaller, so less than 100 % can be sound.`}
            </p>
            <p>
              <Status look={books.check.passed ? 'done' : 'failed'}>
                {books.check.passed ? 'The ledger adds up' : 'The ledger does not add up'}
              </Status>
            </p>
            <dl className="took" aria-label="Debits and credits of each asset">
              {books.check.lines.map(({ asset, debits, credits }) => (
                <div key={asset}>
                  <dt>{asset}</dt>
                  <dd>
                    {debits} debited, {credits} credited
                  </dd>
                </div>
              ))}
            </dl>
            <p className="text-fg-2">
              {books.openDisputes.count === 0
                ? 'No dispute is open.'
                : `${books.openDisputes.count} ${books.openDisputes.count === 1 ? 'dispute is' : 'disputes are'} open over ${books.openDisputes.money.display}. `}
              {books.openDisputes.count === 0 ? null : <Link to="/console/disputes">See them</Link>}
            </p>
          </section>
        </>
      )}
    </div>
  );
}

function Lines(props: {
  readonly title: string;
  readonly lines: Liabilities['owed'];
  readonly total: string;
}) {
  return (
    <section className="card" aria-label={props.title}>
      <header>
        <h2>{props.title}</h2>
        <b>{props.total}</b>
      </header>
      <dl className="sums mt-2">
        {props.lines.map(({ label, amount, money, note }) => (
          <div key={label}>
            <dt>
              {label}
              {note === null ? null : <small>{note}</small>}
            </dt>
            <dd>
              {amount.display}
              {amount.asset === 'USD' ? null : <small className="block text-fg-3">≈ {money.display}</small>}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
