import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import { defineCompanionTable } from '../ledger/index.ts';
import type { Gift, Streak } from './gift.ts';
import { lastOfStreakKey } from './gift-ids.ts';
import type { Given } from './merge-gifts.ts';

/** Rows that commit with their transfers. */
export const GIFT_ROWS = defineCompanionTable({
  name: 'gifts',
  columns: {
    id: 'uuid',
    committed: 'ledger_timestamp',
    sent_at: 'timestamptz',
    matures_at: 'timestamptz',
    stage_id: 'uuid',
    session_id: 'uuid',
    sender_id: 'uuid',
    creator_id: 'uuid',
    home_stage_id: 'uuid',
    home_session_id: 'uuid',
    catalogue_id: 'text',
    quantity: 'int4',
    coins: 'int8',
    diamond_units: 'int8',
    streak_id: 'uuid',
    streak_from: 'int4',
    streak_to: 'int4',
    policy_version: 'int4',
    rate_version: 'int4',
    request_hash: 'int8',
    tier_id: 'uuid',
  },
});

const GIFT_COLUMNS = `id, committed, sent_at as "sentAt", matures_at as "maturesAt", stage_id as "stageId",
  session_id as "sessionId", sender_id as "senderId", creator_id as "creatorId", home_stage_id as "homeStageId",
  home_session_id as "homeSessionId", catalogue_id as "catalogueId",
  quantity, coins, diamond_units as "diamondUnits", streak_id as "streakId", streak_from as "streakFrom",
  streak_to as "streakTo", policy_version as "policyVersion", rate_version as "rateVersion",
  request_hash as "requestHash", tier_id as "tierId"`;

/** A gift as a companion row, in the order of `GIFT_ROWS`. The ledger gives `committed`. */
export function giftValues(gift: Gift): unknown[] {
  return [
    gift.id,
    null,
    gift.sentAt,
    gift.maturesAt,
    gift.stageId,
    gift.sessionId,
    gift.senderId,
    gift.creatorId,
    gift.homeStageId,
    gift.homeSessionId,
    gift.catalogueId,
    gift.quantity,
    gift.coins,
    gift.diamondUnits,
    gift.streakId,
    gift.streakFrom,
    gift.streakTo,
    gift.policyVersion,
    gift.rateVersion,
    gift.requestHash,
    gift.tierId,
  ];
}

export async function giftById(db: Queryable, id: Uuid): Promise<Gift | undefined> {
  const [gift] = await db.query<Gift>(`select ${GIFT_COLUMNS} from gifts where id = $1`, [id]);
  return gift;
}

export async function giftsByIds(db: Queryable, ids: readonly Uuid[]): Promise<Gift[]> {
  return db.query<Gift>(`select ${GIFT_COLUMNS} from gifts where id = any($1::uuid[])`, [ids]);
}

/** The newest gift of a streak: its `streakTo` is the confirmed count. */
export async function lastOfStreak(db: Queryable, streakKey: Uuid): Promise<Gift | undefined> {
  const [gift] = await db.query<Gift>(
    `select ${GIFT_COLUMNS} from gifts where id between $1 and $2 order by id desc limit 1`,
    [streakKey, lastOfStreakKey(streakKey)],
  );
  return gift;
}

/** The gift of a streak that covers this count. */
export async function giftOfCount(db: Queryable, streakKey: Uuid, count: number): Promise<Gift | undefined> {
  const [gift] = await db.query<Gift>(
    `select ${GIFT_COLUMNS} from gifts where id between $1 and $2 and streak_to >= $3 order by id limit 1`,
    [streakKey, lastOfStreakKey(streakKey), count],
  );
  return gift;
}

/** A request that the ledger refused for good. */
export interface GiftRefusal {
  readonly id: Uuid;
  readonly senderId: Uuid;
  readonly requestHash: bigint;
  readonly streakTo: number;
  readonly coinsNeeded: bigint;
  readonly coinsHad: bigint;
  readonly refusedAt: Date;
}

/** Keeps a refusal so that a retry is told the same. The first one stands. */
export async function keepRefusal(db: Queryable, refusal: GiftRefusal): Promise<void> {
  await db.query(
    `insert into gift_refusals (id, sender_id, request_hash, streak_to, coins_needed, coins_had, refused_at)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing`,
    [
      refusal.id,
      refusal.senderId,
      refusal.requestHash,
      refusal.streakTo,
      refusal.coinsNeeded,
      refusal.coinsHad,
      refusal.refusedAt,
    ],
  );
}

export async function keptRefusal(db: Queryable, id: Uuid): Promise<GiftRefusal | undefined> {
  const [refusal] = await db.query<GiftRefusal>(
    `select id, sender_id as "senderId", request_hash as "requestHash", streak_to as "streakTo",
            coins_needed as "coinsNeeded", coins_had as "coinsHad", refused_at as "refusedAt"
       from gift_refusals where id = $1`,
    [id],
  );
  return refusal;
}

// --- The relay -----------------------------------------------------------------------------------------------

/**
 * How far the relay has come: the ledger's timestamp of the last gift that was shown. It stands still until `tx` ends,
 * so a count that opens and closes with these two marks counts the gifts after the one and up to the other. Lock it
 * before the heads of rooms.
 */
export async function lockRelay(tx: Queryable): Promise<bigint> {
  const [row] = await tx.query<{ relayed: bigint }>('select relayed from gift_relay for update');
  if (row === undefined) throw new Error('the relay has lost its row');
  return row.relayed;
}

/** Gifts committed after `after`, in the order of their commits. */
export async function giftsAfter(tx: Queryable, after: bigint, limit: number): Promise<Gift[]> {
  return tx.query<Gift>(
    `select ${GIFT_COLUMNS} from gifts where committed > $1 order by committed limit $2`,
    [after, limit],
  );
}

const STREAK_COLUMNS = `id, group_no as "groupNo", streak_id as "streakId", stage_id as "stageId",
  session_id as "sessionId", sender_id as "senderId", creator_id as "creatorId",
  home_stage_id as "homeStageId", catalogue_id as "catalogueId",
  policy_version as "policyVersion", base, count, last_gift_id as "lastGiftId", last_at as "lastAt",
  due_at as "dueAt", final_at as "finalAt"`;

/** The newest group of each of these streaks, and the open groups that are due. */
export async function streaksFor(
  tx: Queryable,
  ids: readonly Uuid[],
  dueBy: Date,
  dueLimit: number,
): Promise<Streak[]> {
  return tx.query<Streak>(
    `(select distinct on (id) ${STREAK_COLUMNS} from streaks where id = any($1::uuid[])
       order by id, group_no desc)
     union all
     (select ${STREAK_COLUMNS} from streaks
       where final_at is null and due_at <= $2 and id <> all($1::uuid[]) limit $3)`,
    [ids, dueBy, dueLimit],
  );
}

export async function keepStreaks(tx: Queryable, streaks: readonly Streak[]): Promise<void> {
  if (streaks.length === 0) return;
  await tx.query(
    `insert into streaks (id, group_no, streak_id, stage_id, session_id, sender_id, creator_id, home_stage_id,
                          catalogue_id, policy_version, base, count, last_gift_id, last_at, due_at, final_at)
     select * from unnest($1::uuid[], $2::integer[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[],
                          $8::uuid[], $9::text[], $10::integer[], $11::integer[], $12::integer[], $13::uuid[],
                          $14::timestamptz[], $15::timestamptz[], $16::timestamptz[])
     on conflict (id, group_no) do update
       set count = excluded.count, last_gift_id = excluded.last_gift_id, last_at = excluded.last_at,
           due_at = excluded.due_at, final_at = excluded.final_at, policy_version = excluded.policy_version`,
    [
      streaks.map((streak) => streak.id),
      streaks.map((streak) => streak.groupNo),
      streaks.map((streak) => streak.streakId),
      streaks.map((streak) => streak.stageId),
      streaks.map((streak) => streak.sessionId),
      streaks.map((streak) => streak.senderId),
      streaks.map((streak) => streak.creatorId),
      streaks.map((streak) => streak.homeStageId),
      streaks.map((streak) => streak.catalogueId),
      streaks.map((streak) => streak.policyVersion),
      streaks.map((streak) => streak.base),
      streaks.map((streak) => streak.count),
      streaks.map((streak) => streak.lastGiftId),
      streaks.map((streak) => streak.lastAt),
      streaks.map((streak) => streak.dueAt),
      streaks.map((streak) => streak.finalAt),
    ],
  );
}

/** Adds what was given to the sums of each live session and its minutes. */
export async function addGiven(tx: Queryable, given: readonly Given[]): Promise<void> {
  if (given.length === 0) return;
  await tx.query(
    `with given as (
       select * from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[])
         as g (session_id, minute, catalogue_id, coins, diamond_units, gifts)),
     sessions as (
       insert into gift_sessions (session_id, coins, diamond_units, gifts)
       select session_id, sum(coins), sum(diamond_units), sum(gifts) from given group by session_id
       on conflict (session_id) do update
         set coins = gift_sessions.coins + excluded.coins,
             diamond_units = gift_sessions.diamond_units + excluded.diamond_units,
             gifts = gift_sessions.gifts + excluded.gifts)
     insert into gift_minutes (session_id, minute, catalogue_id, coins, diamond_units, gifts)
     select * from given
     on conflict (session_id, minute, catalogue_id) do update
       set coins = gift_minutes.coins + excluded.coins,
           diamond_units = gift_minutes.diamond_units + excluded.diamond_units,
           gifts = gift_minutes.gifts + excluded.gifts`,
    [
      given.map((part) => part.sessionId),
      given.map((part) => new Date(part.minuteMs)),
      given.map((part) => part.catalogueId),
      given.map((part) => part.coins),
      given.map((part) => part.diamondUnits),
      given.map((part) => part.gifts),
    ],
  );
}

/** How far the sums of supporters have come: every gift committed up to here is in them. */
export async function rankedTo(db: Queryable): Promise<bigint> {
  const [row] = await db.query<{ ranked: bigint }>('select ranked from gift_relay');
  return row?.ranked ?? 0n;
}

/**
 * Adds the gifts committed after `from` and up to `to` to the sums of their senders: in the receiver's live, on the day,
 * in the week and ever. Answers the stages whose supporters these are. Rows come in the order of their keys, which costs the
 * least.
 */
export async function rankSupporters(tx: Queryable, from: bigint, to: bigint): Promise<Uuid[]> {
  const rows = await tx.query<{ stageId: Uuid }>(
    `with given as materialized (
       select coalesce(home_stage_id, stage_id) as stage_id, coalesce(home_session_id, session_id) as session_id,
              creator_id, sender_id, (sent_at at time zone 'UTC')::date as day,
              sum(coins) as coins, sum(diamond_units) as diamond_units, sum(quantity) as gifts,
              max(committed) as reached
         from gifts where committed > $1 and committed <= $2 group by 1, 2, 3, 4, 5),
     lives as (
       insert into gift_supporters (session_id, sender_id, coins, diamond_units, gifts, reached)
       select session_id, sender_id, sum(coins), sum(diamond_units), sum(gifts), max(reached)
         from given group by 1, 2 order by 1, 2
       on conflict (session_id, sender_id) do update
         set coins = gift_supporters.coins + excluded.coins,
             diamond_units = gift_supporters.diamond_units + excluded.diamond_units,
             gifts = gift_supporters.gifts + excluded.gifts,
             reached = excluded.reached),
     periods as (
       insert into supporter_ranks (creator_id, period, sender_id, coins, diamond_units, gifts, reached)
       select creator_id, period, sender_id, sum(coins), sum(diamond_units), sum(gifts), max(reached)
         from given
        cross join lateral (values
          ('day ' || to_char(day, 'YYYY-MM-DD')),
          ('week ' || to_char(date_trunc('week', day), 'YYYY-MM-DD')),
          ('all')) as counted (period)
        group by 1, 2, 3 order by 1, 2, 3
       on conflict (creator_id, period, sender_id) do update
         set coins = supporter_ranks.coins + excluded.coins,
             diamond_units = supporter_ranks.diamond_units + excluded.diamond_units,
             gifts = supporter_ranks.gifts + excluded.gifts,
             reached = excluded.reached),
     moved as (update gift_relay set ranked = $2)
     select distinct stage_id as "stageId" from given`,
    [from, to],
  );
  return rows.map(({ stageId }) => stageId);
}

/** Moves the relay on; the gifts up to `relayed` were shown at `shownAt`. */
export async function moveRelayed(tx: Queryable, relayed: bigint, shownAt: Date): Promise<void> {
  await tx.query('update gift_relay set relayed = $1', [relayed]);
  await tx.query('insert into gift_relay_turns (relayed, shown_at) values ($1, $2)', [relayed, shownAt]);
}

/** Whether there is anything for the relay to do: gifts after `relayed`, or a streak to close. */
export async function hasRelayWork(db: Queryable, relayed: bigint, now: Date): Promise<boolean> {
  const [row] = await db.query<{ work: boolean }>(
    `select exists (select from gifts where committed > $1)
         or exists (select from streaks where final_at is null and due_at <= $2) as work`,
    [relayed, now],
  );
  return row?.work === true;
}

/** When a gift committed at `committed` was shown; `null` while it was not. */
export async function shownAt(db: Queryable, committed: bigint): Promise<Date | null> {
  const [turn] = await db.query<{ shown_at: Date }>(
    'select shown_at from gift_relay_turns where relayed >= $1 order by relayed limit 1',
    [committed],
  );
  return turn?.shown_at ?? null;
}

/** The newest group of a streak, as the room was told of it. */
export async function newestStreak(db: Queryable, id: Uuid): Promise<Streak | undefined> {
  const [streak] = await db.query<Streak>(
    `select ${STREAK_COLUMNS} from streaks where id = $1 order by group_no desc limit 1`,
    [id],
  );
  return streak;
}

// --- What other slices ask -----------------------------------------------------------------------------------

/** Diamond units that a live session has brought its creator, as far as it was shown on the stage. */
export async function diamondsOf(db: Queryable, sessionId: Uuid): Promise<bigint> {
  const [row] = await db.query<{ units: bigint }>(
    'select diamond_units as units from gift_sessions where session_id = $1',
    [sessionId],
  );
  return row?.units ?? 0n;
}

// --- Maturity ------------------------------------------------------------------------------------------------

/** Rows that commit with the transfer of a maturity. */
export const MATURITY_ROWS = defineCompanionTable({
  name: 'gift_maturities',
  columns: { gift_id: 'uuid', transfer_id: 'uuid', matured_at: 'timestamptz' },
});

export interface DueGift {
  readonly id: Uuid;
  readonly creatorId: Uuid;
  /** What it brought, less what was taken back of it. */
  readonly diamondUnits: bigint;
  /** What was taken back of it before. */
  readonly reversedUnits: bigint;
  readonly maturesAt: Date;
}

/** What is due after `from` and by `until` and neither matured nor is held, in the order of creator and commit. */
export async function dueGifts(db: Queryable, from: Date, until: Date, limit: number): Promise<DueGift[]> {
  return db.query<DueGift>(
    `select id, creator_id as "creatorId", matures_at as "maturesAt", reversed as "reversedUnits",
            diamond_units - reversed as "diamondUnits" from (
       select g.id, g.creator_id, g.diamond_units, g.matures_at, g.committed,
              coalesce((select sum(r.diamond_units) from earning_reversals r where r.earning_id = g.id), 0)::bigint
                as reversed
         from earnings g
        where g.matures_at > $1 and g.matures_at <= $2
          and not exists (select from gift_maturities m where m.gift_id = g.id)
          and not exists (select from earning_holds h where h.earning_id = g.id)
          -- What was taken back whole has nothing left to mature.
          and g.diamond_units is distinct from (select sum(r.diamond_units) from earning_reversals r
                                                 where r.earning_id = g.id)
        limit $3) as due
      order by creator_id, committed`,
    [from, until, limit],
  );
}

/** How far maturity has come, and how often it was asked to look again. */
export interface MaturityMark {
  readonly sweptTo: Date;
  readonly setBack: bigint;
}

export async function maturityMark(db: Queryable): Promise<MaturityMark> {
  const [row] = await db.query<MaturityMark>(
    'select swept_to as "sweptTo", set_back as "setBack" from gift_maturity_mark',
  );
  if (row === undefined) throw new Error('maturity has lost its mark');
  return row;
}

/** Moves the mark on, never back, unless somebody moved it or asked to look again since it was read; whether it moved. */
export async function markSwept(db: Queryable, read: MaturityMark, to: Date): Promise<boolean> {
  const moved = await db.query(
    `update gift_maturity_mark set swept_to = $3
      where swept_to = $1 and set_back = $2 and swept_to < $3 returning swept_to`,
    [read.sweptTo, read.setBack, to],
  );
  return moved.length > 0;
}

export interface Maturity {
  readonly giftId: Uuid;
  readonly transferId: Uuid;
  readonly maturedAt: Date;
}

/** The maturities of these gifts; missing for those that have not matured. */
export async function maturitiesOf(db: Queryable, giftIds: readonly Uuid[]): Promise<Maturity[]> {
  return db.query<Maturity>(
    `select gift_id as "giftId", transfer_id as "transferId", matured_at as "maturedAt"
       from gift_maturities where gift_id = any($1::uuid[])`,
    [giftIds],
  );
}
