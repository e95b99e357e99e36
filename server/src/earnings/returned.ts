import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';

/** Says how many Diamond units of a creator were withdrawn and came back from a bank. */
export type FindReturned = (db: Queryable, creatorId: Uuid) => Promise<bigint>;

let find: FindReturned = async () => 0n;

/** Lets the slice that knows withdrawals say what came back. */
export function useReturned(by: FindReturned): void {
  find = by;
}

export function returnedUnits(db: Queryable, creatorId: Uuid): Promise<bigint> {
  return find(db, creatorId);
}
