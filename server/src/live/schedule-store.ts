import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';

/** A live that a creator announced and that has neither begun nor been canceled. */
export interface ScheduledLive {
  readonly id: Uuid;
  readonly stageId: Uuid;
  readonly title: string;
  readonly startsAt: Date;
  /** People who are told when it begins. */
  readonly reminders: number;
  /** Whether the asker is one of them. */
  readonly reminded: boolean;
}

const LIVE = (asker: string) => `l.id, l.stage_id as "stageId", l.title, l.starts_at as "startsAt",
  (select count(*)::int from live_reminders m where m.scheduled_id = l.id) as reminders,
  exists (select from live_reminders m where m.scheduled_id = l.id and m.user_id = ${asker}) as reminded`;
const OPEN = 'not exists (select from scheduled_live_ends e where e.scheduled_id = l.id)';

export async function insertScheduled(
  tx: Queryable,
  live: Pick<ScheduledLive, 'id' | 'stageId' | 'title' | 'startsAt'>,
  at: Date,
): Promise<void> {
  await tx.query(
    'insert into scheduled_lives (id, stage_id, title, starts_at, made_at) values ($1, $2, $3, $4, $5)',
    [live.id, live.stageId, live.title, live.startsAt, at],
  );
}

/** What a stage has announced for after `from`, the next one first. */
export function scheduledOf(
  db: Queryable,
  stageId: Uuid,
  from: Date,
  asker: Uuid | null,
): Promise<ScheduledLive[]> {
  return db.query<ScheduledLive>(
    `select ${LIVE('$3')} from scheduled_lives l
      where l.stage_id = $1 and l.starts_at > $2 and ${OPEN} order by l.starts_at, l.id`,
    [stageId, from, asker],
  );
}

/** The next live of each of these stages, by stage. */
export async function nextOf(
  db: Queryable,
  stageIds: readonly Uuid[],
  from: Date,
  asker: Uuid | null,
): Promise<Map<Uuid, ScheduledLive>> {
  const rows = await db.query<ScheduledLive>(
    `select distinct on (l.stage_id) ${LIVE('$3')} from scheduled_lives l
      where l.stage_id = any($1) and l.starts_at > $2 and ${OPEN} order by l.stage_id, l.starts_at, l.id`,
    [stageIds, from, asker],
  );
  return new Map(rows.map((live) => [live.stageId, live]));
}

/** One page of what is announced on all stages, the next one first. */
export function scheduledPage(
  db: Queryable,
  asked: {
    readonly from: Date;
    readonly after: { readonly startsAt: Date; readonly id: Uuid } | null;
    readonly pattern: string | null;
    readonly asker: Uuid | null;
    readonly limit: number;
  },
): Promise<ScheduledLive[]> {
  return db.query<ScheduledLive>(
    `select ${LIVE('$5')} from scheduled_lives l
       join stages s on s.id = l.stage_id join users u on u.id = s.creator_id
      where l.starts_at > $1 and ${OPEN}
        and ($2::timestamptz is null or (l.starts_at, l.id) > ($2, $3::uuid))
        and ($4::text is null or u.handle ilike $4 or u.display_name ilike $4 or l.title ilike $4)
      order by l.starts_at, l.id limit $6`,
    [
      asked.from,
      asked.after?.startsAt ?? null,
      asked.after?.id ?? null,
      asked.pattern,
      asked.asker,
      asked.limit,
    ],
  );
}

export async function openScheduled(db: Queryable, id: Uuid): Promise<{ stageId: Uuid } | undefined> {
  const [live] = await db.query<{ stageId: Uuid }>(
    `select l.stage_id as "stageId" from scheduled_lives l where l.id = $1 and ${OPEN}`,
    [id],
  );
  return live;
}

/** Ends an announced live: canceled, or begun as a session. Of two at once one wins; false for the other. */
export async function endScheduled(
  tx: Queryable,
  id: Uuid,
  sessionId: Uuid | null,
  at: Date,
): Promise<boolean> {
  const rows = await tx.query(
    `insert into scheduled_live_ends (scheduled_id, session_id, at) values ($1, $2, $3)
     on conflict do nothing returning scheduled_id`,
    [id, sessionId, at],
  );
  return rows.length > 0;
}

export async function insertReminder(db: Queryable, id: Uuid, userId: Uuid, at: Date): Promise<void> {
  await db.query(
    'insert into live_reminders (scheduled_id, user_id, at) values ($1, $2, $3) on conflict do nothing',
    [id, userId, at],
  );
}

export async function deleteReminder(db: Queryable, id: Uuid, userId: Uuid): Promise<void> {
  await db.query('delete from live_reminders where scheduled_id = $1 and user_id = $2', [id, userId]);
}

/** Who asked to be told of the announced live that became this session. */
export async function remindedOf(db: Queryable, sessionId: Uuid): Promise<Uuid[]> {
  const rows = await db.query<{ id: Uuid }>(
    `select m.user_id as id from scheduled_live_ends e join live_reminders m on m.scheduled_id = e.scheduled_id
      where e.session_id = $1`,
    [sessionId],
  );
  return rows.map(({ id }) => id);
}

/** Running lives that began after `from` and that nobody has been told of. */
export function unannouncedLives(
  db: Queryable,
  from: Date,
): Promise<{ sessionId: Uuid; stageId: Uuid; title: string; startedAt: Date }[]> {
  return db.query(
    `select x.id as "sessionId", x.stage_id as "stageId", x.title, x.started_at as "startedAt" from stage_sessions x
      where x.ended_at is null and x.started_at > $1
        and not exists (select from live_announcements a where a.session_id = x.id)
      order by x.started_at, x.id limit 100`,
    [from],
  );
}

/** False when it was announced before. */
export async function insertAnnouncement(tx: Queryable, sessionId: Uuid, at: Date): Promise<boolean> {
  const rows = await tx.query(
    'insert into live_announcements (session_id, at) values ($1, $2) on conflict do nothing returning session_id',
    [sessionId, at],
  );
  return rows.length > 0;
}
