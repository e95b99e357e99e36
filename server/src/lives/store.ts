import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';

/** A live of a creator with what it brought, as far as it was shown on the stage. */
export interface LiveRow {
  readonly id: Uuid;
  readonly creatorId: Uuid;
  readonly title: string;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly coins: bigint;
  readonly diamondUnits: bigint;
  readonly gifts: bigint;
  readonly likes: bigint;
  /** `null`: nobody looked. */
  readonly peakViewers: number | null;
}

const LIVE = `x.id, s.creator_id as "creatorId", x.title, x.started_at as "startedAt", x.ended_at as "endedAt",
  coalesce(g.coins, 0) as coins, coalesce(g.diamond_units, 0) as "diamondUnits", coalesce(g.gifts, 0) as gifts,
  coalesce(l.likes, 0) as likes, p.viewers as "peakViewers"`;
const LIVE_FROM = `stage_sessions x join stages s on s.id = x.stage_id
  left join gift_sessions g on g.session_id = x.id
  left join stage_likes l on l.session_id = x.id
  left join live_peaks p on p.session_id = x.id`;

export async function liveById(db: Queryable, sessionId: Uuid): Promise<LiveRow | undefined> {
  const [live] = await db.query<LiveRow>(`select ${LIVE} from ${LIVE_FROM} where x.id = $1`, [sessionId]);
  return live;
}

/** The live that runs, or the newest that ended, of a creator. */
export async function newestLive(
  db: Queryable,
  creatorId: Uuid,
  which: 'running' | 'ended',
): Promise<LiveRow | undefined> {
  const [live] = await db.query<LiveRow>(
    `select ${LIVE} from ${LIVE_FROM} where s.creator_id = $1 and (x.ended_at is null) = $2
      order by x.started_at desc limit 1`,
    [creatorId, which === 'running'],
  );
  return live;
}

/** The lives of a creator that ended, newest first, from the first or from behind `after`. */
export async function endedLives(
  db: Queryable,
  creatorId: Uuid,
  after: { readonly startedAt: Date; readonly id: Uuid } | null,
  limit: number,
): Promise<LiveRow[]> {
  return db.query<LiveRow>(
    `select ${LIVE} from ${LIVE_FROM}
      where s.creator_id = $1 and x.ended_at is not null
        and ($2::timestamptz is null or (x.started_at, x.id) < ($2, $3::uuid))
      order by x.started_at desc, x.id desc limit $4`,
    [creatorId, after?.startedAt ?? null, after?.id ?? null, limit],
  );
}

/** Who began to follow within a time, and still does. */
export async function followersSince(
  db: Queryable,
  creatorId: Uuid,
  from: Date,
  to: Date | null,
): Promise<number> {
  const [row] = await db.query<{ people: bigint }>(
    `select count(*) as people from follows
      where followed_id = $1 and at >= $2 and ($3::timestamptz is null or at <= $3)`,
    [creatorId, from, to],
  );
  return Number(row?.people ?? 0);
}

/** Keeps how many watch the running lives of these stages where it is more than ever before. */
export async function keepPeaks(db: Queryable, viewers: ReadonlyMap<Uuid, number>): Promise<void> {
  await db.query(
    `insert into live_peaks (session_id, viewers)
     select x.id, seen.viewers from unnest($1::uuid[], $2::integer[]) as seen (stage_id, viewers)
       join stage_sessions x on x.stage_id = seen.stage_id and x.ended_at is null
      order by x.id
     on conflict (session_id) do update set viewers = excluded.viewers
       where live_peaks.viewers < excluded.viewers`,
    [[...viewers.keys()], [...viewers.values()]],
  );
}

/**
 * Adds the viewers of a minute to the running lives of these stages. Of several processes, and of several looks at one
 * minute, the first counts.
 */
export async function keepWatch(
  db: Queryable,
  viewers: ReadonlyMap<Uuid, number>,
  minute: Date,
): Promise<void> {
  await db.query(
    `insert into live_watch (session_id, viewer_minutes, last_minute)
     select x.id, seen.viewers, $3 from unnest($1::uuid[], $2::integer[]) as seen (stage_id, viewers)
       join stage_sessions x on x.stage_id = seen.stage_id and x.ended_at is null
      order by x.id
     on conflict (session_id) do update
        set viewer_minutes = live_watch.viewer_minutes + excluded.viewer_minutes,
            last_minute = excluded.last_minute
      where live_watch.last_minute < excluded.last_minute`,
    [[...viewers.keys()], [...viewers.values()], minute],
  );
}
