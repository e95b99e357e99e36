import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import type { LimitChange } from './rules.ts';

/** What these people asked their limits to be: of each span what holds, and what was asked for since; latest first. */
export async function limitChanges(
  db: Queryable,
  userIds: readonly Uuid[],
  at: Date,
): Promise<Map<Uuid, LimitChange[]>> {
  const rows = await db.query<LimitChange & { readonly userId: Uuid }>(
    `select l.user_id as "userId", l.span, l.cents, l.asked_at as "askedAt", l.effective_from as "effectiveFrom"
       from unnest($1::uuid[]) as u (id)
       cross join unnest(array['day', 'week', 'month']) as s (span)
       cross join lateral (
         select * from (
           (select * from spending_limits where user_id = u.id and span = s.span
             order by asked_at desc, id desc limit 1)
           union
           (select * from spending_limits where user_id = u.id and span = s.span and effective_from <= $2
             order by asked_at desc, id desc limit 1)
         ) as either
       ) as l
      order by l.asked_at desc, l.id desc`,
    [userIds, at],
  );
  const changes = new Map<Uuid, LimitChange[]>();
  for (const { userId, ...change } of rows) changes.set(userId, [...(changes.get(userId) ?? []), change]);
  return changes;
}

/** Lets one transaction at a time change or use up the limits of a person; ends with the transaction. */
export async function lockSpending(tx: Queryable, userId: Uuid): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('spending ' || $1, 0))`, [userId]);
}

export async function insertLimit(
  tx: Queryable,
  row: LimitChange & { readonly id: Uuid; readonly userId: Uuid },
): Promise<void> {
  await tx.query(
    `insert into spending_limits (id, user_id, span, cents, asked_at, effective_from) values ($1, $2, $3, $4, $5, $6)`,
    [row.id, row.userId, row.span, row.cents, row.askedAt, row.effectiveFrom],
  );
}
