import type { Queryable } from '../../db/database.ts';

/**
 * Every run adds up (each payment is matched or has a difference), and in the newest run that the house made of each
 * provider nobody's money is missing: what is paid is credited, or a person looks at it. One sentence for each fault.
 */
export async function auditReconciliations(db: Queryable): Promise<string[]> {
  const rows = await db.query<{ sentence: string }>(
    `select format('reconciliation %s compares %s payments, matches %s and has %s that differ',
                   r.id, r.payments, r.matched, count(distinct d.provider_ref)) as sentence
       from reconciliations r left join reconciliation_differences d on d.reconciliation_id = r.id
      group by r.id having r.payments <> r.matched + count(distinct d.provider_ref)
     union all
     select format('payment %s: %s (reconciliation %s)', d.provider_ref, replace(d.kind, '_', ' '), d.reconciliation_id)
       from (select distinct on (provider, mode) id from reconciliations where asked_by is null
              order by provider, mode, until desc) newest
       join reconciliation_differences d on d.reconciliation_id = newest.id
      where d.kind in ('paid_not_credited', 'credited_not_paid', 'amount_differs', 'fee_differs')
        and not exists (select from purchase_reviews v where v.order_id = d.order_id)
        and not exists (select from purchase_payments p
                         where p.order_id = d.order_id and d.kind = 'paid_not_credited')
     limit 100`,
  );
  return rows.map(({ sentence }) => sentence);
}
