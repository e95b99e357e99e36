import type { Clock } from '../core/clock.ts';
import type { Database, DatabaseLog, Queryable } from '../db/database.ts';
import { platformAccounts } from './chart.ts';
import { keepHouse } from './chores.ts';
import { GroupCommit } from './group-commit.ts';
import type { Ledger, LedgerLimits } from './ledger.ts';

export type { Ledger, LedgerLimits } from './ledger.ts';
export type { Posted, Posting } from './work.ts';

export interface LedgerOptions {
  readonly db: Database;
  readonly clock?: Clock;
  readonly log?: DatabaseLog;
  readonly limits?: Partial<LedgerLimits>;
  /**
   * Whether the database must promise that what is committed stays (fsync and synchronous_commit on). Only tests
   * that never lose power say `false`.
   */
  readonly mustBeDurable?: boolean;
  /** Whether it expires pending transfers and indexes history by itself; `true` unless told. */
  readonly keepsHouse?: boolean;
}

/**
 * Opens the ledger of this database. Any number of processes may have it open and write at once.
 * @throws Error when the database is set to forget commits in a power cut.
 */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  if (options.mustBeDurable !== false) await assertDurable(options.db);
  const ledger = new GroupCommit({ ...options, limits: { ...LIMITS, ...options.limits } });
  await ledger.open();
  const stopChores =
    options.keepsHouse === false ? undefined : keepHouse({ ledger, db: options.db, log: options.log });
  const opened: Ledger = {
    openAccounts: (accounts) => ledger.openAccounts(accounts),
    post: (posting) => ledger.post(posting),
    balances: (ids) => ledger.balances(ids),
    expire: () => ledger.expire(),
    close: async () => {
      await stopChores?.();
      await ledger.close();
    },
  };
  try {
    await opened.openAccounts(platformAccounts());
  } catch (error) {
    await opened.close();
    throw error;
  }
  return opened;
}

const LIMITS: LedgerLimits = {
  waiting: 16_384,
  // Three half batches keep Node and PostgreSQL busy at once; with all of 2,048 senders in one, each waits for the other.
  batch: 2_048,
  inFlight: 3,
  patienceMs: 3_000,
  accountsInMemory: 50_000,
  transfersInMemory: 8_192,
  idsInMemory: 131_072,
};

/** A server that forgets commits in a power cut would make every promise above a lie. */
async function assertDurable(db: Queryable): Promise<void> {
  const [settings] = await db.query<{ fsync: string; pages: string; commit: string }>(
    `select current_setting('fsync') as fsync, current_setting('full_page_writes') as pages,
            current_setting('synchronous_commit') as commit`,
  );
  if (settings?.fsync !== 'on' || settings.pages !== 'on' || settings.commit === 'off') {
    throw new Error(
      'This database may forget what it committed when the power fails. Set fsync, full_page_writes and ' +
        `synchronous_commit to on (they are ${settings?.fsync}, ${settings?.pages}, ${settings?.commit}).`,
    );
  }
}
