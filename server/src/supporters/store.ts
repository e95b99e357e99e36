import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';

/** A gift that somebody is or may be thanked for. */
export interface ThankableGift {
  readonly id: Uuid;
  readonly committed: bigint;
  readonly sentAt: Date;
  readonly senderId: Uuid;
  readonly creatorId: Uuid;
  readonly name: string;
  readonly art: string;
  readonly tier: number;
  /** Of its streak so far, where it is one of a streak. */
  readonly count: number;
}

const GIFT = `g.id, g.committed, g.sent_at as "sentAt", g.sender_id as "senderId", g.creator_id as "creatorId",
  c.name, c.art, c.tier, case when g.streak_id is null then g.quantity else g.streak_to end as count`;
const GIFT_FROM = 'gifts g join gift_catalogue c on c.id = g.catalogue_id';

export async function thankableGift(db: Queryable, giftId: Uuid): Promise<ThankableGift | undefined> {
  const [gift] = await db.query<ThankableGift>(`select ${GIFT} from ${GIFT_FROM} where g.id = $1`, [giftId]);
  return gift;
}

/** The gifts with these commits, by commit. */
export async function giftsCommitted(
  db: Queryable,
  commits: readonly bigint[],
): Promise<Map<bigint, ThankableGift>> {
  const gifts = await db.query<ThankableGift>(
    `select ${GIFT} from ${GIFT_FROM} where g.committed = any($1::bigint[])`,
    [commits],
  );
  return new Map(gifts.map((gift) => [gift.committed, gift]));
}

/** Keeps that a supporter was thanked for a gift; false when they were already. */
export async function insertThanks(
  tx: Queryable,
  thanks: {
    readonly giftId: Uuid;
    readonly creatorId: Uuid;
    readonly supporterId: Uuid;
    readonly sessionId: Uuid;
    readonly at: Date;
  },
): Promise<boolean> {
  const rows = await tx.query(
    `insert into supporter_thanks (gift_id, creator_id, supporter_id, session_id, thanked_at)
     values ($1, $2, $3, $4, $5) on conflict (gift_id) do nothing returning gift_id`,
    [thanks.giftId, thanks.creatorId, thanks.supporterId, thanks.sessionId, thanks.at],
  );
  return rows.length > 0;
}

export async function thankedAt(db: Queryable, giftId: Uuid): Promise<Date | undefined> {
  const [row] = await db.query<{ at: Date }>(
    'select thanked_at as at from supporter_thanks where gift_id = $1',
    [giftId],
  );
  return row?.at;
}

/** The gifts for which somebody was thanked in a live, newest thanks first, from the first or from behind `after`. */
export async function thanksIn(
  db: Queryable,
  sessionId: Uuid,
  after: { readonly at: Date; readonly giftId: Uuid } | null,
  limit: number,
): Promise<(ThankableGift & { readonly thankedAt: Date })[]> {
  return db.query<ThankableGift & { thankedAt: Date }>(
    `select ${GIFT}, t.thanked_at as "thankedAt"
       from supporter_thanks t join ${GIFT_FROM} on g.id = t.gift_id
      where t.session_id = $1 and ($2::timestamptz is null or (t.thanked_at, t.gift_id) < ($2, $3::uuid))
      order by t.thanked_at desc, t.gift_id desc limit $4`,
    [sessionId, after?.at ?? null, after?.giftId ?? null, limit],
  );
}

export interface Note {
  readonly giftId: Uuid;
  readonly creatorId: Uuid;
  readonly supporterId: Uuid;
  readonly text: string;
  readonly at: Date;
}

/** Keeps a note and answers the one that is kept about this gift: this one, or the one before. */
export async function keepNote(
  tx: Queryable,
  note: Note,
): Promise<{ readonly kept: Note; readonly isNew: boolean }> {
  const rows = await tx.query(
    `insert into supporter_notes (gift_id, creator_id, supporter_id, text, sent_at)
     values ($1, $2, $3, $4, $5) on conflict (gift_id) do nothing returning gift_id`,
    [note.giftId, note.creatorId, note.supporterId, note.text, note.at],
  );
  if (rows.length > 0) return { kept: note, isNew: true };
  const [kept] = await tx.query<Note>(
    `select gift_id as "giftId", creator_id as "creatorId", supporter_id as "supporterId", text, sent_at as at
       from supporter_notes where gift_id = $1`,
    [note.giftId],
  );
  if (kept === undefined) throw new Error('a note is there and is not');
  return { kept, isNew: false };
}

/** When a creator last thanked each of these people, by shout-out or note, from `since` on. */
export async function lastThanks(
  db: Queryable,
  creatorId: Uuid,
  supporterIds: readonly Uuid[],
  since: Date,
): Promise<Map<Uuid, Date>> {
  const rows = await db.query<{ id: Uuid; at: Date }>(
    `select id, max(at) as at from (
       select supporter_id as id, thanked_at as at from supporter_thanks
        where creator_id = $1 and supporter_id = any($2::uuid[]) and thanked_at >= $3
       union all
       select supporter_id, sent_at from supporter_notes
        where creator_id = $1 and supporter_id = any($2::uuid[]) and sent_at >= $3) as thanks
      group by id`,
    [creatorId, supporterIds, since],
  );
  return new Map(rows.map(({ id, at }) => [id, at]));
}

/** One word of thanks as its receiver finds it. */
export interface ThanksReceived {
  readonly kind: 'shoutOut' | 'note';
  readonly giftId: Uuid;
  readonly creatorId: Uuid;
  readonly at: Date;
  readonly text: string | null;
  readonly name: string;
  readonly art: string;
  readonly count: number;
}

/** What a person was thanked with, newest first, from the first or from behind `after`. */
export async function thanksTo(
  db: Queryable,
  supporterId: Uuid,
  after: { readonly at: Date; readonly kind: string; readonly giftId: Uuid } | null,
  limit: number,
): Promise<ThanksReceived[]> {
  return db.query<ThanksReceived>(
    `select t.kind, t.gift_id as "giftId", t.creator_id as "creatorId", t.at, t.text, c.name, c.art,
            case when g.streak_id is null then g.quantity else g.streak_to end as count
       from (select 'shoutOut' as kind, gift_id, creator_id, thanked_at as at, null as text
               from supporter_thanks where supporter_id = $1
             union all
             select 'note', gift_id, creator_id, sent_at, text from supporter_notes where supporter_id = $1) as t
       join gifts g on g.id = t.gift_id join gift_catalogue c on c.id = g.catalogue_id
      where $2::timestamptz is null or (t.at, t.kind, t.gift_id) < ($2, $3::text, $4::uuid)
      order by t.at desc, t.kind desc, t.gift_id desc limit $5`,
    [supporterId, after?.at ?? null, after?.kind ?? null, after?.giftId ?? null, limit],
  );
}
