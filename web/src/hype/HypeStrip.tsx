import { Flame } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { TimeLeft } from '../ui/TimeLeft.tsx';
import { HypeSheet } from './HypeSheet.tsx';
import { farText, type Hype, supportersText, type ToldHype } from './hype-api.ts';
import { useHype } from './useHype.ts';
import './hype.css';

/** How long what it came to stays on the stage, and how long a new level is celebrated. */
const RESULT_MS = 10_000;
const CHEER_MS = 2_600;

/** The hype that runs on the stage: its level, how full that is, how long it lasts. Opens how it works. */
export function HypeStrip({ handle }: { readonly handle: string }) {
  const { query, told } = useHype(handle);
  const [open, setOpen] = useState(false);
  const over = useForAWhile(told?.moment === 'ended' ? told : null, RESULT_MS);
  const cheer = useForAWhile(
    told?.moment === 'levelUp' || told?.moment === 'started' ? told : null,
    CHEER_MS,
  );
  const running = query.data?.running ?? null;
  const shown = running ?? over;
  return (
    <>
      {shown === null ? null : (
        <button
          type="button"
          className="hype-strip"
          data-cheer={cheer === null ? undefined : cheer.moment}
          data-over={running === null || undefined}
          onClick={() => setOpen(true)}
        >
          <span className="badge" key={shown.level}>
            <Flame aria-hidden />
            {shown.level}
          </span>
          <span className="middle">
            <span className="words">
              <b>{running === null ? 'Hype over' : cheer === null ? 'Hype' : cheerText(cheer)}</b>
              <span>{running === null ? overText(shown, over?.isBest === true) : standingText(running)}</span>
            </span>
            <span className="bar" aria-hidden="true">
              <i style={{ width: `${shown.percent}%` }} />
            </span>
          </span>
          {running === null ? null : (
            <span className="left">
              <TimeLeft until={running.endsAt} />
              <span className="sr-only"> left</span>
            </span>
          )}
        </button>
      )}
      <p className="sr-only" role="status">
        {cheer === null ? '' : cheerText(cheer)}
        {over === null ? '' : `The hype is over: ${overText(over, over.isBest)}`}
      </p>
      <HypeSheet handle={handle} open={open} onOpenChange={setOpen} />
    </>
  );
}

function cheerText({ moment, level, full }: ToldHype): string {
  if (full) return 'All five levels full!';
  return moment === 'started' ? 'A hype begins!' : `Level ${level}!`;
}

function standingText(hype: Hype): string {
  const { level, percent, full } = hype;
  const who = supportersText(hype);
  return full ? `level 5 is full · ${who}` : `level ${level} · ${percent} % · ${who}`;
}

function overText(hype: Hype, isBest: boolean): string {
  return `${farText(hype)}${isBest ? ' · best yet' : ''}`;
}

/** What came a moment ago, whatever came after it; `null` a while later. */
function useForAWhile<Value extends object>(value: Value | null, ms: number): Value | null {
  const [shown, setShown] = useState<Value | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => {
    if (value === null) return;
    setShown(value);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setShown(null), ms);
  }, [value, ms]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return shown;
}
