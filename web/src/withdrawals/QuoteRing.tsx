import { useEffect, useState } from 'react';
import { countdownText } from '../ui/TimeLeft.tsx';

const AROUND = 2 * Math.PI * 8;

/** How long a price is still held: a ring that empties, and the minutes in words. Said aloud at the start, 60 s and 10 s. */
export function QuoteRing({ heldMs, onOver }: { readonly heldMs: number; readonly onOver: () => void }) {
  // By the page's own clock from now on: it may differ from the server's.
  const [endsAt] = useState(() => Date.now() + heldMs);
  const [leftMs, setLeftMs] = useState(heldMs);
  useEffect(() => {
    const timer = setInterval(() => {
      const left = endsAt - Date.now();
      setLeftMs(Math.max(0, left));
      if (left > 0) return;
      clearInterval(timer);
      onOver();
    }, 500);
    return () => clearInterval(timer);
  }, [endsAt, onOver]);
  const said =
    leftMs <= 10_000
      ? 'The price is held for ten more seconds.'
      : leftMs <= 60_000
        ? 'The price is held for one more minute.'
        : `The price is held for ${Math.round(heldMs / 60_000)} minutes.`;
  return (
    <span className="ring">
      <svg viewBox="0 0 20 20" aria-hidden="true">
        <circle cx="10" cy="10" r="8" />
        <circle
          cx="10"
          cy="10"
          r="8"
          strokeDasharray={AROUND}
          strokeDashoffset={AROUND * (1 - leftMs / heldMs)}
        />
      </svg>
      <span aria-hidden="true">Rate held {countdownText(leftMs)}</span>
      <span className="sr-only" role="status">
        {said}
      </span>
    </span>
  );
}
