import { useQuery } from '@tanstack/react-query';
import { type Fiat, fiatQuery } from '../api/rates.ts';
import { ErrorCard, Skeleton } from '../ui/States.tsx';
import { Status } from '../ui/Status.tsx';

/** Older than this, the age is a warning: a working day is never further away. */
const FRESH_DAYS = 7;

/** What a dollar is worth in other currencies, who says so, and how old that is. */
export function FiatTable() {
  const fiat = useQuery(fiatQuery);
  return (
    <section className="card" aria-labelledby="fiat">
      <h2 id="fiat" className="text-lg!">
        Other currencies
      </h2>
      {fiat.data === undefined ? (
        fiat.isError ? (
          <ErrorCard
            title="The other currencies could not be read."
            error={fiat.error}
            onRetry={() => void fiat.refetch()}
          />
        ) : (
          <Skeleton height={160} />
        )
      ) : fiat.data.table === null ? (
        <p className="mt-2 text-fg-2">
          This site has no rates for other currencies: amounts are in US dollars.
        </p>
      ) : (
        <Table table={fiat.data.table} maxAgeDays={fiat.data.maxAgeDays} />
      )}
    </section>
  );
}

function Table({
  table,
  maxAgeDays,
}: {
  readonly table: NonNullable<Fiat['table']>;
  readonly maxAgeDays: number;
}) {
  return (
    <>
      <p className="fiat-source">
        <Status look={table.ageDays > FRESH_DAYS ? 'warning' : 'done'}>
          {table.tooOld ? `Too old to be used: ${ageText(table.ageDays)}` : ageText(table.ageDays)}
        </Status>
        <span>
          As of {table.asOf}, version {table.version}. {table.source}
        </span>
      </p>
      <ul className="fiat">
        {table.rates.map((rate) => (
          <li key={rate.currency}>
            <b>{rate.currency}</b>
            <span>{rate.display}</span>
          </li>
        ))}
      </ul>
      <p className="mt-3 text-sm text-fg-3">
        For one US dollar. Amounts in another currency are rounded down to its smallest unit.
        {maxAgeDays > 3_650 ? '' : ` Rates older than ${maxAgeDays} days are not used.`}
      </p>
    </>
  );
}

function ageText(days: number): string {
  if (days === 0) return 'Of today';
  return days === 1 ? '1 day old' : `${days} days old`;
}
