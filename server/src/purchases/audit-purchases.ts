import type { Queryable } from '../db/database.ts';
import { TransferCodes } from '../ledger/index.ts';

/**
 * Compares every paid order with the ledger, both ways: each has exactly one chain of gross, fee and credit with the
 * order's amounts on the buyer's account, and each such transfer belongs to a paid order. Answers one sentence for
 * each difference; none when all is well.
 */
export async function auditPurchases(db: Queryable): Promise<string[]> {
  const rows = await db.query<{ orderId: string | null; what: string }>(
    `with legs as (
       select user_data_128 as order_id,
              count(*) filter (where code = $1) as gross_legs,
              coalesce(sum(amount) filter (where code = $1), 0) as gross,
              count(*) filter (where code = $2) as fee_legs,
              coalesce(sum(amount) filter (where code = $2), 0) as fee,
              count(*) filter (where code in ($3, $4)) as credit_legs,
              coalesce(sum(amount) filter (where code in ($3, $4)), 0) as units,
              max(code) filter (where code in ($3, $4)) as credit_code,
              (array_agg(id) filter (where code in ($3, $4)))[1] as credit_transfer_id,
              (array_agg(credit_account_id) filter (where code in ($3, $4)))[1] as credit_account_id
         from ledger_transfers where code in ($1, $2, $3, $4) group by user_data_128
     ), compared as (
       select coalesce(p.order_id, l.order_id) as order_id,
              case
                when p.order_id is null then 'has transfers and no payment'
                when l.order_id is null then 'is paid and has no transfers'
                when l.gross_legs <> 1 or l.gross <> p.price_cents then 'took another amount of money'
                when l.fee_legs <> (p.fee_cents > 0)::integer or l.fee <> p.fee_cents then 'paid another fee'
                when l.credit_legs <> 1 or l.units <> p.units then 'credited another amount'
                when l.credit_code <> case p.asset when 'COIN' then $3 else $4 end then 'credited something else'
                when l.credit_transfer_id <> p.credit_transfer_id then 'names another transfer'
                when a.user_data_128 is distinct from o.user_id then 'credited somebody else'
              end as what
         from purchase_payments p
         full join legs l on l.order_id = p.order_id
         left join purchase_orders o on o.id = p.order_id
         left join ledger_accounts a on a.id = l.credit_account_id
     )
     select order_id as "orderId", what from compared where what is not null order by order_id limit 100`,
    [
      TransferCodes.purchase,
      TransferCodes.provider_fee,
      TransferCodes.coins_issued,
      TransferCodes.diamonds_bought,
    ],
  );
  return rows.map(({ orderId, what }) => `order ${orderId ?? 'without a name'} ${what}`);
}
