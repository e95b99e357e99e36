import type { Amount } from '../ui/amounts.ts';
import { grouped } from '../ui/grouped.ts';
import type { Entry } from './wallet-api.ts';

/** A row of the statement: one entry, or a streak's entries as one. */
export interface EntryRow {
  readonly key: string;
  /** What the row says: the newest entry with the sums of all. */
  readonly entry: Entry;
  /** The entries it stands for, the newest first. */
  readonly parts: readonly Entry[];
}

/** What units of an asset are worth in cents, or null when that is not known. */
export type Pricing = (asset: Amount['asset'], units: bigint) => bigint | null;

/**
 * The rows of a statement: the requests of one streak are told as one, with their sum. The sum is priced anew,
 * since cents that were rounded one by one do not add up.
 */
export function entryRows(entries: readonly Entry[], price: Pricing): EntryRow[] {
  const rows = grouped(entries, ({ id, account, group }) => ({
    own: `${id} ${account}`,
    group: group === null ? null : `${group.id} ${account}`,
  }));
  return rows.map(({ key, first, items }) => ({
    key,
    entry: items.length === 1 ? first : asOne(first, items, price),
    parts: items,
  }));
}

function asOne(newest: Entry, parts: readonly Entry[], price: Pricing): Entry {
  const count = parts.reduce((sum, { group }) => sum + (group?.count ?? 0), 0);
  const units = parts.reduce((sum, { amount }) => sum + BigInt(amount.units), 0n);
  const cents = price(newest.amount.asset, units);
  return {
    ...newest,
    title: `${newest.group?.title ?? newest.title} ×${count}`,
    detail: 'A streak',
    amount: { ...newest.amount, units: units.toString(), display: '' },
    money: cents === null ? null : { asset: 'USD', units: cents.toString(), display: '' },
    status: parts.some(({ status }) => status === 'pending') ? 'pending' : newest.status,
  };
}
