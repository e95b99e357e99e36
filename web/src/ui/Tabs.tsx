import { Tabs as Radix } from 'radix-ui';
import type { ReactNode } from 'react';

export interface TabItem<Value extends string> {
  readonly value: Value;
  readonly label: ReactNode;
}

interface TabsProps<Value extends string> {
  readonly label: string;
  readonly items: readonly TabItem<Value>[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  /** Pills, or a line under the open one. */
  readonly look?: 'pill' | 'line';
  /** The panels, each a `TabPanel`; leave out when the list only filters what follows. */
  readonly children?: ReactNode;
  /** Without panels: the id of what the tabs choose the contents of. */
  readonly controls?: string;
  readonly className?: string;
}

/** A list of tabs with arrow keys; give `TabPanel`s as children. */
export function Tabs<Value extends string>(props: TabsProps<Value>) {
  return (
    <Radix.Root
      value={props.value}
      onValueChange={(value) => props.onChange(value as Value)}
      {...(props.className === undefined ? {} : { className: props.className })}
    >
      <Radix.List className="tabs-list" data-look={props.look ?? 'pill'} aria-label={props.label}>
        {props.items.map((item) => (
          <Radix.Trigger
            key={item.value}
            value={item.value}
            {...(props.children === undefined ? { 'aria-controls': props.controls } : {})}
          >
            {item.label}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {props.children}
    </Radix.Root>
  );
}

export const TabPanel = Radix.Content;
