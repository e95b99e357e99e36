import { useEffect, useState } from 'react';
import { countdownText } from '../ui/TimeLeft.tsx';
import type { Quote } from './withdrawals-api.ts';

const AROUND = 2 * Math.PI * 8;

/** How long a price is still held: a ring that empties, and the minutes in words. Said aloud at the start, 60 s and 10 s. */
export function QuoteRing(props: { readonly quote: Quote; readonly onOver: () => void }) {
  const { onOver } = props;
  const { heldMs, endsAtMs } = props.quote;
  const [leftMs, setLeftMs] = useState(() => Math.max(0, endsAtMs - Date.now()));
  useEffect(() => {
    const timer = setInterval(() => {
      const left = endsAtMs - Date.now();
      setLeftMs(Math.max(0, left));
      if (left > 0) return;
      clearInterval(timer);
      onOver();
    }, 500);
    return () => clearInterval(timer);
  }, [endsAtMs, onOver]);
  const said =
    leftMs <= 10_000
      ? 'The price is held for ten more seconds.'
      : leftMs <= 60_000
        ? 'The price is held for one more minute.'
        : `The price is held for ${Math.round(heldMs / 60_000)} minutes.`;
  return (
    <span className="held-ring">
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
