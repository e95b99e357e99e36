import { CircleAlert, RefreshCw } from 'lucide-react';
import { ApiProblem } from '../api/problem.ts';
import { Button } from './Button.tsx';
import { Time } from './Time.tsx';

interface LastKnownProps {
  /** What it is: "Your balance". */
  readonly what: string;
  /** When the numbers shown were the truth. */
  readonly at: string;
  readonly error: unknown;
  readonly onRetry: () => void;
}

/** Says that numbers stand as they were last known, why, and since when. */
export function LastKnown({ what, at, error, onRetry }: LastKnownProps) {
  const problem = ApiProblem.of(error);
  return (
    <div className="notice flex-wrap items-center!" data-tone="warn" role="status">
      <CircleAlert aria-hidden />
      <p className="min-w-[220px] flex-1">
        <b>
          {what} as it was at <Time at={at} />.
        </b>{' '}
        <span className="text-fg-2">{problem.detail} Nothing is lost.</span>
      </p>
      <Button size="sm" kind="ghost" icon={<RefreshCw aria-hidden />} onClick={onRetry}>
        Try again
      </Button>
    </div>
  );
}
