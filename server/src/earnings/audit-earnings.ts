import type { Queryable } from '../db/database.ts';

/**
 * Compares the sums of each creator with the booked gifts they are sums of. Answers one sentence for each
 * difference; none when all is well.
 */
export async function auditEarnings(db: Queryable): Promise<string[]> {
  const rows = await db.query<{ creatorId: string; what: string }>(
    `with booked as (
       select g.creator_id, sum(g.coins) as coins, sum(g.diamond_units) as units, count(*) as gifts
         from earnings g, creator_earnings_mark mark where g.committed <= mark.booked group by g.creator_id
     ), days as (
       select creator_id, sum(coins) as coins, sum(diamond_units) as units, sum(gifts) as gifts
         from creator_earning_days group by creator_id
     ), clearing as (
       select creator_id, sum(diamond_units) as units from creator_clearing_days group by creator_id
     ), supporters as (
       select creator_id, sum(coins) as coins, sum(diamond_units) as units, sum(gifts) as gifts
         from creator_supporters group by creator_id
     )
     select creator_id as "creatorId", what from (
       select creator_id, case
           when (d.coins, d.units, d.gifts) is distinct from (b.coins, b.units, b.gifts) then 'days'
           when c.units is distinct from b.units then 'clearing days'
           when (s.coins, s.units, s.gifts) is distinct from (b.coins, b.units, b.gifts) then 'supporters'
         end as what
         from booked b
         full join days d using (creator_id)
         full join clearing c using (creator_id)
         full join supporters s using (creator_id)
     ) as compared where what is not null order by 1 limit 100`,
  );
  return rows.map(
    ({ creatorId, what }) => `The ${what} of creator ${creatorId} are not the sum of their gifts.`,
  );
}
