import { CircleAlert, CircleCheck } from 'lucide-react';
import { calendarDay, dayText } from '../ui/dates.ts';
import type { Check } from './people-api.ts';
import './identity.css';

/** The conditions of a gate, met and unmet, each with what it would take. */
export function Checks({ checks }: { readonly checks: readonly Check[] }) {
  // That the age is known goes without saying where the age itself is told.
  const told = checks.filter(({ code, passed }) => !passed || code !== 'age_unknown');
  return (
    <ul className="gates">
      {told.map((check) => (
        <li key={check.code} data-passed={check.passed ? '' : undefined}>
          {check.passed ? <CircleCheck aria-hidden /> : <CircleAlert aria-hidden />}
          <span>
            <b>{check.rule}</b>
            <small>
              <span className="sr-only">{check.passed ? 'Met. ' : 'Not met. '}</span>
              {check.passed ? (check.have ?? 'Met') : whatItTakes(check)}
            </small>
          </span>
        </li>
      ))}
    </ul>
  );
}

function whatItTakes({ remedy, earliest, have, need }: Check): string {
  const from = earliest === null ? null : calendarDay(earliest);
  if (from !== null) return `Opens on ${dayText(from, new Date())}.`;
  return remedy ?? `You have ${have ?? 'nothing yet'}; ${need} is needed.`;
}
