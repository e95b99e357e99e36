import { Fragment, type ReactNode, useState } from 'react';
import { CopyId } from './CopyId.tsx';

/** How one row of a table of entries stands to the others. */
export interface Grouping {
  /** It tells of several entries at once: of how many, whether they are shown, and what shows them. */
  readonly group: { readonly size: number; readonly open: boolean; readonly toggle: () => void } | null;
  /** It is one of a group's entries. */
  readonly part: boolean;
}

interface GroupedRowProps<Entry> {
  /** What the row says: the one entry, or the sum of all. */
  readonly entry: Entry;
  readonly parts: readonly Entry[];
  readonly keyOf: (part: Entry) => string;
  readonly children: (entry: Entry, grouping: Grouping) => ReactNode;
}

/** One entry of a table, or a group that opens into its entries. */
export function GroupedRow<Entry>({ entry, parts, keyOf, children }: GroupedRowProps<Entry>) {
  const [open, setOpen] = useState(false);
  if (parts.length === 1) return children(entry, { group: null, part: false });
  const group = { size: parts.length, open, toggle: () => setOpen(!open) };
  return (
    <>
      {children(entry, { group, part: false })}
      {open
        ? parts.map((part) => (
            <Fragment key={keyOf(part)}>{children(part, { group: null, part: true })}</Fragment>
          ))
        : null}
    </>
  );
}

interface ThingProps {
  readonly grouping: Grouping;
  /** Makes it lead to the entry. */
  readonly link: (className: string, what: ReactNode) => ReactNode;
  readonly children: ReactNode;
}

/** What an entry is about: leads to it, or opens the group. */
export function Thing({ grouping: { group }, link, children }: ThingProps) {
  if (group === null) return link('thing', children);
  return (
    <button type="button" className="thing" aria-expanded={group.open} onClick={group.toggle}>
      {children}
    </button>
  );
}

/** The ledger's name for the entry, or how many there are. */
export function EntryId({ grouping: { group }, id }: { readonly grouping: Grouping; readonly id: string }) {
  return group === null ? (
    <CopyId id={id} what="entry" />
  ) : (
    <span className="text-sm text-fg-3">{group.size} entries</span>
  );
}
