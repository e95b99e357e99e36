import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import type { Source } from './rules.ts';

export interface KeyRow {
  readonly id: Uuid;
  readonly creatorId: Uuid;
  readonly name: string;
  readonly hash: Buffer;
  readonly endsWith: string;
  readonly mayTest: boolean;
  readonly madeAt: Date;
  readonly seenAt: Date | null;
}

const KEY = `k.id, k.creator_id as "creatorId", k.name, k.hash, k.ends_with as "endsWith", k.may_test as "mayTest",
  k.made_at as "madeAt", u.seen_at as "seenAt"`;
const KEY_FROM = `overlay_keys k left join overlay_key_uses u on u.key_id = k.id`;
const IN_FORCE = 'not exists (select from overlay_key_ends e where e.key_id = k.id)';

/** A key that is in force. */
export async function keyById(db: Queryable, id: Uuid): Promise<KeyRow | undefined> {
  const [key] = await db.query<KeyRow>(`select ${KEY} from ${KEY_FROM} where k.id = $1 and ${IN_FORCE}`, [
    id,
  ]);
  return key;
}

/** A creator's keys that are in force, newest first. */
export async function keysOf(db: Queryable, creatorId: Uuid): Promise<KeyRow[]> {
  return db.query<KeyRow>(
    `select ${KEY} from ${KEY_FROM} where k.creator_id = $1 and ${IN_FORCE} order by k.made_at desc, k.id desc`,
    [creatorId],
  );
}

/** Keeps a new key unless the creator has `most` already; says whether it did. Of many at once none slips through. */
export async function insertKey(tx: Queryable, key: Omit<KeyRow, 'seenAt'>, most: number): Promise<boolean> {
  await tx.query('select from users where id = $1 for no key update', [key.creatorId]);
  if ((await keysOf(tx, key.creatorId)).length >= most) return false;
  await tx.query(
    `insert into overlay_keys (id, creator_id, name, hash, ends_with, may_test, made_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [key.id, key.creatorId, key.name, key.hash, key.endsWith, key.mayTest, key.madeAt],
  );
  return true;
}

/** Ends a creator's key; says whether there is such a key. Again is the same. */
export async function endKey(db: Queryable, creatorId: Uuid, id: Uuid, at: Date): Promise<boolean> {
  const [row] = await db.query<{ known: boolean }>(
    `with known as (select id from overlay_keys where id = $1 and creator_id = $2),
     ended as (insert into overlay_key_ends (key_id, ended_at) select id, $3 from known on conflict do nothing),
     forgotten as (delete from overlay_plays where key_id in (select id from known))
     select exists (select from known) as known`,
    [id, creatorId, at],
  );
  return row?.known === true;
}

/** An overlay is open with these keys. */
export async function markSeen(db: Queryable, ids: readonly Uuid[], at: Date): Promise<void> {
  await db.query(
    `insert into overlay_key_uses (key_id, seen_at)
     select id, $2 from unnest($1::uuid[]) as seen (id) join overlay_keys using (id) order by id
     on conflict (key_id) do update set seen_at = greatest(overlay_key_uses.seen_at, excluded.seen_at)`,
    [ids, at],
  );
}

/** Which of these keys are in force, and the settings' versions of these creators. */
export async function newsFor(
  db: Queryable,
  keyIds: readonly Uuid[],
  creatorIds: readonly Uuid[],
): Promise<{ readonly inForce: ReadonlySet<Uuid>; readonly versions: ReadonlyMap<string, number> }> {
  const keys = await db.query<{ id: Uuid }>(
    `select k.id from overlay_keys k where k.id = any($1) and ${IN_FORCE}`,
    [keyIds],
  );
  const settings = await db.query<{ creatorId: Uuid; source: Source; version: number }>(
    'select creator_id as "creatorId", source, version from overlay_settings where creator_id = any($1)',
    [creatorIds],
  );
  return {
    inForce: new Set(keys.map(({ id }) => id)),
    versions: new Map(
      settings.map(({ creatorId, source, version }) => [versionKey(creatorId, source), version]),
    ),
  };
}

export function versionKey(creatorId: Uuid, source: Source): string {
  return `${creatorId} ${source}`;
}

// Settings

export async function settingsOf(
  db: Queryable,
  creatorId: Uuid,
): Promise<Map<Source, { readonly version: number; readonly settings: Readonly<Record<string, unknown>> }>> {
  const rows = await db.query<{ source: Source; version: number; settings: Record<string, unknown> }>(
    'select source, version, settings from overlay_settings where creator_id = $1',
    [creatorId],
  );
  return new Map(rows.map(({ source, ...kept }) => [source, kept]));
}

export async function writeSettings(
  db: Queryable,
  kept: { readonly creatorId: Uuid; readonly source: Source; readonly settings: unknown; readonly at: Date },
): Promise<void> {
  await db.query(
    `insert into overlay_settings (creator_id, source, version, settings, set_at) values ($1, $2, 1, $3, $4)
     on conflict (creator_id, source) do update
     set version = overlay_settings.version + 1, settings = excluded.settings, set_at = excluded.set_at`,
    [kept.creatorId, kept.source, JSON.stringify(kept.settings), kept.at],
  );
}

// What was shown

/** An alert began to show, or has been shown. What began an hour ago is forgotten. */
export async function markPlay(
  db: Queryable,
  play: { readonly keyId: Uuid; readonly alert: string; readonly done: boolean; readonly at: Date },
): Promise<void> {
  await db.query(
    `with gone as (
       delete from overlay_plays where key_id = $1 and alert <> $2 and began_at < $3::timestamptz - interval '1 hour')
     insert into overlay_plays (key_id, alert, began_at, done_at)
     values ($1, $2, $3, case when $4 then $3::timestamptz end)
     on conflict (key_id, alert) do update set done_at = coalesce(overlay_plays.done_at, excluded.done_at)`,
    [play.keyId, play.alert, play.at, play.done],
  );
}

/** What a key's overlay showed since then, in the order in which it began. */
export async function playsSince(
  db: Queryable,
  keyId: Uuid,
  since: Date,
): Promise<{ readonly alert: string; readonly beganAt: Date; readonly done: boolean }[]> {
  return db.query(
    `select alert, began_at as "beganAt", done_at is not null as done from overlay_plays
      where key_id = $1 and began_at > $2 order by began_at, alert`,
    [keyId, since],
  );
}
