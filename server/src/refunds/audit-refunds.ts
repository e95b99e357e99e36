import type { Queryable } from '../db/database.ts';
import {
  ASSET_LEDGERS,
  type AuditRule,
  accountId,
  brokenRules,
  PlatformPurposes,
  TransferCodes,
  WORLD_CODE,
} from '../ledger/index.ts';
import { BY_HAND } from './by-hand.ts';
import { OWNER } from './owner-funds.ts';

const CASH = accountId('platform', 'cash', 'USD');
const RESERVE = accountId('platform', 'reserve', 'USD');
const LEG = (digit: number) => `overlay(r.id::text placing '${digit}' from 36)::uuid`;

/** By what the money of a case `r` comes back. */
const BACK_CODE = `case r.kind when 'dispute' then ${TransferCodes.dispute} else ${TransferCodes.refund_failed} end`;

/** What must be true of refunds and recalls, and the rows for which it is not. */
const RULES: readonly AuditRule[] = [
  {
    sentence: 'More went back of an order than was paid, or not what its refunds and recalls say.',
    sql: `select o.order_id as id from order_returns o
            left join lateral (
              select coalesce(sum(r.units), 0) as units, coalesce(sum(r.cents), 0) as cents
                from refunds r join refund_states s on s.refund_id = r.id
               where r.order_id = o.order_id and s.state not in ('failed', 'rejected')) as refunded on true
            left join lateral (
              select coalesce(sum(s.held_units), 0) as units, coalesce(sum(s.held_cents), 0) as cents
                from recalls r join recall_states s on s.recall_id = r.id
               where r.order_id = o.order_id and s.state <> 'released'
                 and not exists (select from recall_returns b where b.recall_id = r.id)) as recalled on true
           where o.returned_units <> refunded.units + recalled.units
              or o.returned_cents <> refunded.cents + recalled.cents
              or o.returned_units > o.units or o.returned_cents > o.price_cents`,
  },
  {
    sentence: 'The units or the cash of a refund are not where its state says.',
    sql: `select r.id from refunds r join refund_states s on s.refund_id = r.id
            left join ledger_transfers u on u.id = ${LEG(1)}
            left join ledger_transfers c on c.id = ${LEG(2)}
            left join ledger_resolutions ur on ur.pending_id = u.id
            left join ledger_resolutions cr on cr.pending_id = c.id
            left join ledger_transfers ub on ub.id = ${LEG(7)}
            left join ledger_transfers cb on cb.id = ${LEG(8)}
           where u.amount is distinct from r.units or c.amount is distinct from r.cents
              or ur.state is distinct from cr.state or (ub.id is null) <> (cb.id is null)
              or not case
                   when s.state in ('waiting', 'asked', 'to_pay', 'sent', 'parked', 'rejecting') then ur.state is null and ub.id is null
                   when s.state = 'refunded' then ur.state = 'posted' and ub.id is null
                   when s.state = 'failed' then (ur.state = 'voided' and ub.id is null)
                     or (ur.state = 'posted' and ub.amount = r.units and cb.amount = r.cents)
                   else ur.state = 'voided' and ub.id is null end`,
  },
  {
    sentence: 'A refund by hand is booked without its reference, or has one and is not booked.',
    sql: `select r.id from refunds r join refund_states s on s.refund_id = r.id
            left join refund_payments p on p.refund_id = r.id
           where case when p.refund_id is null
                   then r.road = 'hand' and s.state = 'refunded' and r.reference is null
                   else r.road <> 'hand' or s.state <> 'refunded' end`,
  },
  {
    sentence: 'The cash of a refund by hand is booked as the provider’s.',
    sql: `select r.id from refunds r join ledger_transfers c on c.id = ${LEG(2)}
           where r.road = 'hand' and r.reference is null
             and c.credit_account_id <> '${BY_HAND.id}'`,
  },
  {
    sentence: 'A transfer says that it is of a refund, and there is no such refund.',
    sql: `select t.id from ledger_transfers t
           where t.code in (${TransferCodes.refund}, ${TransferCodes.refund_failed})
             and t.ledger <> ${ASSET_LEDGERS.USD}
             and not exists (select from refunds r where r.id = overlay(t.id::text placing '0' from 36)::uuid)`,
  },
  {
    sentence: 'What a recall holds is not where its state says.',
    sql: `select h.transfer_id as id from recall_holds h
            join recall_states s on s.recall_id = h.recall_id
            left join ledger_transfers t on t.id = h.transfer_id
            left join ledger_resolutions l on l.pending_id = h.transfer_id
           where t.amount is distinct from h.units
              or l.state is distinct from case s.state when 'released' then 'voided' when 'taken' then 'posted' end`,
  },
  {
    sentence: 'Units are held, or gifts kept from maturing, for no open case.',
    sql: `select h.earning_id as id from earning_holds h
            left join recall_states s on s.recall_id = h.recall_id
           where s.state is null or s.state not in ('held', 'parked')
              or exists (select from gift_maturities m where m.gift_id = h.earning_id)
          union all
          select t.id from ledger_transfers t
           where t.code = ${TransferCodes.dispute} and t.flags & 2 <> 0
             and not exists (select from recall_holds h where h.transfer_id = t.id)`,
  },
  {
    sentence:
      'More was taken back of a gift than it brought, or not by a lost case, or from another creator.',
    sql: `select v.earning_id as id from earning_reversals v
            join earnings e on e.id = v.earning_id
            join recall_states s on s.recall_id = v.recall_id
            left join ledger_transfers t on t.id = v.transfer_id
           where e.creator_id <> v.creator_id or t.code <> ${TransferCodes.gift_reversed}
              or (s.state = 'released' and not exists (select from recall_returns b where b.recall_id = s.recall_id))
           union all
          select e.id from earnings e
            join (select earning_id, sum(coins) as coins, sum(diamond_units) as units from earning_reversals
                   group by earning_id) as v on v.earning_id = e.id
           where v.coins > e.coins or v.units > e.diamond_units`,
  },
  {
    sentence: 'A creator lost other Diamonds than the gifts that were reversed.',
    sql: `select t.id from ledger_transfers t
            left join lateral (select sum(v.diamond_units) as units, min(v.creator_id::text)::uuid as creator,
                                      count(distinct v.creator_id) as creators
                                 from earning_reversals v where v.transfer_id = t.id) as listed on true
            join ledger_accounts loser on loser.id = t.debit_account_id
           where t.code = ${TransferCodes.gift_reversed}
             and (listed.units is distinct from t.amount or listed.creators <> 1
                  or listed.creator is distinct from loser.user_data_128)`,
  },
  {
    sentence: 'A lost case took another amount than the provider did, or other units than it held.',
    sql: `select r.id from recalls r join recall_states s on s.recall_id = r.id
            left join lateral (
              select sum(cents) filter (where source <> 'fee') as cents, sum(units) as units,
                     sum(diamond_units) as diamonds
                from recall_takings t where t.recall_id = r.id) as took on true
            left join lateral (
              select coalesce(sum(diamond_units), 0) as diamonds from earning_reversals v where v.recall_id = r.id
            ) as gifts on true
            left join lateral (
              select coalesce(sum(c.units), 0) as units from recall_claims c where c.recall_id = r.id) as claimed on true
           where s.state = 'taken'
             and (took.cents is distinct from r.cents or took.units + claimed.units is distinct from s.held_units
                  or took.diamonds is distinct from gifts.diamonds)`,
  },
  {
    sentence: 'A case says of more of a gift that it was never paid for than it lost, or than the gift cost.',
    sql: `select u.recall_id as id from (select recall_id, sum(coins) as coins from earning_unpaid group by 1) as u
            left join recall_takings t on t.recall_id = u.recall_id and t.source = 'house'
           where u.coins > coalesce(t.units, 0)
          union all
          select e.id from earnings e
            join (select u.earning_id, sum(u.coins) as coins, bool_and(u.creator_id = x.creator_id) as fits
                    from earning_unpaid u join earnings x on x.id = u.earning_id
                   where not exists (select from recall_returns b where b.recall_id = u.recall_id) group by 1) as u
              on u.earning_id = e.id
            left join (select earning_id, sum(coins) as coins from earning_reversals group by 1) as v on v.earning_id = e.id
           where u.coins + coalesce(v.coins, 0) > e.coins or not u.fits`,
  },
  {
    sentence: 'The payments that are kept of a lost case are not those by which its money left the house.',
    sql: `select r.id from recalls r join recall_states s on s.recall_id = r.id
            left join lateral (
              select coalesce(sum(t.cents), 0) as cents from recall_takings t
               where t.recall_id = r.id and t.source <> 'fee') as took on true
            left join lateral (
              select coalesce(sum(t.amount), 0) as cents,
                     coalesce(bool_and(coalesce(t.ledger = ${ASSET_LEDGERS.USD} and t.user_data_128 = r.order_id
                                                and paid.code = ${WORLD_CODE}, false)), true) as fits
                from recall_payments b
                left join ledger_transfers t on t.id = b.transfer_id
                left join ledger_accounts paid on paid.id = t.credit_account_id
               where b.recall_id = r.id) as kept on true
           where not kept.fits or kept.cents <> case s.state when 'taken' then took.cents else 0 end`,
  },
  {
    sentence: 'A lost case claims of a refund that did not come to nothing, or other units than were taken.',
    sql: `select coalesce(c.refund_id, c.from_recall_id) as id from recall_claims c
            left join refund_states s on s.refund_id = c.refund_id
            left join recall_states f on f.recall_id = c.from_recall_id
            join recall_states l on l.recall_id = c.recall_id
            left join ledger_transfers t on t.id = c.transfer_id
           where s.state not in ('failed', 'rejected') or l.state <> 'taken' or coalesce(t.amount, 0) <> c.units
              or (f.state <> 'released' and not exists (select from recall_returns b where b.recall_id = f.recall_id))
          union all
          select f.recall_id from recall_states f
            join (select from_recall_id, sum(units) as units, sum(cents) as cents from recall_claims group by 1) as c
              on c.from_recall_id = f.recall_id
           where c.units > f.held_units or c.cents > f.held_cents
          union all
          select r.id from refunds r join (select refund_id, sum(units) as units, sum(cents) as cents
                                             from recall_claims group by 1) as c on c.refund_id = r.id
           where c.units > r.units or c.cents > r.cents`,
  },
  {
    sentence: 'What came back of a case is not what had been taken for it, or went elsewhere.',
    sql: `select b.recall_id as id from recall_returns b
            join recalls r on r.id = b.recall_id
            join recall_states s on s.recall_id = r.id
            cross join lateral (
              select coalesce(sum(k.units) filter (where k.source in ('fan', 'creators')), 0) as units,
                     coalesce(sum(k.cents) filter (where k.source in ('fan', 'creators', 'house')), 0) as cash,
                     coalesce(sum(k.cents) filter (where k.source = 'reserve'), 0) as reserve
                from recall_takings k where k.recall_id = r.id) as took
            cross join lateral (
              select coalesce(sum(c.units), 0) as units from recall_claims c where c.recall_id = r.id) as claimed
            cross join lateral (
              select coalesce(sum(v.coins), 0) as units from earning_reversals v where v.recall_id = r.id) as gifts
            left join recall_funds f on f.recall_id = r.id
            left join ledger_transfers u on u.id = b.units_transfer_id
            left join ledger_accounts fan on fan.id = u.credit_account_id
            left join ledger_transfers c on c.id = b.cash_transfer_id
            left join ledger_transfers k on k.id = b.reserve_transfer_id
            left join ledger_transfers o on o.id = b.owner_transfer_id
           where (s.state = 'taken') <> (b.cash_cents + b.reserve_cents > 0)
              or (s.state = 'taken' and (b.units <> took.units + claimed.units
                                         or b.cash_cents <> took.cash or b.reserve_cents <> took.reserve
                                         or coalesce(o.amount, 0) <> coalesce(f.cents, 0)))
              or (s.state <> 'taken' and (s.state <> 'released' or b.units <> gifts.units))
              or coalesce(u.amount, 0) <> b.units or coalesce(c.amount, 0) <> b.cash_cents
              or coalesce(k.amount, 0) <> b.reserve_cents
              or fan.user_data_128 <> r.user_id or u.code <> ${TransferCodes.dispute} or u.user_data_128 <> r.order_id
              or c.credit_account_id <> '${CASH}' or c.code <> ${BACK_CODE} or c.user_data_128 <> r.order_id
              or k.credit_account_id <> '${RESERVE}' or k.code <> ${BACK_CODE} or k.user_data_128 <> r.order_id
              or o.debit_account_id <> '${CASH}' or o.credit_account_id <> '${OWNER.id}'`,
  },
  {
    sentence: 'Something came back of a refund or a case that did not, or of none.',
    sql: `select t.id from ledger_transfers t
            join ledger_accounts giver on giver.id = t.debit_account_id
           where t.code = ${TransferCodes.dispute}
             and giver.code in (${PlatformPurposes.coins_issued}, ${PlatformPurposes.diamonds_issued})
             and not exists (select from recall_returns b where b.units_transfer_id = t.id)
          union all
          select t.id from ledger_transfers t
            join ledger_accounts giver on giver.id = t.debit_account_id
           where t.ledger = ${ASSET_LEDGERS.USD}
             and (t.code = ${TransferCodes.refund_failed}
                  or t.code = ${TransferCodes.dispute} and giver.code = ${WORLD_CODE})
             and not exists (select from refunds r where r.id = overlay(t.id::text placing '0' from 36)::uuid)
             and not exists (select from recall_returns b where t.id in (b.cash_transfer_id, b.reserve_transfer_id))
          union all
          select f.recall_id from recall_funds f left join ledger_transfers t on t.id = f.transfer_id
           where t.amount is distinct from f.cents or t.debit_account_id <> '${OWNER.id}'`,
  },
  {
    sentence: 'The reserve is not what was set aside less what lost cases took of it.',
    sql: `select a.id from ledger_accounts a
           where a.id = '${RESERVE}'
             and a.credits_posted - a.debits_posted <>
                 (select coalesce(sum(cents), 0) from reserve_days)
                 - (select coalesce(sum(cents), 0) from recall_takings where source = 'reserve')
                 + (select coalesce(sum(reserve_cents), 0) from recall_returns)
                 + (select coalesce(sum(case when t.credit_account_id = a.id then t.amount else -t.amount end), 0)
                      from ledger_transfers t
                     where a.id in (t.credit_account_id, t.debit_account_id) and t.flags & 2 = 0
                       and t.code not in (${TransferCodes.reserve}, ${TransferCodes.dispute}, ${TransferCodes.refund},
                                          ${TransferCodes.refund_failed}))`,
  },
];

/**
 * Looks for money that went back twice, units held for nothing, and sums that do not agree. Answers one sentence for each
 * rule that is broken; none when all is well. Reads everything.
 */
export function auditRefunds(db: Queryable): Promise<string[]> {
  return brokenRules(db, RULES);
}
