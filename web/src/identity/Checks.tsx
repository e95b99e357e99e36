import { CircleAlert, CircleCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import { checkText } from './check-text.ts';
import type { Check } from './people-api.ts';
import './identity.css';

/** The conditions of a gate, met and unmet, each with what it would take. */
export function Checks({
  checks,
  remedyOf,
}: {
  readonly checks: readonly Check[];
  /** What can be done about one right there. */
  readonly remedyOf?: (check: Check) => ReactNode;
}) {
  const now = new Date();
  return (
    <ul className="gates">
      {checks.map((check) => {
        const { title, note } = checkText(check, now);
        return (
          <li key={check.code} data-passed={check.passed ? '' : undefined}>
            {check.passed ? <CircleCheck aria-hidden /> : <CircleAlert aria-hidden />}
            <span>
              <b>{title}</b>
              <small>
                <span className="sr-only">{check.passed ? 'Met. ' : 'Not met. '}</span>
                {note}
              </small>
              {remedyOf?.(check)}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
