import { useId } from 'react';

interface EffectsChoiceProps {
  /** The highest tier that is shown as such, 1 to 5. */
  readonly value: number;
  readonly onChange: (value: number) => void;
  readonly disabled?: boolean;
}

const CHOICES: readonly (readonly [cap: number, words: string])[] = [
  [5, 'Everything, takeovers too'],
  [4, 'Bursts, no takeovers'],
  [1, 'Small banners only'],
];

/** How much of the stage gifts may take. */
export function EffectsChoice({ value, onChange, disabled = false }: EffectsChoiceProps) {
  const id = useId();
  const known = CHOICES.some(([cap]) => cap === value);
  return (
    <div className="field">
      <label htmlFor={id}>The most that gifts may take of the stage</label>
      <select
        id={id}
        className="input"
        value={value}
        disabled={disabled}
        onChange={(event) => onChange(Number(event.target.value))}
      >
        {known ? null : <option value={value}>As gifts of tier {value}</option>}
        {CHOICES.map(([cap, words]) => (
          <option key={cap} value={cap}>
            {words}
          </option>
        ))}
      </select>
    </div>
  );
}
