import type { Uuid } from '../core/ids.ts';
import { decodeCursor, encodeCursor, PAGE_LIMIT_MAX, type Page } from '../core/page.ts';
import type { Queryable } from '../db/database.ts';
import type { Balances } from './account.ts';
import { readHead, type TransferRow, transferOf } from './store.ts';
import { type Transfer, TransferFlags } from './transfer.ts';

/** A point in time: a Date means the end of that millisecond, a bigint is nanoseconds since 1970. */
export type Instant = Date | bigint;

/** One change of an account. */
export interface StatementLine {
  /** For `expired`: the pending transfer whose time ran out. */
  readonly transfer: Transfer;
  /** `moved` at once; `reserved` by a pending transfer, which was then `posted`, `voided` or `expired`. */
  readonly kind: 'moved' | 'reserved' | 'posted' | 'voided' | 'expired';
  /** What moved, in units: credits are positive, debits negative; 0 for what was only reserved or released. */
  readonly amount: bigint;
  /** What was reserved (or, the other sign, released): to be credited positive, to be debited negative. */
  readonly held: bigint;
  /** Credits less debits just after this line, in units. */
  readonly balanceAfter: bigint;
  /** All four counters just after this line. */
  readonly after: Balances;
  /** Nanoseconds since 1970; unique. */
  readonly timestamp: bigint;
  readonly at: Date;
}

export interface StatementOptions {
  /** `nextCursor` of the page before. */
  readonly cursor?: string | null;
  /** Lines on the page, 1 to 200. */
  readonly limit: number;
  /** Leaves out what came before. */
  readonly from?: Instant;
  /** Leaves out what came at this instant or after. */
  readonly to?: Instant;
}

/**
 * A page of an account's statement, newest first. It is always complete: what is not indexed yet is read from
 * the transfers themselves. @throws RangeError for a cursor that is none.
 */
export async function statement(
  db: Queryable,
  accountId: Uuid,
  options: StatementOptions,
): Promise<Page<StatementLine>> {
  const limit = Math.min(Math.max(1, options.limit), PAGE_LIMIT_MAX);
  const from = options.from === undefined ? 0n : startOf(options.from);
  const before = smaller(
    options.to === undefined ? FOREVER : startOf(options.to),
    options.cursor == null ? FOREVER : readCursor(options.cursor),
  );
  const entries = await entriesBefore(db, accountId, before, limit + 1);
  const wanted = entries.filter(({ timestamp }) => timestamp >= from);
  const page = wanted.slice(0, limit);
  const last = page.at(-1);
  return {
    items: await linesOf(db, accountId, page),
    nextCursor:
      wanted.length > limit && last !== undefined ? encodeCursor([last.timestamp.toString()]) : null,
  };
}

/** The four counters of an account as they were at an instant; all zero before it existed. */
export async function balanceAt(db: Queryable, accountId: Uuid, instant: Instant): Promise<Balances> {
  const [newest] = await entriesBefore(db, accountId, endOf(instant) + 1n, 1);
  return newest?.after ?? ZERO;
}

/** A change of an account with the transfer that made it, as a statement that is read forward has it. */
export interface HistoryEntry {
  readonly transfer: Transfer;
  readonly kind: StatementLine['kind'];
  /** What moved, in units: credits are positive, debits negative. */
  readonly posted: bigint;
  /** What was held of debits (or, negative, let go), in units. */
  readonly heldDebit: bigint;
  /** Nanoseconds since 1970; unique. */
  readonly timestamp: bigint;
}

/** The changes of an account after one instant and up to another (nanoseconds), oldest first, at most `limit`. */
export async function entriesAfter(
  db: Queryable,
  accountId: Uuid,
  after: bigint,
  upto: bigint,
  limit: number,
): Promise<HistoryEntry[]> {
  const rows = await db.query<{ id: Uuid; timestamp: bigint; posted: bigint; held_debit: bigint }>(
    'select id, timestamp, posted, held_debit from ledger_entries_after($1::uuid, $2::bigint, $3::bigint, $4::integer)',
    [accountId, after, upto, limit],
  );
  const transfers = await readTransfers(db, [...new Set(rows.map(({ id }) => id))]);
  return rows.map(({ id, timestamp, posted, held_debit: heldDebit }) => {
    const transfer = transfers.get(id);
    if (transfer === undefined) throw new Error(`history of ${accountId} names no transfer: ${id}`);
    return { transfer, kind: kindOf(transfer, { timestamp }), posted, heldDebit, timestamp };
  });
}

/** What entries of one kind come to, without reading each. */
export interface EntrySum {
  readonly code: number;
  readonly kind: StatementLine['kind'];
  readonly isDebit: boolean;
  readonly lines: number;
  /** Sum of what moved, in units. */
  readonly posted: bigint;
  /** Sum of what was held of debits, in units. */
  readonly heldDebit: bigint;
}

/**
 * The changes of an account after one instant and up to another, added up by code, kind and side; at most `limit` of
 * them, oldest first. `last` is where to go on; `null` when there were none.
 */
export async function sumEntriesAfter(
  db: Queryable,
  accountId: Uuid,
  after: bigint,
  upto: bigint,
  limit: number,
): Promise<{ readonly sums: EntrySum[]; readonly last: bigint | null }> {
  const rows = await db.query<EntrySum & { last: bigint }>(
    `with entries as materialized (
       select * from ledger_entries_after($1::uuid, $2::bigint, $3::bigint, $4::integer)
     )
     select t.code, case when t.timestamp <> e.timestamp then 'expired'
                         when t.flags & 2 <> 0 then 'reserved'
                         when t.flags & 4 <> 0 then 'posted'
                         when t.flags & 8 <> 0 then 'voided' else 'moved' end as kind,
            t.debit_account_id = $1::uuid as "isDebit", count(*)::integer as lines,
            sum(e.posted)::bigint as posted, sum(e.held_debit)::bigint as "heldDebit", max(e.timestamp) as last
       from entries e join ledger_transfers t on t.id = e.id
      group by 1, 2, 3`,
    [accountId, after, upto, limit],
  );
  let last: bigint | null = null;
  for (const row of rows) if (last === null || row.last > last) last = row.last;
  return { sums: rows.map(({ last: _, ...sum }) => sum), last };
}

/** Of which account the totals are asked, and when. */
export interface PostedQuestion {
  readonly accountId: Uuid;
  /** Nanoseconds since 1970: what happened then is in the totals. */
  readonly timestamp: bigint;
}

/** What accounts had been debited and credited in all, in units, just after each instant; zero before they existed. */
export async function postedAt(
  db: Queryable,
  asked: readonly PostedQuestion[],
): Promise<{ readonly debits: bigint; readonly credits: bigint }[]> {
  if (asked.length === 0) return [];
  const rows = await db.query<{ place: bigint; debits: bigint; credits: bigint }>(
    `select place, debits_posted as debits, credits_posted as credits
       from ledger_posted_at($1::uuid[], $2::bigint[])`,
    [asked.map(({ accountId }) => accountId), asked.map(({ timestamp }) => timestamp)],
  );
  const totals = asked.map(() => ({ debits: 0n, credits: 0n }));
  for (const { place, debits, credits } of rows) totals[Number(place) - 1] = { debits, credits };
  return totals;
}

/**
 * Whether an account's balance is what all its entries lead to, from the first one on: what is indexed keeps its own
 * totals, and what is not is added up.
 */
export async function historyLeadsToBalance(db: Queryable, accountId: Uuid): Promise<boolean> {
  const [gap] = await db.query<{ posted: bigint; held: bigint }>(
    'select posted, held from ledger_gap($1::uuid)',
    [accountId],
  );
  return gap === undefined || (gap.posted === 0n && gap.held === 0n);
}

/** The timestamp of the transfer that was committed last, in nanoseconds: nothing will be committed before it. */
export async function lastCommitted(db: Queryable): Promise<bigint> {
  return (await readHead(db, 'look')).lastTimestamp;
}

/** Transfers by their ids; unknown ones are left out. */
export async function transfersByIds(db: Queryable, ids: readonly Uuid[]): Promise<Map<Uuid, Transfer>> {
  return readTransfers(db, ids);
}

/**
 * Indexes the next stretches of history, at most `stretches` of about 8,192 transfers in one go.
 * Returns whether there is more to index. Safe in any number of processes at once.
 */
export async function indexHistory(db: Queryable, stretches = STRETCHES_AT_ONCE): Promise<boolean> {
  const [row] = await db.query<{ has_more: boolean }>('select ledger_index_history($1) as has_more', [
    stretches,
  ]);
  return row?.has_more === true;
}

const STRETCHES_AT_ONCE = 8;
const FOREVER = 9_223_372_036_854_775_807n;
const NS_PER_MS = 1_000_000n;
const ZERO: Balances = { debitsPending: 0n, debitsPosted: 0n, creditsPending: 0n, creditsPosted: 0n };

/** A change of an account, without the transfer that made it. */
interface Entry {
  readonly id: Uuid;
  readonly timestamp: bigint;
  readonly posted: bigint;
  readonly heldDebit: bigint;
  readonly heldCredit: bigint;
  readonly after: Balances;
}

interface SliceRow {
  readonly ids: Uuid[];
  readonly timestamps: bigint[];
  readonly posted: bigint[];
  readonly held_debits: bigint[] | null;
  readonly held_credits: bigint[] | null;
  readonly debits_pending: bigint;
  readonly debits_posted: bigint;
  readonly credits_pending: bigint;
  readonly credits_posted: bigint;
}

/** The last `wanted` changes of an account before an instant, newest first. */
async function entriesBefore(
  db: Queryable,
  accountId: Uuid,
  before: bigint,
  wanted: number,
): Promise<Entry[]> {
  // A function, so that the server plans it once per connection.
  const slices = await db.query<SliceRow>(
    'select * from ledger_entries_before($1::uuid, $2::bigint, $3::integer)',
    [accountId, before, wanted],
  );
  const entries: Entry[] = [];
  for (const slice of slices) {
    let after: Balances = countersOf(slice);
    for (let index = slice.ids.length - 1; index >= 0 && entries.length < wanted; index -= 1) {
      const entry: Entry = {
        id: slice.ids[index] as Uuid,
        timestamp: slice.timestamps[index] as bigint,
        posted: slice.posted[index] as bigint,
        heldDebit: slice.held_debits?.[index] ?? 0n,
        heldCredit: slice.held_credits?.[index] ?? 0n,
        after,
      };
      entries.push(entry);
      after = beforeEntry(entry);
    }
  }
  return entries;
}

function countersOf(slice: SliceRow): Balances {
  return {
    debitsPending: slice.debits_pending,
    debitsPosted: slice.debits_posted,
    creditsPending: slice.credits_pending,
    creditsPosted: slice.credits_posted,
  };
}

/** The counters just before an entry. */
function beforeEntry({ after, posted, heldDebit, heldCredit }: Entry): Balances {
  return {
    debitsPending: after.debitsPending - heldDebit,
    debitsPosted: posted < 0n ? after.debitsPosted + posted : after.debitsPosted,
    creditsPending: after.creditsPending - heldCredit,
    creditsPosted: posted > 0n ? after.creditsPosted - posted : after.creditsPosted,
  };
}

async function linesOf(db: Queryable, accountId: Uuid, entries: readonly Entry[]): Promise<StatementLine[]> {
  const transfers = await readTransfers(
    db,
    entries.map(({ id }) => id),
  );
  return entries.map((entry) => {
    const transfer = transfers.get(entry.id);
    if (transfer === undefined) throw new Error(`history of ${accountId} names no transfer: ${entry.id}`);
    return {
      transfer,
      kind: kindOf(transfer, entry),
      amount: entry.posted,
      held: entry.heldCredit - entry.heldDebit,
      balanceAfter: entry.after.creditsPosted - entry.after.debitsPosted,
      after: entry.after,
      timestamp: entry.timestamp,
      at: new Date(Number(entry.timestamp / NS_PER_MS)),
    };
  });
}

function kindOf(transfer: Transfer, entry: Pick<Entry, 'timestamp'>): StatementLine['kind'] {
  if (transfer.timestamp !== entry.timestamp) return 'expired';
  if ((transfer.flags & TransferFlags.pending) !== 0) return 'reserved';
  if ((transfer.flags & TransferFlags.postPendingTransfer) !== 0) return 'posted';
  if ((transfer.flags & TransferFlags.voidPendingTransfer) !== 0) return 'voided';
  return 'moved';
}

async function readTransfers(db: Queryable, ids: readonly Uuid[]): Promise<Map<Uuid, Transfer>> {
  if (ids.length === 0) return new Map();
  const rows = await db.query<TransferRow>('select * from ledger_transfers where id = any($1::uuid[])', [
    ids,
  ]);
  return new Map(rows.map((row) => [row.id, transferOf(row)]));
}

function readCursor(cursor: string): bigint {
  const [timestamp] = decodeCursor(cursor, 1) ?? [];
  if (typeof timestamp !== 'string' || !/^\d{1,19}$/.test(timestamp)) throw new RangeError('not a cursor');
  return BigInt(timestamp);
}

function startOf(instant: Instant): bigint {
  return typeof instant === 'bigint' ? instant : BigInt(instant.getTime()) * NS_PER_MS;
}

function endOf(instant: Instant): bigint {
  return typeof instant === 'bigint' ? instant : (BigInt(instant.getTime()) + 1n) * NS_PER_MS - 1n;
}

function smaller(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}
