import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import type { ViewersOfRooms } from './company.ts';

/** A process not seen for so long watches nothing any more. */
const GONE_AFTER = "interval '10 seconds'";

/** Says that this process lives and how many people watch through it, and reads the same of the others. */
export async function tellPresence(
  db: Queryable,
  processId: Uuid,
  viewers: ViewersOfRooms,
): Promise<ReadonlyMap<Uuid, ViewersOfRooms>> {
  await db.query(
    `with me as (
       insert into realtime_processes (id) values ($1)
       on conflict (id) do update set seen_at = now()
       returning id),
     gone as (
       delete from room_viewers where process_id = $1 and room_id <> all ($2::uuid[]))
     insert into room_viewers (process_id, room_id, viewers)
     select me.id, told.room_id, told.viewers
       from me cross join unnest($2::uuid[], $3::integer[]) as told (room_id, viewers)
     on conflict (process_id, room_id) do update set viewers = excluded.viewers
      where room_viewers.viewers <> excluded.viewers`,
    [processId, [...viewers.keys()], [...viewers.values()]],
  );
  const rows = await db.query<{ id: Uuid; room_id: Uuid | null; viewers: number | null }>(
    `select p.id, v.room_id, v.viewers
       from realtime_processes p left join room_viewers v on v.process_id = p.id and v.viewers > 0
      where p.id <> $1 and p.seen_at > now() - ${GONE_AFTER}`,
    [processId],
  );
  const others = new Map<Uuid, Map<Uuid, number>>();
  for (const { id, room_id, viewers: count } of rows) {
    const rooms = others.get(id) ?? new Map<Uuid, number>();
    others.set(id, rooms);
    if (room_id !== null) rooms.set(room_id, count ?? 0);
  }
  return others;
}

/** Takes this process and others that have gone off the list. */
export async function leavePresence(db: Queryable, processId: Uuid): Promise<void> {
  await db.query(`delete from realtime_processes where id = $1 or seen_at < now() - interval '1 minute'`, [
    processId,
  ]);
}
