import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { LayoutDashboard, Radio, Share2, ShieldCheck, Square } from 'lucide-react';
import { api } from '../api/client.ts';
import { ApiProblem } from '../api/problem.ts';
import { queryClient } from '../api/query.ts';
import { keepMe, type Me } from '../api/session.ts';
import { Checks } from '../identity/Checks.tsx';
import { type Check, explainQuery, type MeAnswer } from '../identity/people-api.ts';
import { Signed } from '../identity/Signed.tsx';
import { Button, buttonLook } from '../ui/Button.tsx';
import { copyText } from '../ui/copy-text.ts';
import { notifyDone, notifyFailure } from '../ui/notify.ts';
import { PageHead } from '../ui/PageHead.tsx';
import { ErrorCard, Skeleton } from '../ui/States.tsx';
import { onAir } from '../video/on-air.ts';
import { endLive } from './go-live-api.ts';
import { LiveForm } from './LiveForm.tsx';
import { ScheduleCard } from './ScheduleCard.tsx';
import { stageQuery } from './stage-api.ts';
import './go-live.css';
import './room.css';

/** `/studio/go-live`: what it takes, the picture, how the live is to be, and lives to come. */
export function GoLivePage() {
  return (
    <Signed title="Go live" why="Sign in to go live.">
      {(me) => (
        <div className="page-body max-w-[1080px]!">
          <PageHead title="Go live" tab="Go live">
            {me.roles.includes('creator') ? (
              <Link to="/studio/moderation" {...buttonLook({ kind: 'ghost' })}>
                <ShieldCheck aria-hidden />
                Room and moderation
              </Link>
            ) : null}
          </PageHead>
          <Ready me={me} />
          {me.roles.includes('creator') ? (
            <>
              <Setup key={me.id} me={me} />
              <ScheduleCard />
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
function Ready({ me }: { readonly me: Me }) {
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
  const { checks, passed } = ready.data;
  const met = checks.filter((check) => check.passed).length;
  const list = <Checks checks={checks} remedyOf={(check) => <Remedy check={check} me={me} />} />;
  return (
    <section className="card ready" aria-labelledby="ready">
      <h2 id="ready" className="text-lg font-bold">
        Ready to go live? {met} of {checks.length} done
      </h2>
      <progress value={met} max={checks.length} aria-label="Conditions met" />
      {passed ? (
        <details>
          <summary>Everything is met. See what was looked at</summary>
          {list}
        </details>
      ) : (
        <>
          {list}
          <div className="mt-4">
            <Button
              kind="ghost"
              size="sm"
              busy={ready.isFetching}
              onClick={() => void queryClient.invalidateQueries({ queryKey: ['explain'] })}
            >
              Look again
            </Button>
          </div>
        </>
      )}
    </section>
  );
}

/** What can be done about a condition right here. */
function Remedy({ check, me }: { readonly check: Check; readonly me: Me }) {
  if (check.passed) return null;
  if (check.code === 'age_unknown') {
    return (
      <Link to="/age" {...buttonLook({ kind: 'soft', size: 'sm' })}>
        Give it
      </Link>
    );
  }
  if (check.code !== 'too_few_followers') return null;
  const shareOwn = async () => {
    const address = `${location.origin}/c/${me.handle}`;
    if (await copyText(address)) notifyDone('The address of your page is copied.');
    else notifyFailure(`The address of your page is ${address}`, undefined, 'share-own');
  };
  return (
    <Button kind="soft" size="sm" icon={<Share2 aria-hidden />} onClick={() => void shareOwn()}>
      Copy your page’s address
    </Button>
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
  const blocked = earn.data?.passed === false;
  return (
    <section className="card grid gap-3" aria-labelledby="become">
      <h2 id="become" className="text-lg font-bold">
        A stage of your own
      </h2>
      <p className="text-md text-fg-2">
        A creator has a stage, receives gifts and earns Diamonds for them. It costs nothing.
      </p>
      <div className="flex flex-wrap gap-2.5">
        <Button
          kind="primary"
          busy={become.isPending}
          disabled={blocked}
          aria-describedby="not-yet"
          onClick={() => become.mutate()}
        >
          Become a creator
        </Button>
        <Button disabled aria-describedby="not-yet">
          Go live
        </Button>
      </div>
      <p id="not-yet" className="text-md text-fg-2">
        {blocked
          ? 'Not yet: see what is missing in the list above.'
          : 'Creators go live: become one, and your camera is next.'}
      </p>
    </section>
  );
}

/** How the live is to be; or, while live, the ways to it and its end. */
function Setup({ me }: { readonly me: Me }) {
  const stage = useQuery(stageQuery(me.handle));
  const ready = useQuery(explainQuery('go-live'));
  const end = useMutation({
    mutationFn: endLive,
    onSuccess: () => {
      onAir.end();
      notifyDone('Your live has ended.');
      void queryClient.invalidateQueries({ queryKey: ['stage', me.handle] });
      void queryClient.invalidateQueries({ queryKey: ['studio'] });
    },
    onError: tellFailure,
  });
  if (stage.isError && stage.data === undefined) {
    return (
      <ErrorCard
        title="Your stage could not be read."
        error={stage.error}
        onRetry={() => void stage.refetch()}
      />
    );
  }
  if (stage.data === undefined) return <Skeleton height={420} className="rounded-[22px]!" />;
  if (!stage.data.live) return <LiveForm me={me} isBlocked={ready.data?.passed === false} />;
  return (
    <section className="card grid gap-3" aria-labelledby="now">
      <h2 id="now" className="text-lg font-bold">
        You are live: {stage.data.title}
      </h2>
      <div className="flex flex-wrap gap-2.5">
        <Link to="/studio/live" {...buttonLook({ kind: 'primary' })}>
          <LayoutDashboard aria-hidden />
          Your dashboard
        </Link>
        <Link to="/live/$handle" params={{ handle: me.handle }} {...buttonLook({ kind: 'ghost' })}>
          <Radio aria-hidden />
          Your stage
        </Link>
        <Button kind="danger" icon={<Square aria-hidden />} busy={end.isPending} onClick={() => end.mutate()}>
          End the live
        </Button>
      </div>
    </section>
  );
}

/** Says why something could not be done. */
function tellFailure(error: unknown): void {
  const problem = ApiProblem.of(error);
  notifyFailure(`${problem.detail} ${problem.remedy}`, undefined, 'go-live');
}
