import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Bell, BellRing } from 'lucide-react';
import { useEffect, useState } from 'react';
import { api } from '../api/client.ts';
import { ApiProblem } from '../api/problem.ts';
import { queryClient } from '../api/query.ts';
import type { Me } from '../api/session.ts';
import { Button, buttonLook } from '../ui/Button.tsx';
import { whenText } from '../ui/dates.ts';
import { notifyFailure } from '../ui/notify.ts';
import { leftText } from './left-text.ts';
import type { NextLive, Stage } from './stage-api.ts';
import './room.css';

/** What a creator announced next, how long it is until then, and whether one is told when it begins. */
export function NextUp({
  stage,
  next,
  me,
}: {
  readonly stage: Pick<Stage, 'handle'>;
  readonly next: NextLive;
  readonly me: Me | null;
}) {
  return (
    <div className="next-up">
      <Countdown next={next} />
      <RemindButton handle={stage.handle} next={next} me={me} />
    </div>
  );
}

/** Counts down to an announced live. Screen readers read its time once, not every second. */
export function Countdown({ next }: { readonly next: NextLive }) {
  const now = useNow();
  const startsAt = new Date(next.startsAt);
  return (
    <>
      <p>
        <b>{next.title}</b> · {whenText(startsAt, now)}
      </p>
      <p className="countdown" aria-hidden="true">
        {leftText(startsAt.getTime() - now.getTime())}
      </p>
    </>
  );
}

/** Has one told when an announced live begins, or no more. */
export function RemindButton({
  handle,
  next,
  me,
}: {
  readonly handle: string;
  readonly next: NextLive;
  readonly me: Me | null;
}) {
  const remind = useMutation({
    mutationFn: (on: boolean) =>
      on
        ? api.put(`/scheduled-lives/${next.id}/reminder`)
        : api.delete(`/scheduled-lives/${next.id}/reminder`),
    onSuccess: async () => {
      await Promise.all([
        queryClient.invalidateQueries({ queryKey: ['stage', handle] }),
        queryClient.invalidateQueries({ queryKey: ['stages'] }),
      ]);
    },
    onError: (error) => {
      const problem = ApiProblem.of(error);
      notifyFailure(`${problem.detail} ${problem.remedy}`, undefined, 'remind');
    },
  });
  if (me === null) {
    return (
      <Link to="/login" search={{ return: `/live/${handle}` }} {...buttonLook({ kind: 'primary' })}>
        <Bell aria-hidden />
        Remind me
      </Link>
    );
  }
  if (me.handle === handle) return null;
  return (
    <Button
      kind={next.reminded ? 'soft' : 'primary'}
      icon={next.reminded ? <BellRing aria-hidden /> : <Bell aria-hidden />}
      aria-pressed={next.reminded}
      busy={remind.isPending}
      onClick={() => remind.mutate(!next.reminded)}
    >
      {next.reminded ? 'You will be told' : 'Remind me'}
    </Button>
  );
}

function useNow(): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
