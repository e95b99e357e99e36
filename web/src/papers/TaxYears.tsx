import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { api } from '../api/client.ts';
import { AmountText } from '../ui/Amount.tsx';
import type { Amount } from '../ui/amounts.ts';
import { buttonLook } from '../ui/Button.tsx';
import { ErrorCard, Skeleton } from '../ui/States.tsx';
import './papers.css';

interface TaxYear {
  readonly year: number;
  readonly soFar: boolean;
  readonly gross: Amount;
  readonly net: Amount;
  readonly payments: number;
}

const yearsQuery = {
  queryKey: ['tax', 'years'],
  queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
    api.get<{ readonly years: readonly TaxYear[] }>('/me/tax', { signal }),
};

/** What was paid out in each calendar year, for whoever does one's taxes. */
export function TaxYears() {
  const years = useQuery(yearsQuery);
  return (
    <section className="card" aria-labelledby="tax">
      <h2 id="tax" className="text-lg!">
        Years, for your taxes
      </h2>
      <p className="mt-1 text-sm text-fg-3">
        What was paid out to you in each calendar year (UTC), by the day it was sent. Which of it you must
        report, your tax office says.
      </p>
      {years.data === undefined ? (
        years.isError ? (
          <ErrorCard
            title="Your years could not be read."
            error={years.error}
            onRetry={() => void years.refetch()}
          />
        ) : (
          <Skeleton height={120} className="rounded-[14px]!" />
        )
      ) : (
        <table className="rows">
          <thead>
            <tr>
              <th scope="col">Year</th>
              <th scope="col" className="num">
                Before fees
              </th>
              <th scope="col" className="num">
                Paid out
              </th>
              <th scope="col" className="num">
                Files
              </th>
            </tr>
          </thead>
          <tbody>
            {years.data.years.map(({ year, soFar, gross, net, payments }) => (
              <tr key={year}>
                <td>
                  <b>{year}</b>
                  <small className="block text-fg-3">
                    {soFar ? 'So far · ' : ''}
                    {payments === 1 ? '1 payment' : `${payments} payments`}
                  </small>
                </td>
                <td className="num">
                  <AmountText amount={gross} />
                </td>
                <td className="num">
                  <AmountText amount={net} />
                </td>
                <td className="num">
                  <span className="tax-files inline-flex gap-2">
                    {(['csv', 'json'] as const).map((format) => (
                      <a
                        key={format}
                        href={`/v1/me/tax/${year}/tax.${format}`}
                        download
                        aria-label={`${year} as ${format.toUpperCase()}`}
                        {...buttonLook({ kind: 'ghost', size: 'sm' })}
                      >
                        <Download aria-hidden />
                        {format.toUpperCase()}
                      </a>
                    ))}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
