import { CircleAlert, RefreshCw } from 'lucide-react';
import type { CSSProperties, ReactNode } from 'react';
import { ApiProblem } from '../api/problem.ts';
import { Button } from './Button.tsx';

interface SkeletonProps {
  readonly width?: number | string;
  readonly height?: number | string;
  readonly className?: string;
}

/** The shape of what is coming. Shows after 300 ms only. */
export function Skeleton({ width = '100%', height = 16, className = '' }: SkeletonProps) {
  const style: CSSProperties = { width, height };
  return <span className={`skeleton ${className}`} style={style} aria-hidden="true" />;
}

interface EmptyStateProps {
  readonly art?: string;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
  /** `h1` where it is the whole page. */
  readonly heading?: 'h1' | 'h2';
}

/** Nothing here, why, and what to do about it. */
export function EmptyState({ art, title, children, action, heading: Heading = 'h2' }: EmptyStateProps) {
  return (
    <div className="empty">
      {art === undefined ? null : <img src={art} alt="" />}
      <Heading>{title}</Heading>
      {children === undefined ? null : <p>{children}</p>}
      {action}
    </div>
  );
}

interface ErrorCardProps {
  /** What is missing because of it: "Your balance could not be read." */
  readonly title: string;
  readonly error: unknown;
  readonly onRetry?: () => void;
}

/** Cause, consequence, action and reference of something that failed. */
export function ErrorCard({ title, error, onRetry }: ErrorCardProps) {
  const problem = ApiProblem.of(error);
  return (
    <div className="notice" data-tone="bad" role="alert">
      <CircleAlert aria-hidden />
      <div className="grid gap-1">
        <b>{title}</b>
        <p className="text-fg-2">
          {problem.detail} {problem.remedy}
        </p>
        {problem.reference === null ? null : (
          <p className="font-mono text-xs text-fg-3">Reference {problem.reference}</p>
        )}
        {onRetry === undefined ? null : (
          <div className="mt-2">
            <Button size="sm" kind="ghost" icon={<RefreshCw aria-hidden />} onClick={onRetry}>
              Try again
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}
