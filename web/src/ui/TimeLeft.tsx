import { useEffect, useState } from 'react';

/** How long until then: `1:32`, counted down each second; `0:00` when it has come. */
export function TimeLeft({ until }: { readonly until: string }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  return <span className="tabular-nums">{countdownText(Date.parse(until) - now)}</span>;
}

/** `92_000` → `1:32`. */
export function countdownText(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
