import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';

/** When a person came: there are no papers of the time before. */
export async function cameAt(db: Queryable, userId: Uuid): Promise<Date | null> {
  const [row] = await db.query<{ createdAt: Date }>(
    'select created_at as "createdAt" from users where id = $1',
    [userId],
  );
  return row?.createdAt ?? null;
}
