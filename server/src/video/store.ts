import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';

/** A stage as video needs it. */
export interface VideoStage {
  readonly stageId: Uuid;
  readonly creatorId: Uuid;
  readonly handle: string;
  readonly live: boolean;
}

const STAGE = `select s.id as "stageId", s.creator_id as "creatorId", u.handle,
    exists (select from stage_sessions x where x.stage_id = s.id and x.ended_at is null) as live
  from stages s join users u on u.id = s.creator_id`;

export async function stageNamed(db: Queryable, handle: string): Promise<VideoStage | undefined> {
  const [stage] = await db.query<VideoStage>(`${STAGE} where u.handle = $1`, [handle.toLowerCase()]);
  return stage;
}

/** Those of these stages that are live. */
export async function liveOf(db: Queryable, stageIds: readonly Uuid[]): Promise<ReadonlySet<Uuid>> {
  const rows = await db.query<{ id: Uuid }>(
    'select stage_id as id from stage_sessions where stage_id = any($1) and ended_at is null',
    [stageIds],
  );
  return new Set(rows.map(({ id }) => id));
}

export async function creatorOf(db: Queryable, stageId: Uuid): Promise<Uuid | undefined> {
  const [stage] = await db.query<{ id: Uuid }>('select creator_id as id from stages where id = $1', [
    stageId,
  ]);
  return stage?.id;
}

export interface StreamKeyRow {
  readonly keyHash: Buffer;
  readonly endsWith: string;
  readonly madeAt: Date;
  readonly lastUsedAt: Date | null;
}

export async function streamKeyOf(db: Queryable, userId: Uuid): Promise<StreamKeyRow | undefined> {
  const [key] = await db.query<StreamKeyRow>(
    `select key_hash as "keyHash", ends_with as "endsWith", made_at as "madeAt", last_used_at as "lastUsedAt"
       from stream_keys where user_id = $1`,
    [userId],
  );
  return key;
}

/** Keeps a new key instead of the one before, which is good for nothing from then on. */
export async function replaceStreamKey(
  db: Queryable,
  userId: Uuid,
  key: Pick<StreamKeyRow, 'keyHash' | 'endsWith' | 'madeAt'>,
): Promise<void> {
  await db.query(
    `insert into stream_keys (user_id, key_hash, ends_with, made_at) values ($1, $2, $3, $4)
     on conflict (user_id) do update set key_hash = excluded.key_hash, ends_with = excluded.ends_with,
       made_at = excluded.made_at, last_used_at = null`,
    [userId, key.keyHash, key.endsWith, key.madeAt],
  );
}

export async function markStreamKeyUsed(db: Queryable, userId: Uuid, at: Date): Promise<void> {
  await db.query('update stream_keys set last_used_at = $2 where user_id = $1', [userId, at]);
}
