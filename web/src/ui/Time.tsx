import { dayText, stampText, timeText, whenText } from './dates.ts';

interface TimeProps {
  /** ISO 8601 instant. */
  readonly at: string;
  /** `when` for lists, `stamp` for what is looked up, `day` and `time` alone. */
  readonly look?: 'when' | 'stamp' | 'day' | 'time';
}

/** An instant as a person reads it; the whole of it on hover. */
export function Time({ at, look = 'when' }: TimeProps) {
  const instant = new Date(at);
  return (
    <time dateTime={at} title={instant.toLocaleString()}>
      {LOOKS[look](instant, new Date())}
    </time>
  );
}

const LOOKS = { when: whenText, stamp: stampText, day: dayText, time: timeText } as const;
