/** What a statement is narrowed to; kept in the address, so that Back comes back to it. */
export interface EntryFilter {
  readonly asset?: 'COIN' | 'DIAMOND';
  readonly kind?: EntryKind;
  readonly direction?: 'in' | 'out';
  /** Calendar days here, `YYYY-MM-DD`, both included. */
  readonly from?: string;
  readonly to?: string;
}

export const ENTRY_KINDS = {
  purchase: 'Top-ups',
  gift: 'Gifts',
  question: 'Questions',
  maturity: 'Matured',
} as const;
export type EntryKind = keyof typeof ENTRY_KINDS;

/** The filter of an address; whatever is no filter is left out. */
export function filterOf(search: Record<string, unknown>): EntryFilter {
  const { asset, kind, direction, from, to } = search;
  return {
    ...(asset === 'COIN' || asset === 'DIAMOND' ? { asset } : {}),
    ...(typeof kind === 'string' && Object.hasOwn(ENTRY_KINDS, kind) ? { kind: kind as EntryKind } : {}),
    ...(direction === 'in' || direction === 'out' ? { direction } : {}),
    ...(isDay(from) ? { from } : {}),
    ...(isDay(to) ? { to } : {}),
  };
}

/** A filter as the API takes it: days here become instants, the last day is included whole. */
export function filterParams({ asset, kind, direction, from, to }: EntryFilter): URLSearchParams {
  const asked = new URLSearchParams();
  if (asset !== undefined) asked.set('asset', asset);
  if (kind !== undefined) asked.set('kind', kind);
  if (direction !== undefined) asked.set('direction', direction);
  if (from !== undefined) asked.set('from', dayStart(from, 0).toISOString());
  if (to !== undefined) asked.set('to', dayStart(to, 1).toISOString());
  return asked;
}

/** Where the entries of a filter are as a file. */
export function csvAddress(filter: EntryFilter): string {
  const asked = filterParams(filter).toString();
  return `/v1/me/wallet/entries.csv${asked === '' ? '' : `?${asked}`}`;
}

function isDay(value: unknown): value is string {
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value));
}

function dayStart(day: string, plusDays: number): Date {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + plusDays);
}
