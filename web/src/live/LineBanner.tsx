import { CircleCheck, LoaderCircle } from 'lucide-react';
import { useEffect, useState } from 'react';
import { createPortal } from 'react-dom';
import { useLine } from '../realtime/line.ts';
import { line } from '../realtime/socket.ts';

/** A cut shorter than this is not worth a word. */
const SAY_AFTER_MS = 300;
const BACK_MS = 2_000;

/** Says above the page that the line is down, and for two seconds that it is back. It pushes the page, never covers it. */
export function LineBanner() {
  const state = useLine();
  const down =
    state.phase === 'waiting' || (state.phase === 'connecting' && (state.attempt > 0 || state.everOpen));
  const [shown, setShown] = useState<'none' | 'down' | 'back'>('none');
  const [now, setNow] = useState(Date.now);

  useEffect(() => {
    if (down) {
      const timer = setTimeout(() => setShown('down'), SAY_AFTER_MS);
      return () => clearTimeout(timer);
    }
    setShown((before) => (before === 'down' ? 'back' : before));
    return undefined;
  }, [down]);
  useEffect(() => {
    if (shown === 'none') return;
    const timer =
      shown === 'back'
        ? setTimeout(() => setShown('none'), BACK_MS)
        : setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [shown]);

  const slot = document.getElementById('banner-slot');
  if (shown === 'none' || slot === null) return null;
  const seconds = state.retryAt === null ? null : Math.max(0, Math.ceil((state.retryAt - now) / 1_000));
  return createPortal(
    shown === 'back' ? (
      <div className="line-banner" data-back="" role="status">
        <CircleCheck aria-hidden />
        <b>Back</b>
      </div>
    ) : (
      <div className="line-banner">
        <LoaderCircle aria-hidden className="turning" />
        <span role="status">
          <b>Reconnecting…</b> Video keeps playing. Gifts are paused so you are never charged twice.
        </span>
        <span className="next" aria-hidden="true">
          {seconds === null || seconds === 0 ? 'trying now' : `next try in ${seconds} s`}
        </span>
        <button type="button" onClick={() => line.retryNow()}>
          Try now
        </button>
      </div>
    ),
    slot,
  );
}
