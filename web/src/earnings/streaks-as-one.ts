import { grouped } from '../ui/grouped.ts';
import type { EarningEntry } from './earnings-api.ts';

/** A row of the activity: one gift, or a streak's requests as one. */
export interface EarningRow {
  readonly key: string;
  /** What the row says: the newest request with the sums of all. */
  readonly entry: EarningEntry;
  /** The requests it stands for, the newest first. */
  readonly parts: readonly EarningEntry[];
}

/** The rows of the activity: the requests of one streak are told as one, with their sum. */
export function streaksAsOne(entries: readonly EarningEntry[]): EarningRow[] {
  const rows = grouped(entries, ({ transferId, streak }) => ({
    own: transferId,
    group: streak?.id ?? null,
  }));
  return rows.map(({ key, first, items }) => ({
    key,
    entry: items.length === 1 ? first : asOne(first, items),
    parts: items,
  }));
}

/** What is told of the whole: what its owner should know of first. */
const ORDER = ['held', 'pending', 'available', 'reversed'] as const;

/** The whole is pending until the last of its requests is due, which need not be the newest. */
function asOne(newest: EarningEntry, parts: readonly EarningEntry[]): EarningEntry {
  const pending = parts.filter(({ status }) => status === 'pending');
  const last = (pending.length === 0 ? parts : pending).reduce((one, other) =>
    Date.parse(other.maturesAt) > Date.parse(one.maturesAt) ? other : one,
  );
  const units = parts.reduce((sum, { amount }) => sum + BigInt(amount.units), 0n);
  return {
    ...newest,
    quantity: parts.reduce((sum, { quantity }) => sum + quantity, 0),
    amount: { ...newest.amount, units: units.toString(), display: '' },
    status: ORDER.find((one) => parts.some(({ status }) => status === one)) ?? newest.status,
    reversed: reversedOf(parts),
    held: parts.find(({ held }) => held !== null)?.held ?? null,
    maturesAt: last.maturesAt,
    delay: last.delay,
  };
}

/** What was taken back of all of them, with the reason of the newest. */
function reversedOf(parts: readonly EarningEntry[]): EarningEntry['reversed'] {
  const taken = parts.flatMap(({ reversed }) => (reversed === null ? [] : [reversed]));
  const [first] = taken;
  if (first === undefined) return null;
  const units = taken.reduce((sum, { amount }) => sum + BigInt(amount.units), 0n);
  return { ...first, amount: { ...first.amount, units: units.toString(), display: '' } };
}

/** The Diamond units of an entry that were not taken back. */
export function keptUnits({ amount, reversed }: Pick<EarningEntry, 'amount' | 'reversed'>): bigint {
  return BigInt(amount.units) - BigInt(reversed?.amount.units ?? 0);
}
