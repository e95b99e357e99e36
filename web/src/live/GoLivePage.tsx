import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Radio, Square } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { api } from '../api/client.ts';
import { ApiProblem } from '../api/problem.ts';
import { queryClient } from '../api/query.ts';
import { keepMe, type Me } from '../api/session.ts';
import { Checks } from '../identity/Checks.tsx';
import { explainQuery, type MeAnswer } from '../identity/people-api.ts';
import { Signed } from '../identity/Signed.tsx';
import { Button, buttonLook } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { notifyDone, notifyFailure } from '../ui/notify.ts';
import { PageHead } from '../ui/PageHead.tsx';
import { ErrorCard, Skeleton } from '../ui/States.tsx';
import { endLive, startLive } from './go-live-api.ts';
import { RoomSettingsCard } from './RoomSettingsCard.tsx';
import { ScheduleCard } from './ScheduleCard.tsx';
import { stageQuery } from './stage-api.ts';
import './room.css';

/** `/studio/go-live`: what it takes, how the live is to be, and the room it happens in. */
export function GoLivePage() {
  return (
    <Signed title="Go live" why="Sign in to go live.">
      {(me) => (
        <div className="page-body max-w-[860px]!">
          <PageHead title="Go live" tab="Go live" />
          <Ready />
          {me.roles.includes('creator') ? (
            <>
              <Setup key={me.id} me={me} />
              <ScheduleCard />
              <RoomSettingsCard />
            </>
          ) : (
            <BecomeCreator />
          )}
        </div>
      )}
    </Signed>
  );
}

/** The checklist: every condition with one's own value and what to do. */
function Ready() {
  const ready = useQuery(explainQuery('go-live'));
  if (ready.isError && ready.data === undefined) {
    return (
      <ErrorCard
        title="The conditions could not be read."
        error={ready.error}
        onRetry={() => void ready.refetch()}
      />
    );
  }
  if (ready.data === undefined) return <Skeleton height={180} />;
  const { checks } = ready.data;
  const met = checks.filter(({ passed }) => passed).length;
  return (
    <section className="card" aria-labelledby="ready">
      <h2 id="ready" className="text-lg font-bold">
        Ready to go live? {met} of {checks.length} done
      </h2>
      <progress
        className="mt-2 mb-4 h-2 w-full accent-brand"
        value={met}
        max={checks.length}
        aria-label="Conditions met"
      />
      <Checks checks={checks} />
    </section>
  );
}

function BecomeCreator() {
  const earn = useQuery(explainQuery('earn'));
  const become = useMutation({
    mutationFn: () => api.post<MeAnswer>('/me/creator', {}),
    onSuccess: ({ me }) => {
      keepMe(me);
      void queryClient.invalidateQueries({ queryKey: ['explain'] });
    },
    onError: tellFailure,
  });
  return (
    <section className="card grid gap-3" aria-labelledby="become">
      <h2 id="become" className="text-lg font-bold">
        A stage of your own
      </h2>
      <p className="text-md text-fg-2">
        A creator has a stage, receives gifts and earns Diamonds for them. It costs nothing.
      </p>
      <div>
        <Button
          kind="primary"
          busy={become.isPending}
          disabled={earn.data?.passed === false}
          onClick={() => become.mutate()}
        >
          Become a creator
        </Button>
      </div>
    </section>
  );
}

const DIAMOND_UNITS = 1_000n;

/** Title, tags, goal, gifts; or, while live, the way to the stage and its end. */
function Setup({ me }: { readonly me: Me }) {
  const navigate = useNavigate();
  const stage = useQuery(stageQuery(me.handle));
  const ready = useQuery(explainQuery('go-live'));
  const [title, setTitle] = useState('');
  const [tags, setTags] = useState('');
  const [category, setCategory] = useState('');
  const [goal, setGoal] = useState('');
  const [giftsOn, setGiftsOn] = useState(true);
  const [effectsCap, setEffectsCap] = useState(5);
  const start = useMutation({
    mutationFn: () =>
      startLive({
        title,
        hashtags: tags.split(/[\s,]+/).filter((tag) => tag !== ''),
        ...(category.trim() === '' ? {} : { category }),
        ...(/^[1-9]\d*$/.test(goal)
          ? { goal: { title: 'Goal', targetUnits: (BigInt(goal) * DIAMOND_UNITS).toString() } }
          : {}),
        giftsOn,
        effectsCap,
      }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['stage', me.handle] });
      void queryClient.invalidateQueries({ queryKey: ['schedule'] });
      await navigate({ to: '/live/$handle', params: { handle: me.handle } });
    },
  });
  const end = useMutation({
    mutationFn: endLive,
    onSuccess: () => {
      notifyDone('Your live has ended.');
      void queryClient.invalidateQueries({ queryKey: ['stage', me.handle] });
    },
    onError: tellFailure,
  });
  if (stage.data?.live === true) {
    return (
      <section className="card grid gap-3" aria-labelledby="now">
        <h2 id="now" className="text-lg font-bold">
          You are live: {stage.data.title}
        </h2>
        <div className="flex flex-wrap gap-2.5">
          <Link to="/live/$handle" params={{ handle: me.handle }} {...buttonLook({ kind: 'primary' })}>
            <Radio aria-hidden />
            Go to your stage
          </Link>
          <Button
            kind="danger"
            icon={<Square aria-hidden />}
            busy={end.isPending}
            onClick={() => end.mutate()}
          >
            End the live
          </Button>
        </div>
      </section>
    );
  }
  const problem = start.error === null ? null : ApiProblem.of(start.error);
  const wrong = (field: string) => (problem?.field === field ? problem.detail : undefined);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start.mutate();
  };
  const blocked = ready.data?.passed === false;
  return (
    <section className="card" aria-labelledby="setup">
      <h2 id="setup" className="mb-3 text-lg font-bold">
        Your live
      </h2>
      <form className="go-live-form" onSubmit={submit}>
        <Field
          label="Title"
          value={title}
          maxLength={80}
          required
          hint={`${80 - title.length} left`}
          wrong={wrong('/title')}
          onChange={(event) => setTitle(event.target.value)}
        />
        <Field
          label="Hashtags"
          value={tags}
          hint="Up to five, with spaces between them"
          wrong={wrong('/hashtags')}
          onChange={(event) => setTags(event.target.value)}
        />
        <Field
          label="Category"
          value={category}
          maxLength={40}
          wrong={wrong('/category')}
          onChange={(event) => setCategory(event.target.value)}
        />
        <Field
          label="Goal in Diamonds"
          value={goal}
          inputMode="numeric"
          pattern="[1-9][0-9]{0,7}"
          hint="Empty for none"
          wrong={wrong('/goal/targetUnits')}
          onChange={(event) => setGoal(event.target.value)}
        />
        <label className="switch-row">
          <input type="checkbox" checked={giftsOn} onChange={(event) => setGiftsOn(event.target.checked)} />
          Fans can send gifts
        </label>
        <div className="field">
          <label htmlFor="effects-cap">The most that gifts may take of the stage</label>
          <select
            id="effects-cap"
            className="input"
            value={effectsCap}
            onChange={(event) => setEffectsCap(Number(event.target.value))}
          >
            <option value={5}>Everything, takeovers too</option>
            <option value={4}>Bursts, no takeovers</option>
            <option value={1}>Small banners only</option>
          </select>
        </div>
        {problem !== null && problem.field === undefined ? (
          <p role="alert" className="text-bad">
            {problem.detail} {problem.remedy}
          </p>
        ) : null}
        <div>
          <Button kind="primary" size="lg" type="submit" busy={start.isPending} disabled={blocked}>
            Go live
          </Button>
          {blocked ? (
            <p className="mt-2 text-md text-fg-2">Not yet: see what is missing in the list above.</p>
          ) : null}
        </div>
      </form>
    </section>
  );
}

/** Says why something could not be done. */
function tellFailure(error: unknown): void {
  const problem = ApiProblem.of(error);
  notifyFailure(`${problem.detail} ${problem.remedy}`, undefined, 'go-live');
}
