import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';

/** The rules of a room as the creator set them. */
export interface RoomRules {
  /** Seconds between two messages of one person; 0 = only what the policy asks. */
  readonly slowSeconds: number;
  readonly filterWords: readonly string[];
}

export interface Exclusion {
  readonly userId: Uuid;
  readonly kind: 'mute' | 'ban';
  readonly at: Date;
  /** `null` = until it is lifted. */
  readonly until: Date | null;
}

/** What is known of a room, with the version that it is true of. */
export async function readRoom(
  db: Queryable,
  stageId: Uuid,
): Promise<{ version: number; rules: RoomRules; moderators: Uuid[]; exclusions: Exclusion[] }> {
  const [row] = await db.query<{
    version: bigint;
    slowSeconds: number;
    filterWords: string[];
    moderators: Uuid[];
    exclusions: { userId: Uuid; kind: 'mute' | 'ban'; at: string; until: string | null }[];
  }>(
    `select version, slow_seconds as "slowSeconds", filter_words as "filterWords",
            array(select user_id from stage_moderators m where m.stage_id = r.stage_id order by at, user_id) as moderators,
            (select coalesce(jsonb_agg(jsonb_build_object('userId', user_id, 'kind', kind, 'at', at, 'until', until)
                                       order by at desc, user_id), '[]')
               from stage_exclusions e where e.stage_id = r.stage_id) as exclusions
       from stage_rooms r where stage_id = $1`,
    [stageId],
  );
  return {
    version: Number(row?.version ?? 0),
    rules: { slowSeconds: row?.slowSeconds ?? 0, filterWords: row?.filterWords ?? [] },
    moderators: row?.moderators ?? [],
    exclusions: (row?.exclusions ?? []).map((exclusion) => ({
      ...exclusion,
      at: new Date(exclusion.at),
      until: exclusion.until === null ? null : new Date(exclusion.until),
    })),
  };
}

/** Says that something about a room changed, and holds the room until `tx` ends: acts come one after the other. */
export async function touchRoom(tx: Queryable, stageId: Uuid): Promise<void> {
  await tx.query(
    `insert into stage_rooms (stage_id) values ($1)
     on conflict (stage_id) do update set version = stage_rooms.version + 1`,
    [stageId],
  );
}

export async function writeRules(tx: Queryable, stageId: Uuid, rules: RoomRules): Promise<void> {
  await tx.query('update stage_rooms set slow_seconds = $2, filter_words = $3 where stage_id = $1', [
    stageId,
    rules.slowSeconds,
    rules.filterWords,
  ]);
}

export async function isModerator(db: Queryable, stageId: Uuid, userId: Uuid): Promise<boolean> {
  const rows = await db.query('select from stage_moderators where stage_id = $1 and user_id = $2', [
    stageId,
    userId,
  ]);
  return rows.length > 0;
}

/** False when they were one already. */
export async function insertModerator(
  tx: Queryable,
  stageId: Uuid,
  userId: Uuid,
  at: Date,
): Promise<boolean> {
  const rows = await tx.query(
    'insert into stage_moderators (stage_id, user_id, at) values ($1, $2, $3) on conflict do nothing returning user_id',
    [stageId, userId, at],
  );
  return rows.length > 0;
}

/** False when they were none. */
export async function deleteModerator(tx: Queryable, stageId: Uuid, userId: Uuid): Promise<boolean> {
  const rows = await tx.query(
    'delete from stage_moderators where stage_id = $1 and user_id = $2 returning user_id',
    [stageId, userId],
  );
  return rows.length > 0;
}

/** Puts a mute or a ban in force, in place of the one of that kind before. */
export async function putExclusion(tx: Queryable, stageId: Uuid, exclusion: Exclusion): Promise<void> {
  await tx.query(
    `insert into stage_exclusions (stage_id, user_id, kind, at, until) values ($1, $2, $3, $4, $5)
     on conflict (stage_id, user_id, kind) do update set at = excluded.at, until = excluded.until`,
    [stageId, exclusion.userId, exclusion.kind, exclusion.at, exclusion.until],
  );
}

/** False when there was none. */
export async function deleteExclusion(
  tx: Queryable,
  stageId: Uuid,
  userId: Uuid,
  kind: Exclusion['kind'],
): Promise<boolean> {
  const rows = await tx.query(
    'delete from stage_exclusions where stage_id = $1 and user_id = $2 and kind = $3 returning user_id',
    [stageId, userId, kind],
  );
  return rows.length > 0;
}

/** Forgets mutes that are over. */
export async function sweepExclusions(tx: Queryable, stageId: Uuid, at: Date): Promise<void> {
  await tx.query('delete from stage_exclusions where stage_id = $1 and until <= $2', [stageId, at]);
}

// Lines

/** A line of this stage that is shown to people. */
export async function shownLine(
  db: Queryable,
  stageId: Uuid,
  lineId: Uuid,
): Promise<{ userId: Uuid; text: string; sessionId: Uuid } | undefined> {
  const [line] = await db.query<{ userId: Uuid; text: string; sessionId: Uuid }>(
    `select c.user_id as "userId", c.text, c.session_id as "sessionId"
       from chat_lines c join stage_sessions x on x.id = c.session_id
      where c.id = $1 and x.stage_id = $2 and not exists (select from chat_removals r where r.line_id = c.id)`,
    [lineId, stageId],
  );
  return line;
}

/** Takes lines down; those that were down already are left out of the answer. */
export async function insertRemovals(tx: Queryable, lineIds: readonly Uuid[], at: Date): Promise<Uuid[]> {
  const rows = await tx.query<{ id: Uuid }>(
    `insert into chat_removals (line_id, at) select unnest($1::uuid[]), $2
     on conflict do nothing returning line_id as id`,
    [lineIds, at],
  );
  return rows.map(({ id }) => id);
}

/** Takes down everything that a person said in a live. */
export async function removeLinesOf(tx: Queryable, sessionId: Uuid, userId: Uuid, at: Date): Promise<void> {
  await tx.query(
    `insert into chat_removals (line_id, at)
     select id, $3 from chat_lines where session_id = $1 and user_id = $2 on conflict do nothing`,
    [sessionId, userId, at],
  );
}

/** When a person spoke last in a live. */
export async function lastSaidAt(db: Queryable, sessionId: Uuid, userId: Uuid): Promise<Date | null> {
  const [row] = await db.query<{ at: Date | null }>(
    'select max(said_at) as at from chat_lines where session_id = $1 and user_id = $2',
    [sessionId, userId],
  );
  return row?.at ?? null;
}

// Acts

export const ACTS = [
  'remove',
  'pin',
  'unpin',
  'mute',
  'unmute',
  'ban',
  'unban',
  'name_moderator',
  'dismiss_moderator',
  'rules',
] as const;
export type ActKind = (typeof ACTS)[number];

/** One act of keeping order. */
export interface Act {
  readonly id: Uuid;
  readonly stageId: Uuid;
  readonly act: ActKind;
  readonly byUser: Uuid;
  readonly userId: Uuid | null;
  readonly lineId: Uuid | null;
  readonly reason: string | null;
  readonly until: Date | null;
  readonly rules: RoomRules | null;
  readonly at: Date;
}

export async function insertAct(tx: Queryable, act: Act): Promise<void> {
  await tx.query(
    `insert into stage_acts (id, stage_id, act, by_user, user_id, line_id, reason, until, rules, at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      act.id,
      act.stageId,
      act.act,
      act.byUser,
      act.userId,
      act.lineId,
      act.reason,
      act.until,
      act.rules === null ? null : JSON.stringify(act.rules),
      act.at,
    ],
  );
}

const ACT = `a.id, a.stage_id as "stageId", a.act, a.by_user as "byUser", a.user_id as "userId", a.line_id as "lineId",
  a.reason, a.until, a.rules, a.at`;

/** Acts on a stage, newest first, with the text of the line each was about. */
export function actsOf(
  db: Queryable,
  stageId: Uuid,
  before: { readonly keptAtMicros: bigint; readonly id: Uuid } | null,
  limit: number,
): Promise<(Act & { readonly lineText: string | null; readonly keptAtMicros: bigint })[]> {
  return db.query(
    `select ${ACT}, c.text as "lineText", (extract(epoch from a.kept_at) * 1000000)::bigint as "keptAtMicros"
       from stage_acts a left join chat_lines c on c.id = a.line_id
      where a.stage_id = $1
        and ($2::bigint is null
             or (a.kept_at, a.id) < (timestamptz 'epoch' + $2::bigint * interval '1 microsecond', $3::uuid))
      order by a.kept_at desc, a.id desc limit $4`,
    [stageId, before?.keptAtMicros ?? null, before?.id ?? null, limit],
  );
}

/** Acts on these stages within the last seconds, by the database's clock. */
export function recentActs(db: Queryable, stageIds: readonly Uuid[], seconds: number): Promise<Act[]> {
  return db.query<Act>(
    `select ${ACT} from stage_acts a
      where a.stage_id = any($1) and a.kept_at > now() - make_interval(secs => $2)
      order by a.kept_at, a.id limit 2000`,
    [stageIds, seconds],
  );
}
