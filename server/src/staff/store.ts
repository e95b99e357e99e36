import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';

/** Who has which of these roles. They are few. */
export async function powerfulPeople<R extends string>(
  db: Queryable,
  roles: readonly R[],
): Promise<Map<Uuid, R[]>> {
  const rows = await db.query<{ id: Uuid; role: R }>(
    'select user_id as id, role from user_roles where role = any($1::text[]) order by user_id, role limit 1000',
    [roles],
  );
  const byId = new Map<Uuid, R[]>();
  for (const { id, role } of rows) byId.set(id, [...(byId.get(id) ?? []), role]);
  return byId;
}
