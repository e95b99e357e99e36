import { useMutation } from '@tanstack/react-query';
import { Flame } from 'lucide-react';
import { useState } from 'react';
import { queryClient } from '../api/query.ts';
import { Button } from '../ui/Button.tsx';
import { ErrorCard, Skeleton } from '../ui/States.tsx';
import { TimeLeft } from '../ui/TimeLeft.tsx';
import { HypeSheet } from './HypeSheet.tsx';
import { bestText, hypeQuery, type StageHype, supportersText, switchHype } from './hype-api.ts';
import { useHype } from './useHype.ts';
import './hype.css';

/** A creator's hype meter: how it stands, how it works, and a switch. */
export function StudioHype({ handle }: { readonly handle: string }) {
  const { query } = useHype(handle);
  const [open, setOpen] = useState(false);
  const turn = useMutation({
    mutationFn: switchHype,
    onSuccess: (now) => queryClient.setQueryData(hypeQuery(handle).queryKey, now),
  });
  const { data } = query;
  return (
    <section className="card hype-studio" aria-labelledby="hype">
      <header>
        <h2 id="hype">
          <Flame aria-hidden /> Hype
        </h2>
        <Button kind="ghost" size="sm" onClick={() => setOpen(true)}>
          How it works
        </Button>
      </header>
      {data !== undefined ? (
        <>
          <Standing hype={data} />
          {turn.error === null ? null : <ErrorCard title="The meter was not switched." error={turn.error} />}
          <div className="hype-acts">
            <span>{data.best === null ? '' : bestText(data.best)}</span>
            <Button kind="bare" size="sm" busy={turn.isPending} onClick={() => turn.mutate(!data.on)}>
              {data.on ? 'Switch it off' : 'Switch it on'}
            </Button>
          </div>
        </>
      ) : query.isError ? (
        <ErrorCard
          title="The hype could not be read."
          error={query.error}
          onRetry={() => void query.refetch()}
        />
      ) : (
        <Skeleton height={60} />
      )}
      <HypeSheet handle={handle} open={open} onOpenChange={setOpen} />
    </section>
  );
}

function Standing({ hype }: { readonly hype: StageHype }) {
  const { running, rules } = hype;
  if (!hype.on) return <p className="none-yet">Switched off: your stage shows no hype.</p>;
  if (running === null) {
    return (
      <p className="none-yet">
        {hype.restsUntil === null
          ? `It begins when ${rules.supportersNeeded} different supporters give within a short time.`
          : 'It rests after the last one.'}
        {hype.restsUntil === null && hype.warm > 0 ? ` ${hype.warm} of them gave already.` : ''}
      </p>
    );
  }
  return (
    <>
      <div
        className="meter"
        role="progressbar"
        aria-label={`Hype, level ${running.level}`}
        aria-valuenow={running.percent}
        aria-valuemin={0}
        aria-valuemax={100}
      >
        <i style={{ width: `${running.percent}%` }} />
      </div>
      <p className="meter-text">
        <b>
          Level {running.level}, {running.percent} %
        </b>{' '}
        {supportersText(running)} · <TimeLeft until={running.endsAt} /> left
      </p>
    </>
  );
}
