import { useMutation } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { Button } from '../ui/Button.tsx';
import { ErrorCard } from '../ui/States.tsx';
import { countdownText } from '../ui/TimeLeft.tsx';
import { cancelSimulation, type Simulation, simulationsChanged } from './simulator-api.ts';
import { PHASES } from './words.ts';

/** A run that is not over: where it is, how long it has taken and about how long it will, and a way out. */
export function RunningCard({ run }: { readonly run: Simulation }) {
  const { progress, days, ahead } = run;
  const cancel = useMutation({ mutationFn: () => cancelSimulation(run.id), onSettled: simulationsChanged });
  return (
    <section className="card running" aria-label="The run">
      {cancel.error === null ? null : <ErrorCard title="It was not canceled." error={cancel.error} />}
      <header>
        <h2 className="text-lg!" role="status">
          {progress === null
            ? ahead === 0
              ? 'Begins in a moment'
              : `Waits: ${ahead} ${ahead === 1 ? 'run comes' : 'runs come'} before it`
            : PHASES[progress.phase]}
        </h2>
        <b>{progress === null ? null : `${progress.percent} %`}</b>
      </header>
      <progress max={days} value={progress?.day ?? 0} aria-label="Days that are over" />
      <p>
        {progress === null
          ? 'One runs at a time.'
          : `Day ${progress.day} of ${days} · ${countdownText(progress.elapsedMs)} so far${
              progress.leftMs === null ? '' : ` · about ${countdownText(progress.leftMs)} left`
            }`}
      </p>
      <footer>
        <Button
          kind="ghost"
          size="sm"
          icon={<X aria-hidden />}
          busy={cancel.isPending}
          onClick={() => cancel.mutate()}
        >
          Cancel
        </Button>
        <small>You can leave this page: it goes on, and you are told when it is done.</small>
      </footer>
    </section>
  );
}
