import type { Uuid } from '../core/ids.ts';
import type { Account } from './account.ts';
import type { AccountSpec } from './chart.ts';
import type { Posted, Posting } from './work.ts';

/** The one write path of the ledger. */
export interface Ledger {
  /** Opens accounts; those that are open already stay as they are. */
  openAccounts(accounts: readonly AccountSpec[]): Promise<void>;
  /**
   * Commits one chain with what belongs to it, together with what others post meanwhile.
   *
   * @throws Refusal `ledger_busy` (nothing happened; retry), `database_unavailable` (nothing happened; retry),
   *   `ledger_outcome_unknown` (ask again with the same ids)
   * @throws LedgerConflict the database refused a companion row or statement; nothing of the posting happened
   */
  post(posting: Posting): Promise<Posted>;
  /** The committed balances; accounts that are not open are left out. */
  balances(ids: readonly Uuid[]): Promise<ReadonlyMap<Uuid, Account>>;
  /** Releases the pending transfers whose time is over; how many. Runs by itself every second. */
  expire(): Promise<number>;
  /** Commits what waits and ends. */
  close(): Promise<void>;
}

export interface LedgerLimits {
  /** Postings that may wait or be in flight; one more is refused with `ledger_busy`. */
  readonly waiting: number;
  /** Transfers in one batch. */
  readonly batch: number;
  /** Batches in flight: while one is being committed the next are prepared and sent. */
  readonly inFlight: number;
  /** How long a posting waits for a database that is away or silent; more than 500. */
  readonly patienceMs: number;
  /** Accounts and recent transfers held in memory (each up to twice this). */
  readonly accountsInMemory: number;
  readonly transfersInMemory: number;
  /** Ids of which it is known without a question whether they were used (up to twice this). */
  readonly idsInMemory: number;
}
