import { CircleAlert } from 'lucide-react';
import { type InputHTMLAttributes, type ReactNode, useId } from 'react';

interface FieldProps extends InputHTMLAttributes<HTMLInputElement> {
  readonly label: string;
  readonly hint?: ReactNode;
  /** What is wrong with the value, and what it must be. */
  readonly wrong?: string | undefined;
}

/** A labelled text field with its hint and its complaint, both tied to it for screen readers. */
export function Field({ label, hint, wrong, id, ...input }: FieldProps) {
  const own = useId();
  const inputId = id ?? own;
  const described = [
    hint === undefined ? '' : `${inputId}-hint`,
    wrong === undefined ? '' : `${inputId}-wrong`,
  ];
  return (
    <div className="field">
      <label htmlFor={inputId}>{label}</label>
      <input
        {...input}
        id={inputId}
        className="input"
        aria-invalid={wrong === undefined ? undefined : true}
        aria-describedby={described.filter(Boolean).join(' ') || undefined}
      />
      {hint === undefined ? null : (
        <span className="hint" id={`${inputId}-hint`}>
          {hint}
        </span>
      )}
      {wrong === undefined ? null : (
        <span className="wrong" id={`${inputId}-wrong`} role="alert">
          <CircleAlert aria-hidden />
          {wrong}
        </span>
      )}
    </div>
  );
}
