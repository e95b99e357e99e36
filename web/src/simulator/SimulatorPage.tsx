import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Console } from '../console/Console.tsx';
import { AmountText } from '../ui/Amount.tsx';
import { Paged } from '../ui/Paged.tsx';
import { PageHead } from '../ui/PageHead.tsx';
import { EmptyState } from '../ui/States.tsx';
import { Status } from '../ui/Status.tsx';
import { Time } from '../ui/Time.tsx';
import { SimulationForm } from './SimulationForm.tsx';
import { type SimulationLine, simulationsQuery } from './simulator-api.ts';
import { madeWith, STATES } from './words.ts';
import './simulator.css';

const route = getRouteApi('/console/simulator');

/** Where a rate is tried before anybody lives with it, and every run there was. */
export function SimulatorPage() {
  return <Console>{() => <Simulator />}</Console>;
}

function Simulator() {
  const { draft } = route.useSearch();
  const runs = useInfiniteQuery(simulationsQuery);
  const kept = runs.data?.pages[0]?.keptDays;
  return (
    <div className="page-body simulator-page">
      <PageHead
        title="Simulator"
        tab="Simulator, console"
        sub="The same invented days under two rates, by this site’s own rules. It moves nothing here."
      />
      <div className="simulator-desk">
        <section className="card" aria-labelledby="new-run">
          <h2 id="new-run" className="text-lg!">
            Try a rate
          </h2>
          <SimulationForm
            key={draft ?? ''}
            draft={draft ?? null}
            scenarios={runs.data?.pages[0]?.scenarios ?? []}
          />
        </section>
        <section className="card" aria-labelledby="runs">
          <h2 id="runs" className="text-lg!">
            Runs
          </h2>
          <Paged
            query={runs}
            unread={{ first: 'The runs', next: 'The older runs' }}
            none={
              <EmptyState title="Nothing was tried yet">
                A run takes seconds. You can leave while it goes on, and find it here.
              </EmptyState>
            }
            end={(count) =>
              `${count === 1 ? 'The only one' : `All ${count}`} of the last ${kept} days; older ones are removed.`
            }
          >
            {(items) => (
              <ul className="simulations">
                {items.map((run) => (
                  <Run key={run.id} run={run} />
                ))}
              </ul>
            )}
          </Paged>
        </section>
      </div>
    </div>
  );
}

function Run({ run }: { readonly run: SimulationLine }) {
  const [look, word] = STATES[run.state];
  return (
    <li>
      <Link to="/console/simulator/$id" params={{ id: run.id }}>
        <header>
          <b>
            <AmountText amount={run.proposed.money} /> against <AmountText amount={run.now.money} />
          </b>
          <Status look={look}>{run.progress === null ? word : `${word}: ${run.progress.percent} %`}</Status>
        </header>
        {run.sentence === null ? null : <p>{run.sentence}</p>}
        {run.note === null ? null : <p>{run.note}</p>}
        <small>
          {run.title} · {madeWith(run)} · {run.yours ? 'you' : run.askedBy.displayName},{' '}
          <Time at={run.askedAt} />
        </small>
      </Link>
    </li>
  );
}
