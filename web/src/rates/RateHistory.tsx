import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { SearchCheck } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { type Rate, type RateMethod, rateHistoryQuery, rateLineQuery } from '../api/rates.ts';
import { AmountText } from '../ui/Amount.tsx';
import { IconButton } from '../ui/Button.tsx';
import { Choices } from '../ui/Choices.tsx';
import { CsvLink } from '../ui/CsvLink.tsx';
import { Paged } from '../ui/Paged.tsx';
import { Segment } from '../ui/Segment.tsx';
import { EmptyState, ErrorCard, Skeleton } from '../ui/States.tsx';
import { Status } from '../ui/Status.tsx';
import { Time } from '../ui/Time.tsx';

const RateChart = lazy(() => import('./RateChart.tsx'));

const METHODS = [
  { value: 'all', label: 'All' },
  { value: 'policy', label: 'Policy' },
  { value: 'formula', label: 'Formula' },
  { value: 'manual', label: 'Operators' },
] as const;

interface RateHistoryProps {
  /** The version in force. */
  readonly current: number;
  readonly onCheck: (version: number) => void;
}

/** Every rate there was and that is announced, as a picture or as a table. */
export function RateHistory({ current, onCheck }: RateHistoryProps) {
  const [look, setLook] = useState<'chart' | 'table'>('chart');
  return (
    <section className="card" aria-labelledby="history">
      <header>
        <h2 id="history" className="text-lg!">
          Every rate there was
        </h2>
        <Segment
          label="Show as"
          items={[
            { value: 'chart', label: 'Chart' },
            { value: 'table', label: 'Table' },
          ]}
          value={look}
          onChange={setLook}
        />
      </header>
      {look === 'chart' ? <Line /> : <Versions current={current} onCheck={onCheck} />}
      <p className="mt-3 text-sm text-fg-3">
        A rate is never changed: a new one takes its place, and every receipt names the one it was made with.
      </p>
    </section>
  );
}

function Line() {
  const line = useQuery(rateLineQuery);
  if (line.data === undefined) {
    return line.isError ? (
      <ErrorCard
        title="The picture could not be drawn."
        error={line.error}
        onRetry={() => void line.refetch()}
      />
    ) : (
      <Skeleton height={270} />
    );
  }
  return (
    <Suspense fallback={<Skeleton height={270} />}>
      <RateChart rates={line.data} nowMs={line.dataUpdatedAt} />
    </Suspense>
  );
}

function Versions({ current, onCheck }: RateHistoryProps) {
  const [method, setMethod] = useState<RateMethod | 'all'>('all');
  const query = useInfiniteQuery(rateHistoryQuery(method));
  return (
    <>
      <div className="history-tools">
        <Choices label="Made by" items={METHODS} value={method} onChange={setMethod} />
        <CsvLink href={`/v1/rates/history.csv${method === 'all' ? '' : `?method=${method}`}`} />
      </div>
      <Paged
        query={query}
        unread={{ first: 'The rates', next: 'The older rates' }}
        none={<EmptyState title="None was made so">Choose All to see every rate.</EmptyState>}
        end={(count) => (count === 1 ? 'The only one.' : `All ${count}.`)}
      >
        {(rates) => <Rows rates={rates} current={current} onCheck={onCheck} />}
      </Paged>
    </>
  );
}

function Rows({ rates, current, onCheck }: RateHistoryProps & { readonly rates: readonly Rate[] }) {
  return (
    <table className="rows">
      <thead>
        <tr>
          <th scope="col">Version</th>
          <th scope="col">From</th>
          <th scope="col" className="max-sm:hidden">
            Why
          </th>
          <th scope="col" className="num max-sm:whitespace-normal!">
            1,000 Diamonds
          </th>
          <th scope="col">
            <span className="sr-only">Check</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rates.map((rate) => (
          <tr key={rate.version}>
            <td className="whitespace-nowrap">
              {rate.version === current ? (
                <Status look="done">
                  {rate.version}
                  <span className="max-sm:sr-only">, now</span>
                </Status>
              ) : Date.parse(rate.from) > Date.now() ? (
                <Status look="pending">
                  {rate.version}
                  <span className="max-sm:sr-only">, to come</span>
                </Status>
              ) : (
                <span className="pl-2">{rate.version}</span>
              )}
            </td>
            <td className="when">
              <Time at={rate.from} look="stamp" />
              <span className="block text-sm whitespace-normal sm:hidden">{rate.reason}</span>
            </td>
            <td className="max-sm:hidden">{rate.reason}</td>
            <td className="num">
              <b>
                <AmountText amount={rate.money} />
              </b>
            </td>
            <td className="num">
              <IconButton label={`Check version ${rate.version}`} onClick={() => onCheck(rate.version)}>
                <SearchCheck aria-hidden />
              </IconButton>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
