import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { Dices, RotateCcw } from 'lucide-react';
import { ApiProblem } from '../api/problem.ts';
import { Console } from '../console/Console.tsx';
import { AmountText } from '../ui/Amount.tsx';
import { Button, buttonLook } from '../ui/Button.tsx';
import { PageHead } from '../ui/PageHead.tsx';
import { EmptyState, ErrorCard, Skeleton } from '../ui/States.tsx';
import { Time } from '../ui/Time.tsx';
import { Outcome } from './Outcome.tsx';
import { RunningCard } from './RunningCard.tsx';
import { repeatSimulation, type Simulation, simulationQuery, simulationsChanged } from './simulator-api.ts';
import { madeWith } from './words.ts';
import './simulator.css';

const route = getRouteApi('/console/simulator/$id');

/** One run: how far it is, then what it came to. Its address stays. */
export function SimulationPage() {
  const { id } = route.useParams();
  return <Console>{() => <Run key={id} id={id} />}</Console>;
}

function Run({ id }: { readonly id: string }) {
  const query = useQuery(simulationQuery(id));
  if (query.data === undefined) {
    return (
      <div className="page-body simulator-page">
        <PageHead title="Simulation" tab="Simulation, console" />
        {query.isError ? (
          ApiProblem.of(query.error).code === 'not_found' ? (
            <section className="card">
              <EmptyState
                title="This run is not here any more"
                action={
                  <Link to="/console/simulator" {...buttonLook({ kind: 'primary' })}>
                    All runs
                  </Link>
                }
              >
                Runs are kept for a while after their end, and then removed with their results.
              </EmptyState>
            </section>
          ) : (
            <ErrorCard
              title="This run could not be read."
              error={query.error}
              onRetry={() => void query.refetch()}
            />
          )
        ) : (
          <Skeleton height={220} className="rounded-[22px]!" />
        )}
      </div>
    );
  }
  return <Shown run={query.data} />;
}

function Shown({ run }: { readonly run: Simulation }) {
  const { now, proposed, result } = run;
  const again = useAgain(run.id);
  const isOpen = run.state === 'waiting' || run.state === 'running';
  return (
    <div className="page-body simulator-page">
      <PageHead title={run.title} tab="Simulation, console" sub={madeWith(run)}>
        {isOpen ? null : <Again again={again} />}
      </PageHead>
      {again.error === null ? null : <ErrorCard title="It was not begun." error={again.error} />}
      <p className="compared">
        <b>
          <AmountText amount={proposed.money} />
        </b>{' '}
        {proposed.draft === null ? 'as a try' : 'of a draft'} against{' '}
        <b>
          <AmountText amount={now.money} />
        </b>{' '}
        of version {now.version}
        {now.scheduledFrom === null ? null : (
          <>
            , which was to begin on <Time at={now.scheduledFrom} look="day" />
          </>
        )}
        , for 1,000 Diamonds. {run.yours ? 'You' : run.askedBy.displayName} asked <Time at={run.askedAt} />.{' '}
        <Link to="/console/simulator" className="text-link">
          All runs
        </Link>
      </p>
      {isOpen ? <RunningCard run={run} /> : null}
      {run.state === 'canceled' ? (
        <p className="notice" role="status">
          <span>
            <b>Canceled</b> by {run.canceledBy?.displayName ?? 'somebody'}
            {run.endedAt === null ? null : (
              <>
                , <Time at={run.endedAt} />
              </>
            )}
            . It came to nothing; run it again if you want to.
          </span>
        </p>
      ) : null}
      {run.state === 'failed' ? (
        <p className="notice" data-tone="bad" role="alert">
          <span>
            <b>It failed.</b> {run.note} Nothing here moved. Another seed may come to an end; the same one
            most likely fails again.
          </span>
        </p>
      ) : null}
      {result === null ? null : <Outcome run={run} result={result} />}
      <section className="card taken" aria-labelledby="taken">
        <h2 id="taken" className="text-lg!">
          What it takes for granted
        </h2>
        <ul>
          {run.assumptions.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
        <h3>What it does not know</h3>
        <ul>
          {run.unknown.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </section>
    </div>
  );
}

/** Runs the same once more and goes there. */
function useAgain(id: string) {
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (seed: 'same' | 'another') => repeatSimulation(id, seed),
    onSuccess: (run) => {
      simulationsChanged();
      void navigate({ to: '/console/simulator/$id', params: { id: run.id } });
    },
  });
}

function Again({ again }: { readonly again: ReturnType<typeof useAgain> }) {
  return (
    <>
      <Button
        kind="primary"
        icon={<RotateCcw aria-hidden />}
        busy={again.isPending}
        onClick={() => again.mutate('same')}
      >
        Run again
      </Button>
      <Button
        kind="ghost"
        icon={<Dices aria-hidden />}
        busy={again.isPending}
        onClick={() => again.mutate('another')}
      >
        Another seed
      </Button>
    </>
  );
}
