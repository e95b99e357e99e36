import type { Uuid } from '../core/ids.ts';
import { type Account, type AccountEvent, AccountFlags } from './account.ts';
import { Batch } from './batch.ts';
import { type CompanionTable, toParameter, writeRow } from './companion.ts';
import type { Step } from './connection.ts';
import { emptyUndo, type Memory, type Undo } from './memory.ts';
import { expiryOf } from './pending.ts';
import { AccountResult, TransferResult, transferResultName } from './results.ts';
import { compareWithExisting } from './retry.ts';
import { boolArray, int8Array, RowBuffer, uuidArray } from './row-buffer.ts';
import type { Created, TransferOutcome } from './state.ts';
import { createAccounts, createTransfers, expirePending } from './state-machine.ts';
import { NIL_ID, type Transfer, type TransferEvent, TransferFlags } from './transfer.ts';
import type { ChainWork, ExpireWork, OpenWork, Posted, Work } from './work.ts';

/** A batch that was decided in memory and is ready for the wire. */
export interface Prepared extends Pick<Order, 'expected' | 'attempt'> {
  readonly works: readonly Work[];
  readonly steps: readonly Step[];
  readonly undo: Undo;
  /** The last timestamp it used, in nanoseconds. */
  readonly until: bigint;
  /** Gives every caller its answer. Call it when the batch is committed. */
  answer(): void;
  /** Whose work made the database refuse step `step`, if that can be said. `line` is of a COPY, from 1. */
  culprit(step: number, line: number | undefined): Work | undefined;
  /** Gives the memory of the rows back. Call it when the socket has taken them. */
  release(): void;
}

export interface Order {
  /** The attempt that the head must show. */
  readonly expected: bigint;
  readonly attempt: bigint;
  /** The first timestamp to give, in nanoseconds. */
  readonly now: bigint;
  /** See `Memory.putTransfer`. */
  readonly aheadId: Uuid;
}

/** The statements of every batch, to be prepared once per connection. */
export const PREPARED_STATEMENTS = {
  ledger_advance_head: 'select ledger_advance($1::bigint, $2::bigint, $3::bigint, $4::bigint)',
  ledger_set_balances: `update ledger_accounts a
       set debits_pending = v.debits_pending, debits_posted = v.debits_posted,
           credits_pending = v.credits_pending, credits_posted = v.credits_posted, closed = v.closed
      from unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::boolean[])
           as v (id, debits_pending, debits_posted, credits_pending, credits_posted, closed)
     where a.id = v.id`,
  ledger_drop_expiries: 'delete from ledger_expiries where pending_id = any($1::uuid[])',
} as const;

/**
 * Decides the works in order on top of `memory`, which then holds the state after them, and writes what must be
 * stored. What is thrown here is a bug; the memory is then as before.
 */
export function prepare(memory: Memory, works: readonly Work[], order: Order): Prepared {
  const undo = emptyUndo();
  try {
    return new Preparation(memory, works, order, undo).prepared();
  } catch (error) {
    memory.undo(undo);
    throw error;
  }
}

const TRANSFERS_COPY =
  'copy ledger_transfers (timestamp, amount, ledger, code, flags, id, debit_account_id, credit_account_id,' +
  ' pending_id, user_data_128, user_data_64, user_data_32, timeout) from stdin (format binary)';
const ACCOUNTS_COPY =
  'copy ledger_accounts (id, ledger, code, flags, closed, timestamp, user_data_128, user_data_64, user_data_32)' +
  ' from stdin (format binary)';
const RESOLUTIONS_COPY = 'copy ledger_resolutions (pending_id, state, timestamp) from stdin (format binary)';
const FAILURES_COPY = 'copy ledger_failed_transfers (id, result, timestamp) from stdin (format binary)';
const EXPIRIES_COPY = 'copy ledger_expiries (pending_id, expires_at) from stdin (format binary)';

const RESOLVING = TransferFlags.postPendingTransfer | TransferFlags.voidPendingTransfer;

/** Rows for one COPY, and whose each row is. */
interface Copy {
  readonly text: string;
  /** The ledger's own tables first, then the others in the order of their definition: parents before children. */
  readonly rank: number;
  readonly buffer: RowBuffer;
  readonly owners: Work[];
}

/** The answer to a chain that happened; what few callers ask for is put together when they do. */
class Happened {
  readonly kind = 'posted';
  readonly timestamp: bigint;
  readonly created: readonly Created[];

  constructor(created: readonly Created[], now: bigint) {
    this.created = created;
    this.timestamp = created[0]?.transfer.timestamp ?? now;
  }

  get transfers(): Transfer[] {
    return this.created.map(({ transfer }) => transfer);
  }

  get accounts(): Map<Uuid, Account> {
    const accounts = new Map<Uuid, Account>();
    for (const { debitAfter, creditAfter } of this.created) {
      accounts.set(debitAfter.id, debitAfter);
      accounts.set(creditAfter.id, creditAfter);
    }
    return accounts;
  }
}

class Preparation {
  readonly #memory: Memory;
  readonly #works: readonly Work[];
  readonly #order: Order;
  readonly #undo: Undo;
  #timestamp: bigint;

  readonly #answers: (() => void)[] = [];
  readonly #answered: ChainWork[] = [];
  readonly #posted: Posted[] = [];
  readonly #copies = new Map<string, Copy>();
  readonly #touched = new Map<Uuid, Account>();
  readonly #settledExpiries: Uuid[] = [];
  readonly #statements: { readonly step: Step; readonly owner: Work }[] = [];

  constructor(memory: Memory, works: readonly Work[], order: Order, undo: Undo) {
    this.#memory = memory;
    this.#works = works;
    this.#order = order;
    this.#undo = undo;
    this.#timestamp = order.now;
  }

  prepared(): Prepared {
    this.#open(this.#works.filter((work) => work.kind === 'open'));
    this.#post(this.#works.filter((work) => work.kind === 'chain'));
    this.#expire(this.#works.filter((work) => work.kind === 'expire'));
    const until = this.#timestamp === this.#order.now ? this.#order.now : this.#timestamp - 1n;
    const { steps, owners } = this.#steps(until);
    const copies = [...this.#copies.values()];
    return {
      expected: this.#order.expected,
      attempt: this.#order.attempt,
      works: this.#works,
      steps,
      undo: this.#undo,
      until,
      answer: () => {
        for (const answer of this.#answers) answer();
        for (const [index, work] of this.#answered.entries()) work.resolve(this.#posted[index] as Posted);
      },
      culprit: (step, line) => {
        const owner = owners[step];
        if (owner === undefined) return undefined;
        return 'kind' in owner ? owner : owner[(line ?? 0) - 1];
      },
      release: () => {
        for (const { buffer } of copies) giveBack(buffer);
      },
    };
  }

  #open(works: readonly OpenWork[]): void {
    const events = works.flatMap((work) => work.events);
    if (events.length === 0) return;
    const { created, results } = createAccounts(this.#memory, events, this.#timestamp);
    this.#timestamp += BigInt(events.length);
    const ownerOf = new Map(works.flatMap((work) => work.events.map((event) => [event.id, work])));
    for (const account of created) {
      this.#memory.putAccount(account, this.#undo);
      const row = this.#row(ACCOUNTS_COPY, ownerOf.get(account.id) as Work);
      row.row(9);
      row.uuid(account.id);
      row.int4(account.ledger);
      row.int4(account.code);
      row.int4(account.flags & ~AccountFlags.closed);
      row.bool((account.flags & AccountFlags.closed) !== 0);
      row.int8(account.timestamp);
      writeReferences(row, account);
    }
    let eventAt = 0;
    for (const work of works) {
      const outcomes = results.slice(eventAt, eventAt + work.events.length);
      eventAt += work.events.length;
      const refused = work.events.find(
        (event, index) => !isOpen(this.#memory, event, outcomes[index]?.result),
      );
      if (refused === undefined) this.#answers.push(() => work.resolve());
      else this.#answers.push(() => work.reject(new TypeError(`account ${refused.id} cannot be opened so`)));
    }
  }

  #post(works: readonly ChainWork[]): void {
    const events: TransferEvent[] = [];
    for (const work of works) for (const event of work.events) events.push(event);
    const effects = createTransfers(this.#memory, events, this.#timestamp);
    this.#timestamp += BigInt(events.length);

    for (const [id, account] of effects.accounts) {
      this.#memory.putAccount(account, this.#undo);
      this.#touched.set(id, account);
    }
    for (const [id, state] of effects.resolutions) this.#memory.putResolution(id, state, this.#undo);
    for (const { transfer } of effects.created) {
      this.#memory.putTransfer(transfer, this.#order.aheadId, this.#undo);
    }

    const burned = new Set(effects.failedIds);
    const { results, created } = effects;
    let eventAt = 0;
    let createdAt = 0;
    for (const work of works) {
      const end = eventAt + work.events.length;
      let isPosted = true;
      for (let at = eventAt; at < end; at += 1) {
        if (results[at]?.result !== TransferResult.created) isPosted = false;
      }
      if (isPosted) {
        const next = createdAt + work.events.length;
        this.#keep(work, created, createdAt, next);
        createdAt = next;
      } else {
        const answers = results.slice(eventAt, end);
        if (burned.size > 0) this.#burn(work, answers, burned);
        this.#answer(work, refusalOf(this.#memory, work, answers));
      }
      eventAt = end;
    }
  }

  #answer(work: ChainWork, posted: Posted): void {
    this.#answered.push(work);
    this.#posted.push(posted);
  }

  /** Writes the rows of a chain that happened. */
  #keep(work: ChainWork, created: readonly Created[], from: number, until: number): void {
    const posted = new Happened(created.slice(from, until), this.#timestamp);
    const { timestamp } = posted;
    if (from === until) this.#timestamp += 1n;
    for (const { transfer } of posted.created) {
      writeTransfer(this.#row(TRANSFERS_COPY, work), transfer);
      if (transfer.flags !== 0 && (transfer.flags & ~TransferFlags.linked) !== 0)
        this.#followPending(work, transfer);
    }
    for (const row of work.rows) {
      writeRow(this.#companion(row.table, work), row, timestamp);
    }
    for (const { text, values = [], expectRows } of work.statements) {
      const parameters = values.map((value) => toParameter(value, timestamp));
      const counted =
        expectRows === undefined
          ? text
          : `with statement as (${text} returning 1) select ledger_expect(count(*), ${expectRows}) from statement`;
      this.#statements.push({ step: { kind: 'once', text: counted, values: parameters }, owner: work });
    }
    this.#answer(work, posted);
  }

  /** What a pending transfer and its end need beside their row. */
  #followPending(work: ChainWork, transfer: Transfer): void {
    if ((transfer.flags & TransferFlags.pending) !== 0) {
      const expiry = expiryOf(transfer);
      if (expiry === undefined) return;
      const row = this.#row(EXPIRIES_COPY, work);
      row.row(2);
      row.uuid(transfer.id);
      row.int8(expiry);
    } else if ((transfer.flags & RESOLVING) !== 0) {
      const state = (transfer.flags & TransferFlags.voidPendingTransfer) !== 0 ? 'voided' : 'posted';
      this.#resolve(work, transfer.pendingId, state, transfer.timestamp);
    }
  }

  #resolve(work: Work, pendingId: Uuid, state: string, timestamp: bigint): void {
    const row = this.#row(RESOLUTIONS_COPY, work);
    row.row(3);
    row.uuid(pendingId);
    row.text(state);
    row.int8(timestamp);
    if (this.#memory.transfer(pendingId)?.timeout !== 0) this.#settledExpiries.push(pendingId);
  }

  /** Uses up the ids that this chain's refusal burned. */
  #burn(work: ChainWork, results: readonly TransferOutcome[], burned: Set<Uuid>): void {
    for (const [index, { result, timestamp }] of results.entries()) {
      const id = work.events[index]?.id ?? NIL_ID;
      if (result === TransferResult.linked_event_failed || !burned.delete(id)) continue;
      this.#memory.putFailure(id, { result, timestamp }, this.#order.aheadId, this.#undo);
      const row = this.#row(FAILURES_COPY, work);
      row.row(3);
      row.uuid(id);
      row.int8(BigInt(result));
      row.int8(timestamp);
    }
  }

  #expire(works: readonly ExpireWork[]): void {
    for (const work of works) {
      const { expired, accounts, resolutions } = expirePending(
        this.#memory,
        work.pendingIds,
        this.#timestamp,
      );
      for (const [id, account] of accounts) {
        this.#memory.putAccount(account, this.#undo);
        this.#touched.set(id, account);
      }
      for (const [id, state] of resolutions) this.#memory.putResolution(id, state, this.#undo);
      for (const { pending } of expired) this.#resolve(work, pending.id, 'expired', this.#nextTimestamp());
      this.#answers.push(() => work.resolve(expired.length));
    }
  }

  #steps(until: bigint): { steps: Step[]; owners: (Work | Work[] | undefined)[] } {
    const { expected, attempt } = this.#order;
    const transfers = this.#copies.get(TRANSFERS_COPY)?.owners.length ?? 0;
    const steps: Step[] = [
      {
        kind: 'named',
        name: 'ledger_advance_head',
        values: [expected.toString(), attempt.toString(), until.toString(), String(transfers)],
      },
    ];
    const owners: (Work | Work[] | undefined)[] = [undefined];
    const copies = [...this.#copies.values()].sort((one, other) => one.rank - other.rank);
    for (const { text, buffer, owners: rowOwners } of copies) {
      steps.push({ kind: 'copy', text, messages: buffer.messages() });
      owners.push(rowOwners);
    }
    if (this.#touched.size > 0) {
      steps.push({
        kind: 'named',
        name: 'ledger_set_balances',
        values: balances([...this.#touched.values()]),
      });
      owners.push(undefined);
    }
    if (this.#settledExpiries.length > 0) {
      steps.push({ kind: 'named', name: 'ledger_drop_expiries', values: [uuidArray(this.#settledExpiries)] });
      owners.push(undefined);
    }
    for (const { step, owner } of this.#statements) {
      steps.push(step);
      owners.push(owner);
    }
    return { steps, owners };
  }

  #companion(table: CompanionTable, owner: Work): RowBuffer {
    return this.#row(table.copy, owner, table.rank);
  }

  #row(text: string, owner: Work, rank = -1): RowBuffer {
    let copy = this.#copies.get(text);
    if (copy === undefined) {
      copy = { text, rank, buffer: borrow(), owners: [] };
      this.#copies.set(text, copy);
    }
    copy.owners.push(owner);
    return copy.buffer;
  }

  #nextTimestamp(): bigint {
    const timestamp = this.#timestamp;
    this.#timestamp += 1n;
    return timestamp;
  }
}

/** Whether the account is open as asked for; that it was closed since does not matter. */
function isOpen(memory: Memory, event: AccountEvent, result: AccountResult | undefined): boolean {
  if (result === AccountResult.created || result === AccountResult.exists) return true;
  const flags = memory.account(event.id)?.flags ?? 0;
  return (
    result === AccountResult.exists_with_different_flags && (flags & ~AccountFlags.closed) === event.flags
  );
}

/** What a chain that did not happen is told. */
function refusalOf(memory: Memory, work: ChainWork, results: readonly TransferOutcome[]): Posted {
  const index = results.findIndex(
    ({ result }) => result !== TransferResult.created && result !== TransferResult.linked_event_failed,
  );
  const result = results[index]?.result ?? TransferResult.linked_event_failed;
  if (result === TransferResult.exists && index === 0) return existing(memory, work);
  if (result === TransferResult.id_already_failed) {
    const first = memory.failure(work.events[index]?.id ?? NIL_ID)?.result ?? result;
    return { kind: 'refused', result: transferResultName(first), index, replayed: true };
  }
  return { kind: 'refused', result: transferResultName(result), index, replayed: false };
}

/**
 * The first transfer exists. All of a chain were committed together, so the rest must exist as well; where it
 * does not, or differs, another chain used the first id.
 */
function existing(memory: Memory, work: ChainWork): Posted {
  const transfers: Transfer[] = [];
  const batch = new Batch(memory);
  for (const [index, event] of work.events.entries()) {
    const transfer = memory.transfer(event.id);
    const result =
      transfer === undefined
        ? TransferResult.linked_event_failed
        : compareWithExisting(batch, event, transfer);
    if (transfer === undefined || result !== TransferResult.exists) {
      return { kind: 'refused', result: transferResultName(result), index, replayed: false };
    }
    transfers.push(transfer);
  }
  return { kind: 'exists', transfers };
}

function writeTransfer(row: RowBuffer, transfer: Transfer): void {
  row.row(13);
  row.int8(transfer.timestamp);
  row.int8(transfer.amount);
  row.int4(transfer.ledger);
  row.int4(transfer.code);
  row.int4(transfer.flags);
  row.uuid(transfer.id);
  row.uuid(transfer.debitAccountId);
  row.uuid(transfer.creditAccountId);
  if (transfer.pendingId === NIL_ID) row.null();
  else row.uuid(transfer.pendingId);
  writeReferences(row, transfer);
  if (transfer.timeout === 0) row.null();
  else row.int8(BigInt(transfer.timeout));
}

function writeReferences(
  row: RowBuffer,
  of: { readonly userData128: Uuid; readonly userData64: bigint; readonly userData32: number },
): void {
  if (of.userData128 === NIL_ID) row.null();
  else row.uuid(of.userData128);
  if (of.userData64 === 0n) row.null();
  else row.int8(of.userData64);
  if (of.userData32 === 0) row.null();
  else row.int8(BigInt(of.userData32));
}

function balances(accounts: readonly Account[]): Buffer[] {
  return [
    uuidArray(accounts.map((account) => account.id)),
    int8Array(accounts.map((account) => account.debitsPending)),
    int8Array(accounts.map((account) => account.debitsPosted)),
    int8Array(accounts.map((account) => account.creditsPending)),
    int8Array(accounts.map((account) => account.creditsPosted)),
    boolArray(accounts.map((account) => (account.flags & AccountFlags.closed) !== 0)),
  ];
}

/** Row buffers go round: fresh memory costs a page fault per 4 kB. */
const spare: RowBuffer[] = [];
const SPARE_MAX = 16;

function borrow(): RowBuffer {
  const buffer = spare.pop() ?? new RowBuffer();
  buffer.clear();
  return buffer;
}

function giveBack(buffer: RowBuffer): void {
  if (spare.length < SPARE_MAX) spare.push(buffer);
}
