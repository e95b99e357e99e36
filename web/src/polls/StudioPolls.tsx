import { useMutation } from '@tanstack/react-query';
import { ListChecks } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { notifyDone } from '../ui/notify.ts';
import { Sheet } from '../ui/Sheet.tsx';
import { ErrorCard, Skeleton } from '../ui/States.tsx';
import { TimeLeft } from '../ui/TimeLeft.tsx';
import { PollBars } from './PollBars.tsx';
import { resultText, Total } from './PollCard.tsx';
import { PollForm } from './PollForm.tsx';
import { changePolls, endPoll, type Poll, withPoll } from './polls-api.ts';
import { usePolls } from './usePolls.ts';
import './polls.css';

/** A creator's votes in the running live: start one, watch it, end it. */
export function StudioPolls({ handle }: { readonly handle: string }) {
  const polls = usePolls(handle);
  const [open, setOpen] = useState(false);
  const { data } = polls;
  const running = data?.running ?? null;
  return (
    <section className="card poll-studio" aria-labelledby="votes">
      <header>
        <h2 id="votes">{running === null ? 'Votes' : running.title}</h2>
        {running !== null || data === undefined ? null : (
          <Button kind="ghost" size="sm" icon={<ListChecks aria-hidden />} onClick={() => setOpen(true)}>
            Start a vote
          </Button>
        )}
      </header>
      {data !== undefined ? null : polls.isError ? (
        <ErrorCard
          title="Your votes could not be read."
          error={polls.error}
          onRetry={() => void polls.refetch()}
        />
      ) : (
        <Skeleton height={60} />
      )}
      {running === null ? (
        data === undefined ? null : (
          <p className="none-yet">Let your fans decide: free, or with gifts.</p>
        )
      ) : (
        <Running handle={handle} poll={running} />
      )}
      {data === undefined || data.past.length === 0 ? null : (
        <details>
          <summary>Results of this live ({data.past.length})</summary>
          <div className="past">
            {data.past.map((poll) => (
              <article key={poll.id}>
                <h3>{poll.title}</h3>
                {poll.state === 'canceled' ? (
                  <p className="poll-foot">{resultText(poll)}</p>
                ) : (
                  <>
                    <PollBars poll={poll} />
                    <p className="poll-foot">
                      <Total poll={poll} />
                    </p>
                  </>
                )}
              </article>
            ))}
          </div>
        </details>
      )}
      {data === undefined ? null : (
        <Sheet
          open={open}
          onOpenChange={setOpen}
          title="Start a vote"
          description="It shows on your stage at once. Nothing of it can be changed while it runs."
        >
          <PollForm handle={handle} bounds={data.bounds} onDone={() => setOpen(false)} />
        </Sheet>
      )}
    </section>
  );
}

function Running({ handle, poll }: { readonly handle: string; readonly poll: Poll }) {
  const end = useMutation({
    mutationFn: (how: 'ended' | 'canceled') => endPoll(poll.id, how),
    onSuccess: ({ poll: now }) => {
      changePolls(handle, (before) => withPoll(before, now));
      notifyDone(
        now.state === 'canceled' ? 'The vote is gone from the stage.' : 'The stage shows the result.',
      );
    },
  });
  return (
    <>
      <PollBars poll={poll} />
      <p className="poll-foot">
        <Total poll={poll} /> · <TimeLeft until={poll.endsAt} /> left
        {poll.results === 'end' ? ' · Results at the end' : ''}
      </p>
      {end.error === null ? null : <ErrorCard title="The vote was not ended." error={end.error} />}
      <div className="poll-acts">
        <Button kind="bare" size="sm" busy={end.isPending} onClick={() => end.mutate('canceled')}>
          Take it away
        </Button>
        <Button kind="soft" size="sm" busy={end.isPending} onClick={() => end.mutate('ended')}>
          End with the result
        </Button>
      </div>
    </>
  );
}
