import { CircleAlert } from 'lucide-react';
import { useId } from 'react';

interface HandleFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint: string;
  readonly wrong: string | undefined;
}

/** A person's address on the site, with its @ in front. */
export function HandleField({ value, onChange, hint, wrong }: HandleFieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>Handle</label>
      <div className="prefixed">
        <span aria-hidden="true">@</span>
        <input
          id={id}
          className="input"
          name="handle"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          required
          maxLength={100}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          aria-invalid={wrong === undefined ? undefined : true}
          aria-describedby={wrong === undefined ? `${id}-hint` : `${id}-hint ${id}-wrong`}
        />
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
    </div>
  );
}
