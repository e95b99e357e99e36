import type { Uuid } from '../core/ids.ts';
import type { Account } from './account.ts';

import type { TransferResult } from './results.ts';
import type { PendingState, StateView } from './state.ts';
import type { Transfer } from './transfer.ts';
import { UsedIds } from './used-ids.ts';

/** The refusal that used an id up. */
export interface Failure {
  readonly result: TransferResult;
  readonly timestamp: bigint;
}

/** What a batch changed in memory, so that it can be taken back. */
export interface Undo {
  readonly accounts: [id: Uuid, before: Account | undefined][];
  readonly resolutions: [id: Uuid, before: PendingState | undefined][];
  readonly transfers: Uuid[];
  readonly failures: Uuid[];
}

export interface MemoryLimits {
  /** Accounts in one of the two generations. */
  readonly accounts: number;
  /** Transfers and failures in one of the two generations. */
  readonly transfers: number;
  /** Used ids in one of the two generations. */
  readonly ids: number;
}

/**
 * The part of the ledger that this process holds in memory: hot accounts and recent transfers, exact as long as
 * nobody else wrote. Bounded: things live in a young and an old generation; when the young one is full it
 * becomes the old one and what was still in the old one is forgotten, to be read again when asked for.
 *
 * Whether an id was used before can almost always be said without asking the database. Ids are time-ordered
 * (UUIDv7), so an id made after the old generation of used ids began can only have been used since then, and
 * those ids are in a filter, or it was used ahead of its own time, and those are remembered in `#ahead`. Only
 * ids that are older, from too far ahead, or in the filter are looked up.
 */
export class Memory implements StateView {
  readonly #limits: MemoryLimits;
  #accounts = new Generations<Account>();
  #recent = emptyRecent();
  #older = emptyRecent();
  /** All ids in memory, and ids used long after that, for here they cost next to nothing. */
  readonly #ids = new UsedIds();
  /** When the young generation of `#ids` began. */
  #idsFromMs = Number.POSITIVE_INFINITY;
  /** Ids between `#freshFrom` and `#freshUntil` that were used before `#freshFrom`. */
  #ahead = new Set<Uuid>();
  /** Ids in this range of UUIDv7 text are known here or unused. Empty until `trust`. */
  #freshFrom = '';
  #freshUntil = '';
  #epoch = 0;
  #clears = 0;

  constructor(limits: MemoryLimits) {
    this.#limits = limits;
  }

  /** Changes whenever something is forgotten: what the database was asked before then must be asked again. */
  get epoch(): number {
    return this.#epoch;
  }

  /** How often everything was forgotten at once. */
  get clears(): number {
    return this.#clears;
  }

  account(id: Uuid): Account | undefined {
    return this.#accounts.get(id);
  }

  transfer(id: Uuid): Transfer | undefined {
    if (!this.#ids.has(id)) return undefined;
    return this.#recent.transfers.get(id) ?? this.#older.transfers.get(id);
  }

  resolution(pendingId: Uuid): PendingState | undefined {
    return this.#recent.resolutions.get(pendingId) ?? this.#older.resolutions.get(pendingId);
  }

  hasFailed(id: Uuid): boolean {
    return this.failure(id) !== undefined;
  }

  failure(id: Uuid): Failure | undefined {
    if (this.#recent.failures.size === 0 && this.#older.failures.size === 0) return undefined;
    return this.#recent.failures.get(id) ?? this.#older.failures.get(id);
  }

  /** Whether the answer to "was this id used?" is in memory, be it yes or no. */
  knowsId(id: Uuid): boolean {
    if (this.isFresh(id)) return true;
    return this.transfer(id) !== undefined || this.failure(id) !== undefined;
  }

  /** Whether an id was certainly never used. */
  isFresh(id: Uuid): boolean {
    return (
      id >= this.#freshFrom &&
      id < this.#freshUntil &&
      id.charCodeAt(VERSION_AT) === VERSION_7 &&
      !this.#ids.has(id) &&
      !(this.#ahead.size > 0 && this.#ahead.has(id))
    );
  }

  /** Forgets everything, ids first: another process has written. */
  clear(): void {
    this.#epoch += 1;
    this.#clears += 1;
    this.#accounts = new Generations();
    this.#recent = emptyRecent();
    this.#older = emptyRecent();
    this.#ahead = new Set();
    this.#ids.clear();
    this.#freshFrom = '';
    this.#freshUntil = '';
  }

  /**
   * From now on ids made in [fromMs, untilMs) are known: everything that commits from here on passes through this
   * memory, and `ahead` are the ids in that range that were used before.
   */
  trust(fromMs: number, untilMs: number, ahead: Iterable<Uuid>): void {
    this.#ahead = new Set(ahead);
    this.#freshFrom = firstIdAt(fromMs);
    this.#freshUntil = firstIdAt(untilMs);
    this.#idsFromMs = fromMs;
  }

  /** Ids up to `untilMs` are known too; `ahead` are those of the added stretch that were used before. */
  trustFurther(untilMs: number, ahead: Iterable<Uuid>): void {
    for (const id of ahead) this.#ahead.add(id);
    this.#freshUntil = firstIdAt(untilMs);
  }

  /** Keeps an account as read from the database, unless a newer one is here. */
  learnAccount(account: Account): void {
    if (this.#accounts.get(account.id) === undefined) this.#accounts.set(account.id, account);
  }

  /** Keeps a transfer as read, with what became of it if it was pending. */
  learnTransfer(transfer: Transfer, resolution: PendingState | undefined): void {
    if (this.transfer(transfer.id) !== undefined) return;
    this.#ids.add(transfer.id);
    this.#recent.transfers.set(transfer.id, transfer);
    if (resolution !== undefined) this.#recent.resolutions.set(transfer.id, resolution);
  }

  learnFailure(id: Uuid, failure: Failure): void {
    if (this.failure(id) === undefined) this.#recent.failures.set(id, failure);
  }

  putAccount(account: Account, undo: Undo): void {
    undo.accounts.push([account.id, this.#accounts.get(account.id)]);
    this.#accounts.set(account.id, account);
  }

  /** `aheadId` is the first id of the next millisecond: from there on an id is used ahead of its time. */
  putTransfer(transfer: Transfer, aheadId: Uuid, undo: Undo): void {
    undo.transfers.push(transfer.id);
    this.#recent.transfers.set(transfer.id, transfer);
    this.#use(transfer.id, aheadId);
  }

  putResolution(id: Uuid, state: PendingState, undo: Undo): void {
    undo.resolutions.push([id, this.resolution(id)]);
    this.#recent.resolutions.set(id, state);
  }

  putFailure(id: Uuid, failure: Failure, aheadId: Uuid, undo: Undo): void {
    undo.failures.push(id);
    this.#recent.failures.set(id, failure);
    this.#use(id, aheadId);
  }

  /** Takes a batch back. Batches are taken back in reverse order. */
  undo(undo: Undo): void {
    for (const id of undo.transfers) {
      this.#recent.transfers.delete(id);
      this.#older.transfers.delete(id);
    }
    for (const id of undo.failures) {
      this.#recent.failures.delete(id);
      this.#older.failures.delete(id);
    }
    for (const [id, before] of undo.accounts.reverse()) this.#accounts.put(id, before);
    for (const [id, before] of undo.resolutions.reverse()) {
      this.#older.resolutions.delete(id);
      if (before === undefined) this.#recent.resolutions.delete(id);
      else this.#recent.resolutions.set(id, before);
    }
  }

  /**
   * Starts new generations where one is full. Call it only when every batch in flight was prepared since the
   * last time this returned true: what such a batch touched is then in the young generation and stays.
   */
  turn(nowMs: number): boolean {
    const accountsFull = this.#accounts.youngSize >= this.#limits.accounts;
    const recentFull =
      this.#recent.transfers.size >= this.#limits.transfers ||
      this.#recent.failures.size >= this.#limits.transfers;
    const idsFull = this.#ids.youngSize >= this.#limits.ids;
    if (accountsFull) this.#accounts.turn();
    if (recentFull) {
      this.#older = this.#recent;
      this.#recent = emptyRecent();
    }
    if (idsFull) this.#turnIds(nowMs);
    if (accountsFull || recentFull || idsFull) this.#epoch += 1;
    return accountsFull || recentFull || idsFull;
  }

  #turnIds(nowMs: number): void {
    this.#ids.turn();
    if (this.#freshFrom !== '') this.#freshFrom = firstIdAt(this.#idsFromMs);
    for (const id of this.#ahead) if (id < this.#freshFrom) this.#ahead.delete(id);
    // From the next millisecond on: of this one some ids are in the older generation.
    this.#idsFromMs = nowMs + 1;
  }

  #use(id: Uuid, aheadId: Uuid): void {
    this.#ids.add(id);
    if (id < aheadId) return;
    this.#ahead.add(id);
    // So many that remembering them is worse than looking every id up.
    if (this.#ahead.size > AHEAD_MAX) {
      this.#freshFrom = '';
      this.#freshUntil = '';
    }
  }
}

/** The most ids used ahead of their time that are remembered. */
export const AHEAD_MAX = 100_000;

export function emptyUndo(): Undo {
  return { accounts: [], resolutions: [], transfers: [], failures: [] };
}

/** The smallest UUIDv7 text of a millisecond. */
export function firstIdAt(epochMs: number): Uuid {
  const time = Math.max(0, Math.floor(epochMs)).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}

const VERSION_AT = 14;
const VERSION_7 = '7'.charCodeAt(0);

interface Recent {
  readonly transfers: Map<Uuid, Transfer>;
  /**
   * Of pending transfers. Entered with its transfer or after it and never moved, so as long as the transfer is
   * here its resolution is.
   */
  readonly resolutions: Map<Uuid, PendingState>;
  readonly failures: Map<Uuid, Failure>;
}

function emptyRecent(): Recent {
  return { transfers: new Map(), resolutions: new Map(), failures: new Map() };
}

/** A map in two generations; what is read or written is young. */
class Generations<Value> {
  #young = new Map<Uuid, Value>();
  #old = new Map<Uuid, Value>();

  get youngSize(): number {
    return this.#young.size;
  }

  get(id: Uuid): Value | undefined {
    const young = this.#young.get(id);
    if (young !== undefined) return young;
    const old = this.#old.get(id);
    if (old !== undefined) this.#young.set(id, old);
    return old;
  }

  set(id: Uuid, value: Value): void {
    this.#young.set(id, value);
  }

  put(id: Uuid, value: Value | undefined): void {
    this.#old.delete(id);
    if (value === undefined) this.#young.delete(id);
    else this.#young.set(id, value);
  }

  turn(): void {
    this.#old = this.#young;
    this.#young = new Map();
  }
}
