import { calendarDayText, stampText } from '../ui/dates.ts';
import type { Step } from './withdrawals-api.ts';

const WORDS = { done: 'done', now: 'now', ahead: 'to come', failed: 'failed' } as const;

/** The steps of a withdrawal, each with when it was or by when it will be. */
export function Way({ steps, short = false }: { readonly steps: readonly Step[]; readonly short?: boolean }) {
  return (
    <ol className="timeline" aria-label="Where it is">
      {steps.map((step) => (
        <li
          key={step.key}
          data-state={step.state}
          {...(step.state === 'now' ? { 'aria-current': 'step' as const } : {})}
        >
          <span>
            <b>{step.label}</b>
            <span className="sr-only">, {WORDS[step.state]}</span>
            {short || step.note === null ? null : <small>{step.note}</small>}
            {step.at !== null && step.by !== null ? (
              <small>
                {step.state === 'now' ? 'You will know by' : 'The date that was told:'} {byText(step.by)}.
              </small>
            ) : null}
          </span>
          <span className="time">
            {step.at !== null ? (
              <time dateTime={step.at}>{stampText(new Date(step.at), new Date())}</time>
            ) : step.by === null ? null : (
              `by ${byText(step.by)}`
            )}
          </span>
        </li>
      ))}
    </ol>
  );
}

/** A day stays that day everywhere; an instant is told in one's own time. */
function byText(by: string): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(by)
    ? calendarDayText(by, new Date())
    : stampText(new Date(by), new Date());
}
