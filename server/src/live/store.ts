import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import type { Scene } from './rules.ts';

/** A creator's stage with what its last live was or is. */
export interface StageRow {
  readonly id: Uuid;
  readonly creatorId: Uuid;
  readonly handle: string;
  readonly displayName: string;
  readonly avatar: string;
  /** The newest session; `null` when the creator was never live. */
  readonly session: SessionRow | null;
  /** Likes of that session. */
  readonly likes: number;
  /** Grows with every change of who may do what here; 0 = nothing was ever set. See `moderation.ts`. */
  readonly roomVersion: number;
}

export interface SessionRow {
  readonly id: Uuid;
  readonly title: string;
  readonly hashtags: readonly string[];
  readonly category: string | null;
  readonly scene: Scene;
  readonly giftsOn: boolean;
  /** Gifts above this tier, 1 to 5, are shown as ones of this tier. */
  readonly effectsCap: number;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
}

/** The running session of a stage, `null` when it is not live. */
export function liveSession(stage: Pick<StageRow, 'session'>): SessionRow | null {
  return stage.session !== null && stage.session.endedAt === null ? stage.session : null;
}

const STAGE = `s.id, s.creator_id, u.handle, u.display_name, u.avatar,
  x.id as session_id, x.title, x.hashtags, x.category, x.scene, x.gifts_on, x.effects_cap, x.started_at, x.ended_at,
  l.likes, r.version as room_version`;
const STAGE_FROM = `stages s join users u on u.id = s.creator_id
  left join lateral (select * from stage_sessions x where x.stage_id = s.id order by x.started_at desc limit 1) x on true
  left join stage_likes l on l.session_id = x.id
  left join stage_rooms r on r.stage_id = s.id`;

export async function stageById(db: Queryable, stageId: Uuid): Promise<StageRow | undefined> {
  return one(await db.query<FlatRow>(`select ${STAGE} from ${STAGE_FROM} where s.id = $1`, [stageId]));
}

export async function stageOf(db: Queryable, creatorId: Uuid): Promise<StageRow | undefined> {
  return one(
    await db.query<FlatRow>(`select ${STAGE} from ${STAGE_FROM} where s.creator_id = $1`, [creatorId]),
  );
}

export async function stageByHandle(db: Queryable, handle: string): Promise<StageRow | undefined> {
  return one(await db.query<FlatRow>(`select ${STAGE} from ${STAGE_FROM} where u.handle = $1`, [handle]));
}

/** Opens the stage of a creator; nothing happens when there is one. */
export async function insertStage(db: Queryable, id: Uuid, creatorId: Uuid, at: Date): Promise<void> {
  await db.query(
    'insert into stages (id, creator_id, opened_at) values ($1, $2, $3) on conflict do nothing',
    [id, creatorId, at],
  );
}

/** Holds a stage until `tx` ends: lives of one stage start and end one after the other. */
export async function lockStage(tx: Queryable, stageId: Uuid): Promise<void> {
  await tx.query('select from stages where id = $1 for no key update', [stageId]);
}

export async function insertSession(
  tx: Queryable,
  session: Omit<SessionRow, 'endedAt'> & { readonly stageId: Uuid },
): Promise<void> {
  await tx.query(
    `insert into stage_sessions (id, stage_id, title, hashtags, category, scene, gifts_on, effects_cap, started_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      session.id,
      session.stageId,
      session.title,
      session.hashtags,
      session.category,
      session.scene,
      session.giftsOn,
      session.effectsCap,
      session.startedAt,
    ],
  );
}

export async function endSession(tx: Queryable, sessionId: Uuid, at: Date): Promise<void> {
  await tx.query(
    'update stage_sessions set ended_at = greatest($2, started_at) where id = $1 and ended_at is null',
    [sessionId, at],
  );
}

export async function writeEffectsCap(tx: Queryable, sessionId: Uuid, effectsCap: number): Promise<void> {
  await tx.query('update stage_sessions set effects_cap = $2 where id = $1', [sessionId, effectsCap]);
}

/** Which of these people are live. */
export async function liveAmong(db: Queryable, creatorIds: readonly Uuid[]): Promise<Set<Uuid>> {
  const rows = await db.query<{ id: Uuid }>(
    `select s.creator_id as id from stages s join stage_sessions x on x.stage_id = s.id and x.ended_at is null
      where s.creator_id = any($1)`,
    [creatorIds],
  );
  return new Set(rows.map(({ id }) => id));
}

// The directory

/** A place in the directory as it was at one instant. */
export interface DirectoryPlace {
  readonly asOf: Date;
  readonly live: boolean;
  readonly startedAt: Date;
  readonly stageId: Uuid;
}

/**
 * Stages in the order of the directory as of an instant: those that were live then, newest live first, then the
 * others. The order of an instant never changes, so pages neither skip nor repeat a stage, whoever starts or ends.
 */
export async function directoryPage(
  db: Queryable,
  asked: {
    readonly asOf: Date;
    readonly after: DirectoryPlace | null;
    readonly pattern: string | null;
    /** Only lives with this hashtag; `null` = any. */
    readonly tag: string | null;
    /** Only these creators; `null` = all. */
    readonly creatorIds: readonly Uuid[] | null;
    readonly limit: number;
  },
): Promise<(StageRow & { readonly place: DirectoryPlace })[]> {
  const rows = await db.query<FlatRow & { live_then: boolean }>(
    `select s.id, s.creator_id, u.handle, u.display_name, u.avatar, x.id as session_id, x.title, x.hashtags,
            x.category, x.scene, x.gifts_on, x.effects_cap, x.started_at, x.ended_at, x.live_then, null::bigint as likes, null::bigint as room_version
       from stages s join users u on u.id = s.creator_id
      cross join lateral (
        select x.*, (x.ended_at is null or x.ended_at > $1) as live_then from stage_sessions x
         where x.stage_id = s.id and x.started_at <= $1 order by x.started_at desc limit 1) x
      where ($2::text is null or u.handle ilike $2 or u.display_name ilike $2 or x.title ilike $2
             or exists (select from unnest(x.hashtags) as tag where tag ilike $2))
        and ($8::text is null or $8 = any(x.hashtags))
        and ($3::uuid[] is null or s.creator_id = any($3))
        and ($4::boolean is null or (x.live_then, x.started_at, s.id) < ($4, $5::timestamptz, $6::uuid))
      order by x.live_then desc, x.started_at desc, s.id desc limit $7`,
    [
      asked.asOf,
      asked.pattern,
      asked.creatorIds,
      asked.after?.live ?? null,
      asked.after?.startedAt ?? null,
      asked.after?.stageId ?? null,
      asked.limit,
      asked.tag,
    ],
  );
  return rows.map((row) => {
    const stage = toStage(row);
    const startedAt = row.started_at as Date;
    return { ...stage, place: { asOf: asked.asOf, live: row.live_then, startedAt, stageId: row.id } };
  });
}

// Likes

/** Adds likes to sessions and says how many each has then. */
export async function addLikes(db: Queryable, likes: ReadonlyMap<Uuid, number>): Promise<Map<Uuid, number>> {
  const rows = await db.query<{ id: Uuid; likes: bigint }>(
    `insert into stage_likes (session_id, likes)
     select * from unnest($1::uuid[], $2::bigint[]) as given (id, likes) order by id
     on conflict (session_id) do update set likes = stage_likes.likes + excluded.likes
     returning session_id as id, likes`,
    [[...likes.keys()], [...likes.values()]],
  );
  return new Map(rows.map((row) => [row.id, Number(row.likes)]));
}

/** Likes of the running sessions of these stages, by stage. */
export async function likesOfStages(
  db: Queryable,
  stageIds: readonly Uuid[],
): Promise<Map<Uuid, { readonly sessionId: Uuid; readonly total: number }>> {
  const rows = await db.query<{ id: Uuid; sessionId: Uuid; likes: bigint }>(
    `select x.stage_id as id, x.id as "sessionId", l.likes from stage_sessions x join stage_likes l on l.session_id = x.id
      where x.stage_id = any($1) and x.ended_at is null`,
    [stageIds],
  );
  return new Map(rows.map((row) => [row.id, { sessionId: row.sessionId, total: Number(row.likes) }]));
}

// Goals and pins

export interface Goal {
  readonly id: Uuid;
  readonly title: string;
  readonly targetUnits: bigint;
  readonly fromUnits: bigint;
}

export async function goalOf(db: Queryable, sessionId: Uuid): Promise<Goal | undefined> {
  const [goal] = await db.query<Goal>(
    `select g.id, g.title, g.target_units as "targetUnits", g.from_units as "fromUnits"
       from stage_goals g
      where g.session_id = $1 and not exists (select from stage_goal_ends e where e.goal_id = g.id)
      order by g.set_at desc, g.id desc limit 1`,
    [sessionId],
  );
  return goal;
}

export async function insertGoal(tx: Queryable, goal: Goal, sessionId: Uuid, at: Date): Promise<void> {
  await tx.query(
    `insert into stage_goals (id, session_id, title, target_units, from_units, set_at)
     values ($1, $2, $3, $4, $5, $6)`,
    [goal.id, sessionId, goal.title, goal.targetUnits, goal.fromUnits, at],
  );
}

/** Ends every goal of a session that is in force. */
export async function endGoals(tx: Queryable, sessionId: Uuid, at: Date): Promise<void> {
  await tx.query(
    `insert into stage_goal_ends (goal_id, ended_at)
     select id, $2 from stage_goals where session_id = $1 on conflict do nothing`,
    [sessionId, at],
  );
}

export async function pinOf(
  db: Queryable,
  sessionId: Uuid,
): Promise<{ text: string; lineId: Uuid | null; author: string | null } | undefined> {
  const [pin] = await db.query<{ text: string; lineId: Uuid | null; author: string | null }>(
    `select p.text, p.line_id as "lineId", u.display_name as author from stage_pins p
       left join chat_lines c on c.id = p.line_id left join users u on u.id = c.user_id
      where p.session_id = $1 and not exists (select from stage_pin_ends e where e.pin_id = p.id)
      order by p.pinned_at desc, p.id desc limit 1`,
    [sessionId],
  );
  return pin;
}

export async function insertPin(
  tx: Queryable,
  pin: {
    readonly id: Uuid;
    readonly sessionId: Uuid;
    readonly text: string;
    /** The chat line it shows, where it shows one. */
    readonly lineId: Uuid | null;
    readonly at: Date;
  },
): Promise<void> {
  await tx.query(
    'insert into stage_pins (id, session_id, text, line_id, pinned_at) values ($1, $2, $3, $4, $5)',
    [pin.id, pin.sessionId, pin.text, pin.lineId, pin.at],
  );
}

export async function endPins(tx: Queryable, sessionId: Uuid, at: Date): Promise<void> {
  await tx.query(
    `insert into stage_pin_ends (pin_id, ended_at)
     select id, $2 from stage_pins where session_id = $1 on conflict do nothing`,
    [sessionId, at],
  );
}

// Chat

export interface ChatRow {
  readonly id: Uuid;
  readonly sessionId: Uuid;
  readonly userId: Uuid;
  readonly text: string;
  readonly saidAt: Date;
  /** The line that this one answers, as long as it is shown. */
  readonly answers: { readonly lineId: Uuid; readonly userId: Uuid; readonly text: string } | null;
}

/** A line with what it answers; lines that were taken down are not among them. */
const CHAT = `c.id, c.session_id as "sessionId", c.user_id as "userId", c.text, c.said_at as "saidAt",
  case when q.id is null then null
       else jsonb_build_object('lineId', q.id, 'userId', q.user_id, 'text', q.text) end as answers`;
const CHAT_FROM = `chat_lines c left join chat_lines q on q.id = c.reply_to
  and not exists (select from chat_removals r where r.line_id = q.id)`;
const SHOWN = 'not exists (select from chat_removals r where r.line_id = c.id)';

/** Keeps lines; those whose sender used their key before are left out. Answers the ids that were kept. */
export async function insertLines(
  db: Queryable,
  lines: readonly (ChatRow & { readonly key: string })[],
): Promise<Set<Uuid>> {
  const rows = await db.query<{ id: Uuid }>(
    `insert into chat_lines (id, session_id, user_id, key, text, said_at, reply_to)
     select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::timestamptz[], $7::uuid[])
     on conflict (user_id, key) do nothing returning id`,
    [
      lines.map((line) => line.id),
      lines.map((line) => line.sessionId),
      lines.map((line) => line.userId),
      lines.map((line) => line.key),
      lines.map((line) => line.text),
      lines.map((line) => line.saidAt),
      lines.map((line) => line.answers?.lineId ?? null),
    ],
  );
  return new Set(rows.map(({ id }) => id));
}

export async function lineByKey(db: Queryable, userId: Uuid, key: string): Promise<ChatRow | undefined> {
  const [line] = await db.query<ChatRow>(
    `select ${CHAT} from ${CHAT_FROM} where c.user_id = $1 and c.key = $2`,
    [userId, key],
  );
  return line;
}

/** The last lines of a session, oldest first. */
export async function lastLines(db: Queryable, sessionId: Uuid, limit: number): Promise<ChatRow[]> {
  const rows = await db.query<ChatRow>(
    `select ${CHAT} from ${CHAT_FROM} where c.session_id = $1 and ${SHOWN} order by c.kept_at desc, c.id desc limit $2`,
    [sessionId, limit],
  );
  return rows.reverse();
}

/** Lines of these stages' running sessions kept within the last seconds, by the database's clock; oldest first. */
export async function recentLines(
  db: Queryable,
  stageIds: readonly Uuid[],
  seconds: number,
): Promise<(ChatRow & { readonly stageId: Uuid })[]> {
  return db.query<ChatRow & { readonly stageId: Uuid }>(
    `select ${CHAT}, x.stage_id as "stageId"
       from ${CHAT_FROM} join stage_sessions x on x.id = c.session_id
      where x.stage_id = any($1) and x.ended_at is null and ${SHOWN} and c.kept_at > now() - make_interval(secs => $2)
      order by c.kept_at, c.id limit 2000`,
    [stageIds, seconds],
  );
}

// Test events on their way to other processes

/** Keeps them for those who look within seconds, and forgets what is older than a minute. */
export async function keepTestEvents(
  db: Queryable,
  told: { readonly id: Uuid; readonly stageId: Uuid; readonly events: unknown },
): Promise<void> {
  await db.query(
    `with gone as (delete from stage_test_events where told_at < now() - interval '1 minute')
     insert into stage_test_events (id, stage_id, events) values ($1, $2, $3)`,
    [told.id, told.stageId, JSON.stringify(told.events)],
  );
}

/** Test events of these stages told within the last seconds; oldest first. */
export async function recentTestEvents<Event>(
  db: Queryable,
  stageIds: readonly Uuid[],
  seconds: number,
): Promise<{ readonly id: Uuid; readonly stageId: Uuid; readonly events: readonly Event[] }[]> {
  return db.query<{ id: Uuid; stageId: Uuid; events: readonly Event[] }>(
    `select id, stage_id as "stageId", events from stage_test_events
      where stage_id = any($1) and told_at > now() - make_interval(secs => $2) order by told_at, id limit 500`,
    [stageIds, seconds],
  );
}

interface FlatRow {
  readonly id: Uuid;
  readonly creator_id: Uuid;
  readonly handle: string;
  readonly display_name: string;
  readonly avatar: string;
  readonly session_id: Uuid | null;
  readonly title: string;
  readonly hashtags: string[];
  readonly category: string | null;
  readonly scene: Scene;
  readonly gifts_on: boolean;
  readonly effects_cap: number;
  readonly started_at: Date;
  readonly ended_at: Date | null;
  readonly likes: bigint | null;
  readonly room_version: bigint | null;
}

function one(rows: readonly FlatRow[]): StageRow | undefined {
  const row = rows[0];
  return row === undefined ? undefined : toStage(row);
}

function toStage(row: FlatRow): StageRow {
  return {
    id: row.id,
    creatorId: row.creator_id,
    handle: row.handle,
    displayName: row.display_name,
    avatar: row.avatar,
    session:
      row.session_id === null
        ? null
        : {
            id: row.session_id,
            title: row.title,
            hashtags: row.hashtags,
            category: row.category,
            scene: row.scene,
            giftsOn: row.gifts_on,
            effectsCap: row.effects_cap,
            startedAt: row.started_at,
            endedAt: row.ended_at,
          },
    likes: Number(row.likes ?? 0),
    roomVersion: Number(row.room_version ?? 0),
  };
}
