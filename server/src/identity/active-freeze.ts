import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import type { Gate } from './rules.ts';

/** A freeze in force that somebody else made. */
export interface FreezeNow {
  readonly userId: Uuid;
  readonly reason: string;
  /** `null` = until it is lifted. */
  readonly until: Date | null;
}

/**
 * The freeze in force that closes one of these gates of a person the longest, `null` when none does. Read from the
 * database, not from memory: money waits for it. A break that the person asked for is none.
 */
export async function activeFreeze(
  db: Queryable,
  userId: Uuid,
  gates: readonly Gate[],
  now: Date,
): Promise<FreezeNow | null> {
  const [row] = await db.query<FreezeNow>(
    `select f.user_id as "userId", f.reason, f.until from account_freezes f
      where f.user_id = $1 and f.gates && $2::text[] and (f.until is null or f.until > $3)
        and f.by_user is distinct from f.user_id
        and not exists (select from account_freeze_lifts l where l.freeze_id = f.id)
      order by f.until desc nulls first limit 1`,
    [userId, gates, now],
  );
  return row ?? null;
}
