import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';

/** Something that a person should know of. */
export interface NoticeRow {
  readonly id: Uuid;
  readonly userId: Uuid;
  readonly kind: string;
  readonly title: string;
  readonly text: string;
  readonly link: string;
  readonly about: Uuid | null;
  readonly at: Date;
  readonly readAt: Date | null;
}

/** What is told, the same to everybody it is told to. */
export interface News {
  /** What it is about: the same topic again takes the place of the notice before. */
  readonly topic: string;
  readonly kind: string;
  readonly title: string;
  readonly text: string;
  /** A page of the site, `/live/mira`. */
  readonly link: string;
  readonly about: Uuid | null;
  readonly at: Date;
}

const NOTICE = `id, user_id as "userId", kind, title, text, link, about, at, read_at as "readAt"`;

/** Keeps a notice for each of these people. `ids` are as many as `userIds`, each new. */
export async function putNotices(
  tx: Queryable,
  news: News,
  people: readonly { readonly id: Uuid; readonly userId: Uuid }[],
): Promise<void> {
  await tx.query(
    `insert into notices (id, user_id, topic, kind, title, text, link, about, at)
     select given.id, given.user_id, $3, $4, $5, $6, $7, $8, $9
       from unnest($1::uuid[], $2::uuid[]) as given (id, user_id) order by given.user_id
     on conflict (user_id, topic) do update
       set id = excluded.id, kind = excluded.kind, title = excluded.title, text = excluded.text,
           link = excluded.link, about = excluded.about, at = excluded.at, read_at = null, kept_at = clock_timestamp()`,
    [
      people.map(({ id }) => id),
      people.map(({ userId }) => userId),
      news.topic,
      news.kind,
      news.title,
      news.text,
      news.link,
      news.about,
      news.at,
    ],
  );
}

/** A person's notices, newest first, after a place in that list. */
export function noticesOf(
  db: Queryable,
  userId: Uuid,
  after: { readonly at: Date; readonly id: Uuid } | null,
  limit: number,
): Promise<NoticeRow[]> {
  return db.query<NoticeRow>(
    `select ${NOTICE} from notices
      where user_id = $1 and ($2::timestamptz is null or (at, id) < ($2, $3::uuid))
      order by at desc, id desc limit $4`,
    [userId, after?.at ?? null, after?.id ?? null, limit],
  );
}

export async function unreadOf(db: Queryable, userId: Uuid): Promise<number> {
  const [row] = await db.query<{ unread: number }>(
    'select count(*)::int as unread from notices where user_id = $1 and read_at is null',
    [userId],
  );
  return row?.unread ?? 0;
}

/** Marks a person's notices as read: these, or all of them. */
export async function markRead(
  db: Queryable,
  userId: Uuid,
  ids: readonly Uuid[] | null,
  at: Date,
): Promise<void> {
  await db.query(
    `update notices set read_at = $3
      where user_id = $1 and read_at is null and ($2::uuid[] is null or id = any($2))`,
    [userId, ids, at],
  );
}

/** Notices of these people kept within the last seconds, by the database's clock. */
export function recentNotices(
  db: Queryable,
  userIds: readonly Uuid[],
  seconds: number,
): Promise<NoticeRow[]> {
  return db.query<NoticeRow>(
    `select ${NOTICE} from notices
      where kept_at > now() - make_interval(secs => $2) and user_id = any($1) order by kept_at, id limit 5000`,
    [userIds, seconds],
  );
}
