import { useEffect, useState } from 'react';

/** How long it has been live: `1:12:44`. */
export function LiveClock({ startedAt }: { readonly startedAt: string }) {
  const start = Date.parse(startedAt);
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.floor((now - start) / 1_000));
  const pad = (part: number) => String(part).padStart(2, '0');
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor(seconds / 60) % 60;
  const text =
    hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`;
  return (
    <span className="chip">
      <span className="sr-only">Live for </span>
      {text}
    </span>
  );
}
