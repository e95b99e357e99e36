import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import type { House } from '../house.ts';
import { tellRanked } from './ranked.ts';
import { lockRelay } from './store.ts';

/** Commits with a payment that is taken back or brought back: these gifts (`$1`) are looked at again. */
export const RECOUNT_GIFTS = 'insert into supporter_recounts (earning_id) select unnest($1::uuid[])';

/** The Coins of a gift `g` whose payment is away: taken back before they matured, or borne by the house since. */
export const COINS_AWAY = `least(g.coins,
  coalesce((select sum(v.coins) from earning_reversals v where v.earning_id = g.id), 0)
    + coalesce((select sum(u.coins) from earning_unpaid u
                 where u.earning_id = g.id
                   and not exists (select from recall_returns b where b.recall_id = u.recall_id)), 0))::bigint`;

/** Gifts in one turn, in which no gift is shown: it is short. */
const TURN_GIFTS = 500;

/**
 * Takes gifts out of the places of their senders whose payment was taken back, in the live, on the day, in the week and
 * ever, and puts those in again that are paid after all. What a gift should count is worked out anew from what is written
 * of it, so a gift that is looked at twice changes nothing the second time. Answers how many were looked at.
 *
 * Safe at any time, from any number of processes: the relay stands still meanwhile, and no gift is taken out of a sum
 * before it is in it.
 */
export async function uncountGifts(house: House): Promise<number> {
  const [due] = await house.db.query('select from supporter_recounts limit 1');
  if (due === undefined) return 0;
  const { looked, stageIds } = await house.db.transaction(async (tx) => {
    await lockRelay(tx);
    return recount(tx);
  });
  tellRanked(house, stageIds);
  return looked;
}

async function recount(tx: Queryable): Promise<{ looked: number; stageIds: Uuid[] }> {
  const [row] = await tx.query<{ looked: bigint; stageIds: Uuid[] }>(
    `with due as materialized (
       select q.place, q.earning_id from supporter_recounts q left join gifts g on g.id = q.earning_id
        where g.id is null or g.committed <= (select ranked from gift_relay) order by q.place limit $1),
     done as (delete from supporter_recounts where place in (select place from due)),
     away as (
       select g.*, ${COINS_AWAY} as away
         from gifts g where g.id in (select earning_id from due)),
     now as (
       select away.*, case when away = coins then diamond_units else diamond_units * away / coins end as units_away,
              case when away = coins then quantity else 0 end as gifts_away
         from away),
     changed as materialized (
       select n.id, n.sender_id, n.creator_id, coalesce(n.home_stage_id, n.stage_id) as stage_id,
              coalesce(n.home_session_id, n.session_id) as session_id, (n.sent_at at time zone 'UTC')::date as day,
              n.away, n.units_away, n.gifts_away, n.away - coalesce(k.coins, 0) as coins,
              n.units_away - coalesce(k.diamond_units, 0) as diamond_units,
              n.gifts_away - coalesce(k.gifts, 0) as gifts
         from now n left join supporter_uncounted k on k.gift_id = n.id
        where n.away <> coalesce(k.coins, 0)),
     kept as (
       insert into supporter_uncounted (gift_id, coins, diamond_units, gifts)
       select id, away, units_away, gifts_away from changed
       on conflict (gift_id) do update
         set coins = excluded.coins, diamond_units = excluded.diamond_units, gifts = excluded.gifts),
     lives as (
       update gift_supporters s
          set coins = s.coins - c.coins, diamond_units = s.diamond_units - c.diamond_units, gifts = s.gifts - c.gifts
         from (select session_id, sender_id, sum(coins) as coins, sum(diamond_units) as diamond_units,
                      sum(gifts) as gifts from changed group by 1, 2) as c
        where s.session_id = c.session_id and s.sender_id = c.sender_id),
     periods as (
       update supporter_ranks s
          set coins = s.coins - c.coins, diamond_units = s.diamond_units - c.diamond_units, gifts = s.gifts - c.gifts
         from (select creator_id, period, sender_id, sum(coins) as coins, sum(diamond_units) as diamond_units,
                      sum(gifts) as gifts
                 from changed
                cross join lateral (values
                  ('day ' || to_char(day, 'YYYY-MM-DD')),
                  ('week ' || to_char(date_trunc('week', day), 'YYYY-MM-DD')),
                  ('all')) as counted (period)
                group by 1, 2, 3) as c
        where s.creator_id = c.creator_id and s.period = c.period and s.sender_id = c.sender_id)
     select (select count(*) from due) as looked,
            array(select distinct stage_id from changed) as "stageIds"`,
    [TURN_GIFTS],
  );
  return { looked: Number(row?.looked ?? 0n), stageIds: row?.stageIds ?? [] };
}
