import { Coffee } from 'lucide-react';
import { useState } from 'react';
import { ApiProblem } from '../api/problem.ts';
import { Button } from '../ui/Button.tsx';
import { notifyDone, notifyFailure } from '../ui/notify.ts';
import { Sheet } from '../ui/Sheet.tsx';
import { Time } from '../ui/Time.tsx';
import { takeBreak } from './spending-api.ts';

interface BreakCardProps {
  /** `null`: there is none. */
  readonly until: string | null;
  readonly days: readonly number[];
}

/** A break from buying and giving: asked for here, ended by time alone. */
export function BreakCard({ until, days }: BreakCardProps) {
  const [asked, setAsked] = useState<number>();
  const [busy, setBusy] = useState(false);
  const begin = async () => {
    if (asked === undefined) return;
    setBusy(true);
    try {
      await takeBreak(asked);
      setAsked(undefined);
      notifyDone('Your break has begun.');
    } catch (error) {
      const { detail, remedy } = ApiProblem.of(error);
      notifyFailure(`${detail} ${remedy}`);
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className="card break" aria-label="Take a break">
      <header>
        <h2>Take a break</h2>
        <Coffee aria-hidden />
      </header>
      <p>
        {until === null ? (
          'You go on watching, chatting and liking. Buying and giving are closed until it is over.'
        ) : (
          <>
            <b>
              You are on a break until <Time at={until} look="stamp" />.
            </b>{' '}
            Buying and giving open again by themselves. You can make it longer.
          </>
        )}
      </p>
      <div className="flex flex-wrap gap-2">
        {days.map((many) => (
          <Button key={many} onClick={() => setAsked(many)}>
            {daysText(many)}
          </Button>
        ))}
      </div>
      <Sheet
        open={asked !== undefined}
        onOpenChange={(open) => {
          if (!open) setAsked(undefined);
        }}
        title={`A break of ${daysText(asked ?? 1).toLowerCase()}`}
        description="You cannot buy or give until it is over. Nobody can end it earlier, not even support."
      >
        <div className="flex flex-wrap gap-2">
          <Button kind="primary" busy={busy} onClick={() => void begin()}>
            Begin now
          </Button>
          <Button kind="ghost" disabled={busy} onClick={() => setAsked(undefined)}>
            Not now
          </Button>
        </div>
      </Sheet>
    </section>
  );
}

function daysText(days: number): string {
  return days === 1 ? 'One day' : `${days} days`;
}
