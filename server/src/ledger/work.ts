import type { Uuid } from '../core/ids.ts';
import type { Account, AccountEvent } from './account.ts';
import type { AccountSpec } from './chart.ts';
import { assertWritable, type CompanionRow, type CompanionStatement } from './companion.ts';
import type { TransferResultName } from './results.ts';
import { isUuid } from './row-buffer.ts';
import { NIL_ID, type Transfer, type TransferEvent, TransferFlags } from './transfer.ts';

/** What to post: one linked chain of transfers and what must commit with it. */
export interface Posting {
  /** Succeeds or fails as one; the linked flags are set by the ledger. May be empty. */
  readonly transfers: readonly TransferEvent[];
  readonly rows?: readonly CompanionRow[];
  readonly statements?: readonly CompanionStatement[];
}

export type Posted =
  /** The chain happened now. `accounts`: every touched account as it was just after the chain. */
  | {
      readonly kind: 'posted';
      readonly transfers: readonly Transfer[];
      readonly accounts: ReadonlyMap<Uuid, Account>;
      /** Nanoseconds; of the first transfer, and in every `ledger_timestamp` column. */
      readonly timestamp: bigint;
    }
  /** The whole chain was done before, with the same ids and the same fields: success. Nothing was written. */
  | { readonly kind: 'exists'; readonly transfers: readonly Transfer[] }
  /**
   * The transfer at `index` was refused, so nothing of the posting happened. `replayed`: this id had already been
   * refused before, and `result` is that first refusal.
   */
  | {
      readonly kind: 'refused';
      readonly result: TransferResultName;
      readonly index: number;
      readonly replayed: boolean;
    };

/** What waits to be committed. */
export type Work = ChainWork | OpenWork | ExpireWork;

interface Waiting<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
  /** Milliseconds of the monotonic clock: while the database is away, nobody waits longer. */
  readonly deadlineMs: number;
  /** Set when it was in flight as the connection died: it may have happened. */
  inDoubt: InDoubt | undefined;
  /** Ids that the database was asked for and does not have, and the `Memory.epoch` when it was asked. */
  absent: Set<Uuid> | undefined;
  absentEpoch: number;
}

/** How to tell from the head what became of a batch whose answer was lost. */
export interface InDoubt {
  /** The attempt before everything that was in flight: while the head shows it, nothing of that happened. */
  readonly before: bigint;
  /** If the head shows one of these, it happened. */
  readonly after: ReadonlySet<bigint>;
}

export interface ChainWork extends Waiting<Posted> {
  readonly kind: 'chain';
  readonly events: readonly TransferEvent[];
  readonly rows: readonly CompanionRow[];
  readonly statements: readonly CompanionStatement[];
}

export interface OpenWork extends Waiting<void> {
  readonly kind: 'open';
  readonly events: readonly AccountEvent[];
}

export interface ExpireWork extends Waiting<number> {
  readonly kind: 'expire';
  readonly pendingIds: readonly Uuid[];
}

/** The most transfers in one chain. */
export const CHAIN_MAX = 256;

/** The chain of a posting. @throws TypeError or RangeError for what no caller may send: a mistake of the program. */
export function chainOf(posting: Posting): Pick<ChainWork, 'events' | 'rows' | 'statements'> {
  const { transfers, rows = NONE, statements = NONE } = posting;
  if (transfers.length > CHAIN_MAX) throw new RangeError(`a chain has at most ${CHAIN_MAX} transfers`);
  for (const event of transfers) assertStorable(event);
  for (const row of rows) assertWritable(row);
  for (const statement of statements) assertRunnable(statement);
  return { events: linked(transfers), rows, statements };
}

/** The events that open these accounts. */
export function openEventsOf(accounts: readonly AccountSpec[]): AccountEvent[] {
  return accounts.map((account) => {
    for (const id of [account.id, account.userData128]) {
      if (!isUuid(id)) throw new TypeError(`not a UUID: ${id}`);
    }
    for (const number of [account.ledger, account.code, account.flags]) assertInteger(number, INT4_MAX);
    return { ...account, userData64: 0n, userData32: 0 };
  });
}

const NONE: readonly never[] = [];
const INT4_MAX = 2 ** 31 - 1;
const UINT4_MAX = 2 ** 32 - 1;
const INT8_MAX = (1n << 63n) - 1n;

/** Every transfer but the last says that another one follows. */
function linked(transfers: readonly TransferEvent[]): readonly TransferEvent[] {
  const last = transfers.length - 1;
  const isLinked = (event: TransferEvent, index: number) =>
    ((event.flags & TransferFlags.linked) !== 0) === index < last;
  for (let index = 0; ; index += 1) {
    const event = transfers[index];
    if (event === undefined) return transfers;
    if (!isLinked(event, index)) break;
  }
  return transfers.map((event, index) => ({
    ...event,
    flags: index < last ? event.flags | TransferFlags.linked : event.flags & ~TransferFlags.linked,
  }));
}

/** Accounts are checked when they are looked up: those in memory are none but real ones. */
function assertStorable(event: TransferEvent): void {
  if (
    !isUuid(event.id) ||
    (event.pendingId !== NIL_ID && !isUuid(event.pendingId)) ||
    (event.userData128 !== NIL_ID && !isUuid(event.userData128))
  ) {
    throw new TypeError(`transfer ${event.id} has a field that is not a UUID`);
  }
  const { amount, userData64 } = event;
  if (typeof amount !== 'bigint' || amount < 0n || amount > INT8_MAX) {
    throw new RangeError(`transfer ${event.id} has an amount that is none: ${amount}`);
  }
  if (typeof userData64 !== 'bigint' || userData64 > INT8_MAX || userData64 < -INT8_MAX - 1n) {
    throw new RangeError(`transfer ${event.id} has a 64-bit reference that is none: ${userData64}`);
  }
  assertInteger(event.userData32, UINT4_MAX);
  assertInteger(event.timeout, UINT4_MAX);
  assertInteger(event.ledger, INT4_MAX);
  assertInteger(event.code, INT4_MAX);
  assertInteger(event.flags, INT4_MAX);
}

function assertInteger(value: number, max: number): void {
  if (!Number.isInteger(value) || value < 0 || value > max) {
    throw new RangeError(`not a whole number from 0 to ${max}: ${value}`);
  }
}

function assertRunnable(statement: CompanionStatement): void {
  if (statement.expectRows !== undefined) assertInteger(statement.expectRows, INT4_MAX);
  if (/;\s*\S/.test(statement.text)) throw new TypeError('a companion statement is one statement');
}
