import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';

type Check = (db: Queryable, stageId: Uuid) => Promise<boolean>;

let check: Check | undefined;

/** Says how it is found out whether a creator is live together with others. Called by the slice that knows. */
export function useTogether(isTogether: Check): void {
  check = isTogether;
}

export async function isTogether(db: Queryable, stageId: Uuid): Promise<boolean> {
  return (await check?.(db, stageId)) ?? false;
}
