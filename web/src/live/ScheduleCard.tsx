import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api } from '../api/client.ts';
import { ApiProblem } from '../api/problem.ts';
import { queryClient } from '../api/query.ts';
import { Button } from '../ui/Button.tsx';
import { whenText } from '../ui/dates.ts';
import { Field } from '../ui/Field.tsx';
import { scheduleQuery } from './go-live-api.ts';

/** Announces lives and takes them back. */
export function ScheduleCard() {
  const { data: lives = [] } = useQuery(scheduleQuery);
  const [title, setTitle] = useState('');
  const [startsAt, setStartsAt] = useState('');
  const changed = () =>
    Promise.all([
      queryClient.invalidateQueries({ queryKey: scheduleQuery.queryKey }),
      queryClient.invalidateQueries({ queryKey: ['stage'] }),
    ]);
  const announce = useMutation({
    mutationFn: () => api.post('/me/stage/schedule', { title, startsAt: new Date(startsAt).toISOString() }),
    onSuccess: async () => {
      setTitle('');
      setStartsAt('');
      await changed();
    },
  });
  const cancel = useMutation({
    mutationFn: (id: string) => api.delete(`/me/stage/schedule/${id}`),
    onSettled: changed,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    announce.mutate();
  };
  const problem = announce.error === null ? null : ApiProblem.of(announce.error);
  const now = new Date();
  return (
    <section className="card grid gap-3" aria-labelledby="schedule">
      <h2 id="schedule" className="text-lg font-bold">
        Announce a live
      </h2>
      {lives.length === 0 ? null : (
        <ul className="schedule-list">
          {lives.map((live) => (
            <li key={live.id}>
              <div>
                <b>{live.title}</b>
                <small>
                  {whenText(new Date(live.startsAt), now)} · {live.reminders} want to be reminded
                </small>
              </div>
              <Button
                kind="ghost"
                size="sm"
                aria-label={`Take back ${live.title}`}
                onClick={() => cancel.mutate(live.id)}
              >
                Take back
              </Button>
            </li>
          ))}
        </ul>
      )}
      <form className="go-live-form" onSubmit={submit}>
        <div className="pair">
          {' '}
          <Field
            label="What it is about"
            value={title}
            maxLength={80}
            required
            wrong={problem?.field === '/title' ? problem.detail : undefined}
            onChange={(event) => setTitle(event.target.value)}
          />
          <Field
            label="When it begins"
            type="datetime-local"
            value={startsAt}
            required
            wrong={problem !== null && problem.field !== '/title' ? problem.detail : undefined}
            onChange={(event) => setStartsAt(event.target.value)}
          />
        </div>{' '}
        <div>
          <Button kind="soft" type="submit" busy={announce.isPending}>
            Announce
          </Button>
        </div>
      </form>
    </section>
  );
}
