import { useEffect, useState } from 'react';
import { countdownText } from '../ui/TimeLeft.tsx';

/** "2:14"; "Counting" when it is over and the result has not come. */
export function useTimeLeft(endsAt: string | null, aheadMs: number): string {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, []);
  if (endsAt === null) return '';
  const leftMs = Date.parse(endsAt) - now - aheadMs;
  return leftMs <= 0 ? 'Counting…' : countdownText(leftMs);
}
