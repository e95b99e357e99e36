import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { queryClient } from '../api/query.ts';
import { AmountText } from '../ui/Amount.tsx';
import { Button } from '../ui/Button.tsx';
import { dayText } from '../ui/dates.ts';
import { Sheet } from '../ui/Sheet.tsx';
import { ErrorCard } from '../ui/States.tsx';
import { onAir } from '../video/on-air.ts';
import { endLive, type RunningLive } from './lives-api.ts';

const DAY_MS = 86_400_000;

/** Ends the live: asks once, and says what stays pending. */
export function EndButton({ live }: { readonly live: RunningLive }) {
  const [open, setOpen] = useState(false);
  const keep = useRef<HTMLButtonElement>(null);
  const navigate = useNavigate();
  const end = useMutation({
    mutationFn: endLive,
    onSuccess: async () => {
      setOpen(false);
      onAir.end();
      await navigate({ to: '/studio/live/$sessionId', params: { sessionId: live.id } });
      void queryClient.invalidateQueries({ queryKey: ['studio'] });
    },
  });
  const now = new Date();
  const first = new Date(Date.parse(live.startedAt) + live.maturityDays * DAY_MS);
  const last = new Date(now.getTime() + live.maturityDays * DAY_MS);
  const [from, to] = [dayText(first, now), dayText(last, now)];
  return (
    <>
      <Button kind="danger" size="sm" onClick={() => setOpen(true)}>
        End
      </Button>
      <Sheet open={open} onOpenChange={setOpen} title="End this live?" first={keep}>
        {end.error === null ? null : <ErrorCard title="The live was not ended." error={end.error} />}
        <dl className="sums">
          <div>
            <dt>This live so far</dt>
            <dd>
              <AmountText amount={live.diamonds} />
            </dd>
          </div>
          <div>
            <dt>
              Stays pending
              <small>
                Each gift for {live.maturityDays} {live.maturityDays === 1 ? 'day' : 'days'} or longer, until
                its date
              </small>
            </dt>
            <dd>
              <AmountText amount={live.diamonds} />
            </dd>
          </div>
          <div>
            <dt>Available</dt>
            <dd>{from === to ? from : `${from} to ${to}`}</dd>
          </div>
        </dl>
        <p className="text-md text-fg-2">
          Gifts that are on their way now still count. Your fans see that the live is over.
        </p>
        <div className="flex flex-wrap justify-end gap-2.5">
          <Button ref={keep} kind="ghost" onClick={() => setOpen(false)}>
            Stay live
          </Button>
          <Button kind="danger" busy={end.isPending} onClick={() => end.mutate()}>
            End the live
          </Button>
        </div>
      </Sheet>
    </>
  );
}
