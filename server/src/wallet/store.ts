import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import { type Transfer, TransferFlags, type TransferRow, transferOf } from '../ledger/index.ts';

export async function transferById(db: Queryable, id: Uuid): Promise<Transfer | null> {
  const [row] = await db.query<TransferRow>('select * from ledger_transfers where id = $1', [id]);
  return row === undefined ? null : transferOf(row);
}

/** Transfers in one chain are neighbours in time; no flow of the house links more than this. */
const CHAIN_REACH = 64n;

/** All transfers that succeeded together with this one, in order. */
export async function chainOf(db: Queryable, { timestamp }: Transfer): Promise<Transfer[]> {
  const rows = await db.query<TransferRow>(
    'select * from ledger_transfers where timestamp between $1 and $2 order by timestamp',
    [timestamp - CHAIN_REACH, timestamp + CHAIN_REACH],
  );
  const near = rows.map(transferOf);
  let first = near.findIndex((transfer) => transfer.timestamp === timestamp);
  let last = first;
  while (first > 0 && isLinked(near[first - 1])) first -= 1;
  while (last < near.length - 1 && isLinked(near[last])) last += 1;
  return near.slice(first, last + 1);
}

/** Whether the transfer and the one after it succeeded or failed as one. */
function isLinked(transfer: Transfer | undefined): boolean {
  return transfer !== undefined && (transfer.flags & TransferFlags.linked) !== 0;
}

export interface AccountName {
  readonly id: Uuid;
  readonly code: number;
  /** The nil UUID for the house and the world. */
  readonly ownerId: Uuid;
}

/** What accounts are for and whose they are. */
export async function accountNames(db: Queryable, ids: readonly Uuid[]): Promise<Map<Uuid, AccountName>> {
  const rows = await db.query<AccountName>(
    `select id, code, coalesce(user_data_128, '00000000-0000-0000-0000-000000000000') as "ownerId"
       from ledger_accounts where id = any($1::uuid[])`,
    [ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}
