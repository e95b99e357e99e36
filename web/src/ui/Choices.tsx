interface ChoicesProps<Value extends string> {
  readonly label: string;
  readonly items: readonly { readonly value: Value; readonly label: string }[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

/** What a list is narrowed to, as a row of pills: one is pressed. (`Tabs` are for panels.) */
export function Choices<Value extends string>({ label, items, value, onChange }: ChoicesProps<Value>) {
  return (
    <fieldset className="tabs-list" aria-label={label}>
      {items.map((item) => (
        <button
          key={item.value}
          type="button"
          aria-pressed={item.value === value}
          data-state={item.value === value ? 'active' : undefined}
          onClick={() => onChange(item.value)}
        >
          {item.label}
        </button>
      ))}
    </fieldset>
  );
}
