import { useMutation } from '@tanstack/react-query';
import { Target } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { api } from '../api/client.ts';
import { formProblem } from '../identity/form.ts';
import { goalPercent } from '../live/GoalRing.tsx';
import type { Goal } from '../live/stage-api.ts';
import { diamondText } from '../ui/amounts.ts';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { notifyDone } from '../ui/notify.ts';
import { Sheet } from '../ui/Sheet.tsx';
import { ErrorCard } from '../ui/States.tsx';

/** What the live collects for, and a way to change it. */
export function GoalCard({ goal }: { readonly goal: Goal | null }) {
  const [open, setOpen] = useState(false);
  const percent = goalPercent(goal);
  return (
    <section className="card goal-card" aria-labelledby="goal">
      <header>
        <h2 id="goal">{goal === null ? 'No goal' : goal.title}</h2>
        <Button kind="ghost" size="sm" icon={<Target aria-hidden />} onClick={() => setOpen(true)}>
          {goal === null ? 'Set a goal' : 'Change'}
        </Button>
      </header>
      {goal === null || percent === null ? (
        <p className="none-yet">A goal shows on the stage and fills with every gift.</p>
      ) : (
        <>
          <div
            className="meter"
            role="progressbar"
            aria-label={`Goal: ${goal.title}`}
            aria-valuenow={percent}
            aria-valuemin={0}
            aria-valuemax={100}
          >
            <i style={{ width: `${percent}%` }} />
          </div>
          <p className="meter-text">
            <b>{percent} %</b> {diamondText(BigInt(goal.units))} of {diamondText(BigInt(goal.targetUnits))}{' '}
            Diamonds
          </p>
        </>
      )}
      <Sheet
        open={open}
        onOpenChange={setOpen}
        title={goal === null ? 'Set a goal' : 'Change the goal'}
        description="A new goal begins at 0."
      >
        <GoalForm goal={goal} onDone={() => setOpen(false)} />
      </Sheet>
    </section>
  );
}

function GoalForm({ goal, onDone }: { readonly goal: Goal | null; readonly onDone: () => void }) {
  const [title, setTitle] = useState(goal?.title ?? '');
  const [diamonds, setDiamonds] = useState(
    goal === null ? '1000' : (BigInt(goal.targetUnits) / 1_000n).toString(),
  );
  const wrongNumber = /^[1-9]\d{0,7}$/.test(diamonds) ? undefined : 'A whole number of Diamonds, from 1.';
  const done = (text: string) => {
    notifyDone(text);
    onDone();
  };
  const set = useMutation({
    mutationFn: () => api.put<void>('/stages/goal', { title, targetUnits: `${diamonds}000` }),
    onSuccess: () => done('The stage shows your goal.'),
  });
  const take = useMutation({
    mutationFn: () => api.delete<void>('/stages/goal'),
    onSuccess: () => done('The goal is gone from the stage.'),
  });
  const problem = formProblem(set.error ?? take.error, ['/title', '/targetUnits']);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (wrongNumber === undefined) set.mutate();
  };
  return (
    <form className="grid gap-4" onSubmit={submit}>
      {problem.rest === null ? null : <ErrorCard title="The goal was not changed." error={problem.rest} />}
      <Field
        label="What for"
        value={title}
        maxLength={60}
        onChange={(event) => setTitle(event.target.value)}
        wrong={problem.at('/title')}
      />
      <Field
        label="Diamonds"
        inputMode="numeric"
        value={diamonds}
        onChange={(event) => setDiamonds(event.target.value.replaceAll(/\D/g, ''))}
        wrong={wrongNumber ?? problem.at('/targetUnits')}
      />
      <div className="flex flex-wrap justify-end gap-2.5">
        {goal === null ? null : (
          <Button kind="bare" busy={take.isPending} onClick={() => take.mutate()}>
            Take it away
          </Button>
        )}
        <Button kind="primary" type="submit" busy={set.isPending} disabled={title.trim() === ''}>
          {goal === null ? 'Set the goal' : 'Start the new goal'}
        </Button>
      </div>
    </form>
  );
}
