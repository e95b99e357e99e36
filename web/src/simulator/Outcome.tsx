import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { AmountText } from '../ui/Amount.tsx';
import { moneyText } from '../ui/amounts.ts';
import { CompareChart } from './CompareChart.tsx';
import type { SimulatedArm, SimulatedDay, Simulation } from './simulator-api.ts';
import { coverageText, versionName } from './words.ts';

interface OutcomeProps {
  readonly run: Simulation;
  readonly result: NonNullable<Simulation['result']>;
}

/** What a run came to: in a sentence, in sums, day by day, and whether others came to the same. */
export function Outcome({ run, result }: OutcomeProps) {
  const names = { now: versionName(run), proposed: run.proposed.money.display };
  return (
    <>
      <section className="card outcome" aria-label="What it came to">
        <p className="sentence">{run.sentence}</p>
        <Sums names={names} now={result.now.sums} proposed={result.proposed.sums} />
        <Sameness run={run} result={result} />
      </section>
      <div className="compare-charts">
        <CompareChart
          title="Held for what is owed"
          note="Cash and reserve against every Diamond that people have"
          names={names}
          now={result.now.days.map(coverageOf)}
          proposed={result.proposed.days.map(coverageOf)}
          textOf={(value) => coverageText(value.toString())}
        />
        <CompareChart
          title="Paid out so far"
          note="What withdrawals came to, before fees"
          names={names}
          now={addedUp(result.now.days)}
          proposed={addedUp(result.proposed.days)}
          textOf={moneyText}
        />
        <CompareChart
          title="The middle creator"
          note="What half of the creators earned more than, in the last thirty days of the run"
          names={names}
          now={result.now.days.map(({ medianCents }) => BigInt(medianCents))}
          proposed={result.proposed.days.map(({ medianCents }) => BigInt(medianCents))}
          textOf={moneyText}
        />
      </div>
    </>
  );
}

const coverageOf = ({ coverage }: SimulatedDay) => BigInt(coverage ?? '0');

function addedUp(days: readonly SimulatedDay[]): bigint[] {
  let sum = 0n;
  return days.map(({ paidOutCents }) => {
    sum += BigInt(paidOutCents);
    return sum;
  });
}

interface SumsProps {
  readonly names: { readonly now: string; readonly proposed: string };
  readonly now: SimulatedArm['sums'];
  readonly proposed: SimulatedArm['sums'];
}

function Sums({ names, now, proposed }: SumsProps) {
  const rows: readonly (readonly [string, (sums: SimulatedArm['sums']) => ReactNode])[] = [
    ['Bought', ({ purchased }) => <AmountText amount={purchased} />],
    ['Creators earned', ({ earned }) => <AmountText amount={earned} />],
    ['Paid out', ({ paidOut }) => <AmountText amount={paidOut} />],
    ['Still waits', ({ waiting }) => <AmountText amount={waiting} />],
    ['Waited for cash, at most', ({ mostShort }) => <AmountText amount={mostShort} />],
    ['Held for what is owed, least', ({ leastCoverage }) => coverageText(leastCoverage)],
    ['Held for what is owed, at the end', ({ lastCoverage }) => coverageText(lastCoverage)],
    ['The middle creator, last month', ({ median }) => <AmountText amount={median} />],
  ];
  return (
    <table className="rows">
      <thead>
        <tr>
          <th scope="col">
            <span className="sr-only">What</span>
          </th>
          <th scope="col" className="num">
            {names.now}
          </th>
          <th scope="col" className="num">
            {names.proposed}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([label, shown]) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            <td className="num">{shown(now)}</td>
            <td className="num">{shown(proposed)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Equal inputs come to equal results: said with the run that shows it. */
function Sameness({ run, result: { now } }: OutcomeProps) {
  return (
    <div className="sameness">
      <p>
        Result <code title={run.hash ?? undefined}>{run.hash?.slice(0, 12)}</code>, model version{' '}
        {run.modelVersion}; the books of each side, {now.books.accounts.toLocaleString('en')} accounts and{' '}
        {now.books.transfers.toLocaleString('en')} transfers, add up.
      </p>
      {run.alike.map((other) => (
        <p key={other.id}>
          Same as{' '}
          <Link to="/console/simulator/$id" params={{ id: other.id }} className="text-link">
            run {other.id.slice(-6)}
          </Link>
          :{' '}
          <b>
            {other.same
              ? 'yes'
              : other.modelVersion === run.modelVersion
                ? 'no'
                : `no, it was model version ${other.modelVersion}`}
          </b>
        </p>
      ))}
    </div>
  );
}
