import { useEffect, useState } from 'react';

/** "2:14"; "Counting" when it is over and the result has not come. */
export function useTimeLeft(endsAt: string | null, aheadMs: number): string {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, []);
  if (endsAt === null) return '';
  const seconds = Math.ceil((Date.parse(endsAt) - now - aheadMs) / 1_000);
  if (seconds <= 0) return 'Counting…';
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
