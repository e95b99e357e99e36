import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';

/** Whose gifts are compared: those of one live, or those to one creator in a period as `supporter_ranks` names it. */
export type RankList =
  | { readonly sessionId: Uuid }
  | { readonly creatorId: Uuid /** `dayPeriod`, `weekPeriod` or `ALL_TIME`. */; readonly period: string };

export interface Supporter {
  readonly senderId: Uuid;
  readonly coins: bigint;
  /** What the creator got for them. */
  readonly diamondUnits: bigint;
}

/** A supporter's sum in a list, which decides the place: more Coins first, and among equals who got there first. */
export interface RankedSupporter extends Supporter {
  /** The commit of the gift that made the sum: unique, so no place is shared. */
  readonly reached: bigint;
}

/**
 * A list as the tail of `select … from`; its two values are the first of the statement. Whoever has nothing left in it,
 * because their payments were taken back, is not in it.
 */
function listOf(list: RankList): { readonly rows: string; readonly values: readonly unknown[] } {
  return 'sessionId' in list
    ? {
        rows: `gift_supporters r where r.session_id = $1 and $2::text = 'live' and r.coins > 0`,
        values: [list.sessionId, 'live'],
      }
    : {
        rows: 'supporter_ranks r where r.creator_id = $1 and r.period = $2 and r.coins > 0',
        values: [list.creatorId, list.period],
      };
}

/** `level` first: it follows from the Coins, and the index gives it in order. */
const BEST_FIRST = 'r.level desc, r.coins desc, r.reached';
const RANKED = 'r.sender_id as "senderId", r.coins, r.diamond_units as "diamondUnits", r.reached';

/** The supporters of a list in the order of their places, from the first or from the one behind `after`. */
export async function rankedSupporters(
  db: Queryable,
  list: RankList,
  asked: {
    readonly after: Pick<RankedSupporter, 'coins' | 'reached'> | null;
    readonly limit: number;
  },
): Promise<RankedSupporter[]> {
  const { rows, values } = listOf(list);
  return db.query<RankedSupporter>(
    `select ${RANKED} from ${rows}
        and ($3::bigint is null
             or r.level <= supporter_level($3) and (r.coins, -r.reached) < ($3, -$4::bigint))
      order by ${BEST_FIRST} limit $5`,
    [...values, asked.after?.coins ?? null, asked.after?.reached ?? null, asked.limit],
  );
}

/** Who gave most in a live session, most first; among equals who got there first. */
export async function topSupporters(
  db: Queryable,
  asked: { readonly sessionId: Uuid; readonly limit: number },
): Promise<Supporter[]> {
  const { rows, values } = listOf(asked);
  return db.query<Supporter>(
    `select r.sender_id as "senderId", r.coins, r.diamond_units as "diamondUnits"
       from ${rows} order by ${BEST_FIRST} limit $3`,
    [...values, asked.limit],
  );
}

/** Where somebody stands in a list. */
export interface Standing extends RankedSupporter {
  /** 1 = gave most. */
  readonly place: number;
  /** The Coins of the place before; `null` for the first. */
  readonly coinsAhead: bigint | null;
}

/** Somebody's own place in a list, as of one instant; `undefined` when they gave nothing there. */
export async function standingOf(
  db: Queryable,
  list: RankList,
  senderId: Uuid,
): Promise<Standing | undefined> {
  const { rows, values } = listOf(list);
  const [standing] = await db.query<Omit<Standing, 'place'> & { place: bigint }>(
    `with own as materialized (select r.* from ${rows} and r.sender_id = $3)
     select o.sender_id as "senderId", o.coins, o.diamond_units as "diamondUnits", o.reached,
            1 + ahead.people as place, ahead.coins as "coinsAhead"
       from own o
      cross join lateral (
        select count(*) as people, min(r.coins) as coins from ${rows}
           and r.level >= o.level and (r.coins, -r.reached) > (o.coins, -o.reached)) as ahead`,
    [...values, senderId],
  );
  return standing === undefined ? undefined : { ...standing, place: Number(standing.place) };
}

/** The sums of one minute of a live. */
export interface MinuteSum {
  readonly minute: Date;
  readonly coins: bigint;
  readonly diamondUnits: bigint;
  readonly gifts: bigint;
}

/** What a live brought in each minute from `from` on, oldest first; minutes without gifts are left out. */
export async function minutesOf(db: Queryable, sessionId: Uuid, from: Date): Promise<MinuteSum[]> {
  return db.query<MinuteSum>(
    `select minute, sum(coins)::bigint as coins, sum(diamond_units)::bigint as "diamondUnits",
            sum(gifts)::bigint as gifts
       from gift_minutes where session_id = $1 and minute >= $2 group by minute order by minute`,
    [sessionId, from],
  );
}

/** The sums of one gift of the catalogue in a live. */
export interface KindSum {
  readonly catalogueId: string;
  readonly coins: bigint;
  readonly diamondUnits: bigint;
  readonly gifts: bigint;
}

/** What each kind of gift brought a live, the one that brought most first. */
export async function kindsOf(db: Queryable, sessionId: Uuid): Promise<KindSum[]> {
  return db.query<KindSum>(
    `select catalogue_id as "catalogueId", sum(coins)::bigint as coins,
            sum(diamond_units)::bigint as "diamondUnits", sum(gifts)::bigint as gifts
       from gift_minutes where session_id = $1 group by catalogue_id order by 3 desc, 1`,
    [sessionId],
  );
}
