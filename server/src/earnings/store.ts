import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';

/** Locks the mark until the transaction ends; `null` when another process is booking. */
export async function lockMark(tx: Queryable): Promise<bigint | null> {
  const [row] = await tx.query<{ booked: bigint }>(
    'select booked from creator_earnings_mark for update skip locked',
  );
  return row?.booked ?? null;
}

/**
 * Adds up to `limit` earnings committed after `mark` to the sums of their creators and moves the mark behind them.
 * Answers how many they were.
 */
export async function bookAfter(tx: Queryable, mark: bigint, limit: number): Promise<number> {
  const [row] = await tx.query<{ gifts: bigint }>(
    `with fresh as materialized (
       select committed, earned_at, matures_at, sender_id, creator_id, coins, diamond_units
         from earnings where committed > $1 order by committed limit $2
     ), days as (
       insert into creator_earning_days as d (creator_id, day, coins, diamond_units, gifts)
       select creator_id, (earned_at at time zone 'UTC')::date, sum(coins), sum(diamond_units), count(*)
         from fresh group by 1, 2
       on conflict (creator_id, day) do update
          set coins = d.coins + excluded.coins,
              diamond_units = d.diamond_units + excluded.diamond_units,
              gifts = d.gifts + excluded.gifts
     ), clearing as (
       insert into creator_clearing_days as c (creator_id, matures_on, diamond_units)
       select creator_id, (matures_at at time zone 'UTC')::date, sum(diamond_units) from fresh group by 1, 2
       on conflict (creator_id, matures_on) do update
          set diamond_units = c.diamond_units + excluded.diamond_units
     ), supporters as (
       insert into creator_supporters as s (creator_id, sender_id, coins, diamond_units, gifts, since)
       select creator_id, sender_id, sum(coins), sum(diamond_units), count(*), min(earned_at)
         from fresh group by 1, 2
       on conflict (creator_id, sender_id) do update
          set coins = s.coins + excluded.coins,
              diamond_units = s.diamond_units + excluded.diamond_units,
              gifts = s.gifts + excluded.gifts
     ), moved as (
       update creator_earnings_mark set booked = (select max(committed) from fresh)
        where exists (select from fresh)
     )
     select count(*) as gifts from fresh`,
    [mark, limit],
  );
  return Number(row?.gifts ?? 0n);
}

/** The gifts and answers of a creator ($1) that are held, each once, with what is left of them. */
const HELD = `select e.id, e.matures_at, max(h.until) as until,
         e.diamond_units - coalesce((select sum(v.diamond_units) from earning_reversals v where v.earning_id = e.id), 0)
           as diamond_units
    from (select earning_id, until from earning_holds) as h join earnings e on e.id = h.earning_id
   where e.creator_id = $1 group by e.id, e.matures_at, e.diamond_units`;

/** The earnings of one creator that are not booked yet, in the same snapshot as the sums they are added to. */
const TAIL = `tail as (
    select g.earned_at, g.matures_at, g.sender_id, g.coins, g.diamond_units
      from creator_earnings_mark mark, earnings g where g.committed > mark.booked and g.creator_id = $1)`;

export interface EarningDay {
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  readonly diamondUnits: bigint;
}

/** What was earned on one day and is still the creator's, and what of that day's was taken back since. */
export interface EarnedDay extends EarningDay {
  readonly reversedUnits: bigint;
}

/** What each day from `from` on brought, by the day of the gift; days without earnings are left out. */
export async function earningDays(db: Queryable, creatorId: Uuid, from: string): Promise<EarnedDay[]> {
  return db.query<EarnedDay>(
    `with ${TAIL}
     select day, sum(diamond_units - reversed_units)::bigint as "diamondUnits",
            sum(reversed_units)::bigint as "reversedUnits"
       from (select day, diamond_units, 0 as reversed_units from creator_earning_days where creator_id = $1
             union all select (earned_at at time zone 'UTC')::date, diamond_units, 0 from tail
             -- Nothing is taken back before it is earned.
             union all select (e.earned_at at time zone 'UTC')::date, 0, v.diamond_units
                         from earning_reversals v join earnings e on e.id = v.earning_id
                        where v.creator_id = $1 and v.at >= $2::date) as all_days
      where day >= $2::date group by day order by day`,
    [creatorId, from],
  );
}

/** What becomes available on each day after `after`. */
export async function clearingDays(db: Queryable, creatorId: Uuid, after: string): Promise<EarningDay[]> {
  return db.query<EarningDay>(
    `with ${TAIL}
     select day, sum(diamond_units)::bigint as "diamondUnits"
       from (select matures_on as day, diamond_units from creator_clearing_days where creator_id = $1
             union all select (matures_at at time zone 'UTC')::date, diamond_units from tail
             union all select (matures_at at time zone 'UTC')::date, -diamond_units from earning_reversals
                        where creator_id = $1
             union all select (matures_at at time zone 'UTC')::date, -diamond_units from (${HELD}) as held) as all_days
      where day > $2::date group by day having sum(diamond_units) > 0 order by day`,
    [creatorId, after],
  );
}

/** What a creator earned that does not mature now, because something is not decided, and when it is at the latest. */
export async function heldEarnings(
  db: Queryable,
  creatorId: Uuid,
): Promise<{ readonly units: bigint; readonly earnings: number; readonly until: Date | null }> {
  const [row] = await db.query<{ units: bigint; earnings: number; until: Date | null }>(
    `select coalesce(sum(diamond_units), 0)::bigint as units, count(*)::integer as earnings, max(until) as until
       from (${HELD}) as held`,
    [creatorId],
  );
  return row ?? { units: 0n, earnings: 0, until: null };
}

/** What waits for a date later than usual, is not held and was not taken back; and the last date among it. */
export async function checkedEarnings(
  db: Queryable,
  creatorId: Uuid,
  now: Date,
): Promise<{ readonly units: bigint; readonly earnings: number; readonly until: Date | null }> {
  const [row] = await db.query<{ units: bigint; earnings: number; until: Date | null }>(
    `select coalesce(sum(units), 0)::bigint as units, count(*)::integer as earnings, max(matures_at) as until
       from (select d.matures_at,
                    e.diamond_units - coalesce((select sum(v.diamond_units) from earning_reversals v
                                                 where v.earning_id = e.id), 0) as units
               from earning_delays d join earnings e on e.id = d.earning_id
              where d.creator_id = $1 and d.matures_at > $2
                and not exists (select from gift_maturities m where m.gift_id = d.earning_id)
                and not exists (select from earning_holds h where h.earning_id = d.earning_id)) as waiting
      where units > 0`,
    [creatorId, now],
  );
  return row ?? { units: 0n, earnings: 0, until: null };
}

/** What of a creator's is past its date and still pending, though nothing holds it; and how far maturity has come. */
export async function countingEarnings(
  db: Queryable,
  creatorId: Uuid,
  now: Date,
): Promise<{ readonly units: bigint; readonly since: Date | null; readonly sweptTo: Date }> {
  const [row] = await db.query<{ units: bigint; since: Date | null; sweptTo: Date }>(
    `select mark.swept_to as "sweptTo",
            coalesce(sum(e.diamond_units - coalesce((select sum(v.diamond_units) from earning_reversals v
                                                      where v.earning_id = e.id), 0)), 0)::bigint as units,
            min(e.matures_at) as since
       from gift_maturity_mark mark
       left join earnings e on e.matures_at > mark.swept_to and e.matures_at <= $2 and e.creator_id = $1
             and not exists (select from gift_maturities m where m.gift_id = e.id)
             and not exists (select from earning_holds h where h.earning_id = e.id)
             and e.diamond_units > coalesce((select sum(v.diamond_units) from earning_reversals v
                                              where v.earning_id = e.id), 0)
      group by mark.swept_to`,
    [creatorId, now],
  );
  if (row === undefined) throw new Error('maturity has lost its mark');
  return row;
}

/** Diamond units of a creator that were taken back before they matured. */
export async function reversedUnits(db: Queryable, creatorId: Uuid): Promise<bigint> {
  const [row] = await db.query<{ units: bigint }>(
    'select coalesce(sum(diamond_units), 0)::bigint as units from earning_reversals where creator_id = $1',
    [creatorId],
  );
  return row?.units ?? 0n;
}

/** The Coins that fans ever spent on gifts and answers of this creator. */
export async function coinsGiven(db: Queryable, creatorId: Uuid): Promise<bigint> {
  const [row] = await db.query<{ coins: bigint }>(
    `with ${TAIL}
     select coalesce(sum(coins), 0)::bigint as coins
       from (select coins from creator_earning_days where creator_id = $1
             union all select coins from tail) as given`,
    [creatorId],
  );
  return row?.coins ?? 0n;
}

export interface SupporterRow {
  readonly senderId: Uuid;
  readonly diamondUnits: bigint;
  readonly since: Date;
}

/** What everybody together gave a creator, ever, and who gave the most of it. */
export interface Given {
  /** Without what was taken back, and without what is in `unpaidUnits`. */
  readonly top: SupporterRow[];
  readonly allUnits: bigint;
  /** Of all: what the creator keeps although its payment was lost after it had matured. */
  readonly unpaidUnits: bigint;
}

export async function topSupportersOf(db: Queryable, creatorId: Uuid, limit: number): Promise<Given> {
  // Whoever is among the first in the end was among the first before, or is in the tail, or had a payment taken back: then
  // they do not take the place of another one.
  const rows = await db.query<Partial<SupporterRow> & Omit<Given, 'top'>>(
    `with ${TAIL}, away as (
       select e.sender_id, sum(v.reversed)::bigint as reversed, sum(v.unpaid)::bigint as unpaid
         from (select earning_id, diamond_units as reversed, 0 as unpaid from earning_reversals where creator_id = $1
               union all
               select earning_id, 0, diamond_units from earning_unpaid u
                where creator_id = $1
                  and not exists (select from recall_returns b where b.recall_id = u.recall_id)) as v
         join earnings e on e.id = v.earning_id group by 1),
     known as (
       (select sender_id, diamond_units, since from creator_supporters
         where creator_id = $1 and sender_id not in (select sender_id from away)
         order by diamond_units desc limit $2)
       union
       select s.sender_id, s.diamond_units, s.since from creator_supporters s
        where s.creator_id = $1
          and s.sender_id in (select sender_id from tail union all select sender_id from away)),
     top as (
       select sender_id, sum(diamond_units)::bigint as units, min(since) as since
         from (select * from known union all select sender_id, diamond_units, earned_at from tail
               union all select sender_id, -reversed - unpaid, null from away) as given
        group by sender_id having sum(diamond_units) > 0 order by 2 desc, 3, 1 limit $2)
     select everybody.*, top.sender_id as "senderId", top.units as "diamondUnits", top.since
       from (select coalesce(sum(units), 0)::bigint as "allUnits", coalesce(sum(unpaid), 0)::bigint as "unpaidUnits"
               from (select diamond_units as units, 0 as unpaid from creator_earning_days where creator_id = $1
                     union all select diamond_units, 0 from tail
                     union all select -reversed, unpaid from away) as given) as everybody
       left join top on true order by top.units desc, top.since, top.sender_id`,
    [creatorId, limit],
  );
  return {
    top: rows.flatMap(({ senderId, diamondUnits, since }) =>
      senderId == null || diamondUnits == null || since == null ? [] : [{ senderId, diamondUnits, since }],
    ),
    allUnits: rows[0]?.allUnits ?? 0n,
    unpaidUnits: rows[0]?.unpaidUnits ?? 0n,
  };
}
