import { newId, publicId, type Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import type { NewRoomEvent, RoomEvent } from './room-event.ts';

/**
 * Numbers events and keeps them. The room's head row stays locked until `tx` ends, so numbers are gapless and in
 * order of commit. Publish the answer to the hub after the commit, never before.
 * Whoever appends to several rooms in one transaction does so in order of room id.
 */
export async function appendRoomEvents(
  tx: Queryable,
  roomId: Uuid,
  events: readonly NewRoomEvent[],
): Promise<RoomEvent[]> {
  if (events.length === 0) return [];
  const bodies = events.map(({ eventId = publicId('evt', newId()), ...rest }) => ({
    ...rest,
    eventId,
    msgId: eventId,
  }));
  const [head] = await tx.query<{ seq: bigint }>(
    `insert into room_heads (room_id, seq) values ($1, $2)
     on conflict (room_id) do update set seq = room_heads.seq + excluded.seq
     returning seq`,
    [roomId, bodies.length],
  );
  if (head === undefined) throw new Error('the head of a room was not returned');
  const before = Number(head.seq) - bodies.length;
  await tx.query(
    `insert into room_events (room_id, seq, event)
     select $1, $2::bigint + place, event from jsonb_array_elements($3::jsonb) with ordinality as given (event, place)`,
    [roomId, before, JSON.stringify(bodies)],
  );
  return bodies.map((body, index) => ({ ...body, seq: before + index + 1 }) as RoomEvent);
}

/** Holds the room's numbering until `tx` ends, so that what is read next fits the events before it. */
export async function lockRoomHead(tx: Queryable, roomId: Uuid): Promise<void> {
  await tx.query(
    `insert into room_heads (room_id, seq) values ($1, 0)
     on conflict (room_id) do update set seq = room_heads.seq`,
    [roomId],
  );
}

/** The room's last number; 0 before its first event. */
export async function readHead(db: Queryable, roomId: Uuid): Promise<number> {
  const [head] = await db.query<{ seq: bigint }>('select seq from room_heads where room_id = $1', [roomId]);
  return head === undefined ? 0 : Number(head.seq);
}

/** Up to `limit` events after `after`, in order. */
export async function readRoomEvents(
  db: Queryable,
  roomId: Uuid,
  after: number,
  limit: number,
): Promise<RoomEvent[]> {
  const rows = await db.query<EventRow>(
    'select seq, event from room_events where room_id = $1 and seq > $2 order by seq limit $3',
    [roomId, after, limit],
  );
  return rows.map(toRoomEvent);
}

/** The first number still kept, or `null` when the room keeps none. */
export async function readFirstSeq(db: Queryable, roomId: Uuid): Promise<number | null> {
  const [row] = await db.query<{ seq: bigint }>(
    'select seq from room_events where room_id = $1 order by seq limit 1',
    [roomId],
  );
  return row === undefined ? null : Number(row.seq);
}

/** The last events of these types among so many up to a number; oldest first. */
export async function readLastEvents(
  db: Queryable,
  roomId: Uuid,
  asked: {
    readonly upTo: number;
    readonly types: readonly string[];
    /** Only those with `final: true`. */
    readonly finalOnly: boolean;
    readonly among: number;
    readonly limit: number;
  },
): Promise<RoomEvent[]> {
  const rows = await db.query<EventRow>(
    `select seq, event from (
       select seq, event from room_events where room_id = $1 and seq <= $2 order by seq desc limit $3) as late
      where event->>'type' = any($4) and (not $5 or event->'final' = 'true') order by seq desc limit $6`,
    [roomId, asked.upTo, asked.among, asked.types, asked.finalOnly, asked.limit],
  );
  return rows.map(toRoomEvent).reverse();
}

/** The number after which the events of the last so many milliseconds come, by the database's clock. */
export async function seqBefore(db: Queryable, roomId: Uuid, windowMs: number): Promise<number> {
  const [older] = await db.query<{ seq: bigint }>(
    `select seq from room_events where room_id = $1 and at < now() - $2 * interval '1 millisecond'
      order by seq desc limit 1`,
    [roomId, windowMs],
  );
  if (older !== undefined) return Number(older.seq);
  return ((await readFirstSeq(db, roomId)) ?? 1) - 1;
}

/** For many rooms at once: up to `limit` events of each after the number it is known to. */
export async function readNews(
  db: Queryable,
  known: ReadonlyMap<Uuid, number>,
  limit: number,
): Promise<Map<Uuid, RoomEvent[]>> {
  const rows = await db.query<EventRow & { room_id: Uuid }>(
    `select news.room_id, news.seq, news.event
       from unnest($1::uuid[], $2::bigint[]) as known (room_id, seq)
      cross join lateral (
        select e.room_id, e.seq, e.event from room_events e
         where e.room_id = known.room_id and e.seq > known.seq
         order by e.seq limit $3) as news
      order by news.room_id, news.seq`,
    [[...known.keys()], [...known.values()], limit],
  );
  const news = new Map<Uuid, RoomEvent[]>();
  for (const row of rows) {
    const events = news.get(row.room_id);
    if (events === undefined) news.set(row.room_id, [toRoomEvent(row)]);
    else events.push(toRoomEvent(row));
  }
  return news;
}

/** Deletes up to `batch` events that are older than 30 days and says how many went. */
export async function pruneRoomEvents(db: Queryable, batch: number): Promise<number> {
  const [row] = await db.query<{ gone: number }>('select prune_room_events($1) as gone', [batch]);
  return row?.gone ?? 0;
}

interface EventRow {
  readonly seq: bigint;
  readonly event: Omit<RoomEvent, 'seq'>;
}

function toRoomEvent(row: EventRow): RoomEvent {
  return { ...row.event, seq: Number(row.seq) } as RoomEvent;
}
