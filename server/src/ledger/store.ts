import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import { type Account, AccountFlags } from './account.ts';
import type { Failure } from './memory.ts';
import type { TransferResult } from './results.ts';
import type { PendingState } from './state.ts';
import { NIL_ID, type Transfer } from './transfer.ts';

/** Where the total order of commits stands. */
export interface Head {
  /** Of the batch that was committed last; unique. */
  readonly attempt: bigint;
  readonly batch: bigint;
  /** Nanoseconds; the highest timestamp given so far. */
  readonly lastTimestamp: bigint;
}

/** What the committed ledger says about some ids. */
export interface Facts {
  readonly transfers: readonly {
    readonly transfer: Transfer;
    readonly resolution: PendingState | undefined;
  }[];
  readonly failures: readonly { readonly id: Uuid; readonly failure: Failure }[];
}

export async function readHead(on: Queryable, lock: 'lock' | 'look'): Promise<Head> {
  const [row] = await on.query<{ attempt: bigint; batch: bigint; last_timestamp: bigint }>(
    `select attempt, batch, last_timestamp from ledger_head${lock === 'lock' ? ' for update' : ''}`,
  );
  if (row === undefined) throw new Error('the ledger has no head');
  return { attempt: row.attempt, batch: row.batch, lastTimestamp: row.last_timestamp };
}

/** The accounts there are of these; missing ones are left out. */
export async function readAccounts(on: Queryable, ids: readonly Uuid[]): Promise<Account[]> {
  if (ids.length === 0) return [];
  const rows = await on.query<AccountRow>('select * from ledger_accounts where id = any($1::uuid[])', [ids]);
  return rows.map(accountOf);
}

/** What was done, or refused for good, under these ids. */
export async function readFacts(on: Queryable, ids: readonly Uuid[]): Promise<Facts> {
  if (ids.length === 0) return { transfers: [], failures: [] };
  const [transfers, failures] = await Promise.all([
    on.query<TransferRow & { state: PendingState | null }>(
      `select t.*, r.state from ledger_transfers t
         left join ledger_resolutions r on r.pending_id = t.id
        where t.id = any($1::uuid[])`,
      [ids],
    ),
    on.query<{ id: Uuid; result: bigint; timestamp: bigint }>(
      'select id, result, timestamp from ledger_failed_transfers where id = any($1::uuid[])',
      [ids],
    ),
  ]);
  return {
    transfers: transfers.map((row) => ({ transfer: transferOf(row), resolution: row.state ?? undefined })),
    failures: failures.map(({ id, result, timestamp }) => ({
      id,
      failure: { result: Number(result) as TransferResult, timestamp },
    })),
  };
}

/** The ids in [from, until) that were used, at most `limit` of them. */
export async function readUsedIds(on: Queryable, from: Uuid, until: Uuid, limit: number): Promise<Uuid[]> {
  const rows = await on.query<{ id: Uuid }>(
    `(select id from ledger_transfers where id >= $1::uuid and id < $2::uuid limit $3)
     union all
     (select id from ledger_failed_transfers where id >= $1::uuid and id < $2::uuid limit $3)`,
    [from, until, limit],
  );
  return rows.map(({ id }) => id);
}

/** The pending transfers whose time is over at `now` (nanoseconds), earliest first. */
export async function readOverdue(on: Queryable, now: bigint, limit: number): Promise<Uuid[]> {
  const rows = await on.query<{ pending_id: Uuid }>(
    'select pending_id from ledger_expiries where expires_at <= $1 order by expires_at limit $2',
    [now, limit],
  );
  return rows.map((row) => row.pending_id);
}

/** A row of `ledger_transfers`. */
export interface TransferRow {
  readonly id: Uuid;
  readonly debit_account_id: Uuid;
  readonly credit_account_id: Uuid;
  readonly amount: bigint;
  readonly pending_id: Uuid | null;
  readonly user_data_128: Uuid | null;
  readonly user_data_64: bigint | null;
  readonly user_data_32: bigint | null;
  readonly timeout: bigint | null;
  readonly ledger: number;
  readonly code: number;
  readonly flags: number;
  readonly timestamp: bigint;
}

export function transferOf(row: TransferRow): Transfer {
  return {
    id: row.id,
    debitAccountId: row.debit_account_id,
    creditAccountId: row.credit_account_id,
    amount: row.amount,
    pendingId: row.pending_id ?? NIL_ID,
    userData128: row.user_data_128 ?? NIL_ID,
    userData64: row.user_data_64 ?? 0n,
    userData32: Number(row.user_data_32 ?? 0n),
    timeout: Number(row.timeout ?? 0n),
    ledger: row.ledger,
    code: row.code,
    flags: row.flags,
    timestamp: row.timestamp,
  };
}

interface AccountRow {
  readonly id: Uuid;
  readonly ledger: number;
  readonly code: number;
  readonly flags: number;
  readonly closed: boolean;
  readonly debits_pending: bigint;
  readonly debits_posted: bigint;
  readonly credits_pending: bigint;
  readonly credits_posted: bigint;
  readonly timestamp: bigint;
  readonly user_data_128: Uuid | null;
  readonly user_data_64: bigint | null;
  readonly user_data_32: bigint | null;
}

function accountOf(row: AccountRow): Account {
  return {
    id: row.id,
    ledger: row.ledger,
    code: row.code,
    flags: row.closed ? row.flags | AccountFlags.closed : row.flags,
    userData128: row.user_data_128 ?? NIL_ID,
    userData64: row.user_data_64 ?? 0n,
    userData32: Number(row.user_data_32 ?? 0n),
    debitsPending: row.debits_pending,
    debitsPosted: row.debits_posted,
    creditsPending: row.credits_pending,
    creditsPosted: row.credits_posted,
    timestamp: row.timestamp,
  };
}
