import type { ReactNode } from 'react';

export interface TimelineStep {
  readonly key: string;
  readonly label: string;
  /** What it means, in a sentence. */
  readonly note?: string;
  readonly time: ReactNode;
  readonly state: 'done' | 'now' | 'ahead';
}

const WORDS = { done: 'done', now: 'now', ahead: 'to come' } as const;

/** Steps in their order, each with its time. */
export function Timeline({
  steps,
  label,
}: {
  readonly steps: readonly TimelineStep[];
  readonly label: string;
}) {
  return (
    <ol className="timeline" aria-label={label}>
      {steps.map((step) => (
        <li
          key={step.key}
          data-state={step.state}
          {...(step.state === 'now' ? { 'aria-current': 'step' as const } : {})}
        >
          <span>
            <b>{step.label}</b>
            <span className="sr-only">, {WORDS[step.state]}</span>
            {step.note === undefined ? null : <small>{step.note}</small>}
          </span>
          <span className="time">{step.time}</span>
        </li>
      ))}
    </ol>
  );
}
