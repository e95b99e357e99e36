import { CircleAlert } from 'lucide-react';
import { useId } from 'react';
import { MONTH_NAMES } from '../ui/dates.ts';
import type { BirthFields } from './birth-date.ts';

interface BirthDateFieldsProps {
  readonly value: BirthFields;
  readonly onChange: (value: BirthFields) => void;
  readonly hint: string;
  readonly wrong: string | undefined;
}

/** A date of birth in three fields that a browser can fill in. */
export function BirthDateFields({ value, onChange, hint, wrong }: BirthDateFieldsProps) {
  const id = useId();
  const described = wrong === undefined ? `${id}-hint` : `${id}-hint ${id}-wrong`;
  const shared = { 'aria-invalid': wrong === undefined ? undefined : true, 'aria-describedby': described };
  return (
    <fieldset className="field">
      <legend className="mb-1.5 text-[14px] font-[650]">Date of birth</legend>
      <div className="birth">
        <label>
          <span>Day</span>
          <input
            {...shared}
            className="input"
            inputMode="numeric"
            autoComplete="bday-day"
            maxLength={2}
            value={value.day}
            onChange={(event) => onChange({ ...value, day: event.target.value })}
          />
        </label>
        <label>
          <span>Month</span>
          <select
            {...shared}
            className="input"
            autoComplete="bday-month"
            value={value.month}
            onChange={(event) => onChange({ ...value, month: event.target.value })}
          >
            <option value="">Choose</option>
            {MONTH_NAMES.map((name, index) => (
              <option key={name} value={index + 1}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span>Year</span>
          <input
            {...shared}
            className="input"
            inputMode="numeric"
            autoComplete="bday-year"
            maxLength={4}
            value={value.year}
            onChange={(event) => onChange({ ...value, year: event.target.value })}
          />
        </label>
      </div>
      <span className="hint" id={`${id}-hint`}>
        {hint}
      </span>
      {wrong === undefined ? null : (
        <span className="wrong" id={`${id}-wrong`} role="alert">
          <CircleAlert aria-hidden />
          {wrong}
        </span>
      )}
    </fieldset>
  );
}
