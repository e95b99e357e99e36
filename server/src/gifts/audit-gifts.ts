import type { Queryable } from '../db/database.ts';
import { type AuditRule, brokenRules, TransferCodes } from '../ledger/index.ts';
import { COINS_AWAY } from './uncount-gifts.ts';

const COIN_LEG = `overlay(g.id::text placing '1' from 36)::uuid`;
const DIAMOND_LEG = `overlay(g.id::text placing '2' from 36)::uuid`;
const GIFT_OF_LEG = `overlay(t.id::text placing '0' from 36)::uuid`;

/** What must be true of gifts, and the rows for which it is not. */
const RULES: readonly AuditRule[] = [
  {
    sentence: 'A gift has no Coin leg of its own amount and time.',
    sql: `select g.id from gifts g left join ledger_transfers t on t.id = ${COIN_LEG}
           where t.id is null or t.amount <> g.coins or t.timestamp <> g.committed
              or t.code <> ${TransferCodes.gift} or t.user_data_64 is distinct from g.request_hash`,
  },
  {
    sentence: 'A gift has no Diamond leg of its own amount.',
    sql: `select g.id from gifts g left join ledger_transfers t on t.id = ${DIAMOND_LEG}
           where t.id is null or t.amount <> g.diamond_units or t.timestamp <= g.committed
              or t.code <> ${TransferCodes.gift_earned}`,
  },
  {
    sentence:
      'The Coins of a gift came from another account than its sender’s, or its Diamonds went elsewhere.',
    sql: `select g.id from gifts g
            join ledger_transfers c on c.id = ${COIN_LEG}
            join ledger_accounts payer on payer.id = c.debit_account_id
            join ledger_transfers d on d.id = ${DIAMOND_LEG}
            join ledger_accounts earner on earner.id = d.credit_account_id
           where payer.user_data_128 is distinct from g.sender_id
              or earner.user_data_128 is distinct from g.creator_id`,
  },
  {
    sentence: 'A transfer says that it is of a gift, and there is no such gift.',
    sql: `select t.id from ledger_transfers t
           where t.code in (${TransferCodes.gift}, ${TransferCodes.gift_earned})
             and not exists (select from gifts g where g.id = ${GIFT_OF_LEG})`,
  },
  {
    sentence: 'A gift does not cost what the catalogue says.',
    sql: `select g.id from gifts g left join gift_catalogue c on c.id = g.catalogue_id
           where c.id is null or g.coins <> c.price_coins * g.quantity`,
  },
  {
    sentence: 'A gift was given under a tier that was not its receiver’s then.',
    sql: `select g.id from gifts g left join creator_tiers t on t.id = g.tier_id
           where g.tier_id is not null
             and (t.id is null or t.creator_id <> g.creator_id or t.effective_from > g.sent_at)`,
  },
  {
    sentence: 'The counts of a streak overlap or leave a gap.',
    sql: `select id from (
            select g.id, g.streak_from,
                   lag(g.streak_to, 1, 0) over (partition by g.sender_id, g.streak_id order by g.committed) as before
              from gifts g where g.streak_id is not null) as counted
           where streak_from <> before`,
  },
  {
    sentence: 'A maturity moved another amount than what it lists brought, or to somebody else.',
    sql: `select t.id from ledger_transfers t
            left join lateral (
              select count(*) as gifts,
                     sum(g.diamond_units - coalesce((select sum(r.diamond_units) from earning_reversals r
                                                      where r.earning_id = g.id), 0)) as units,
                     count(distinct g.creator_id) as creators, min(g.creator_id::text)::uuid as creator
                from gift_maturities m join earnings g on g.id = m.gift_id
               where m.transfer_id = t.id) as listed on true
            join ledger_accounts earner on earner.id = t.credit_account_id
           where t.code = ${TransferCodes.maturity}
             and (listed.gifts is distinct from t.user_data_32 or listed.units is distinct from t.amount
                  or listed.creators <> 1 or listed.creator is distinct from earner.user_data_128)`,
  },
  {
    sentence: 'A gift or an answer matured before its date, or by a transfer that does not exist.',
    sql: `select m.gift_id as id from gift_maturities m
            left join earnings g on g.id = m.gift_id
            left join ledger_transfers t on t.id = m.transfer_id
           where g.id is null or t.id is null or m.matured_at < g.matures_at`,
  },
  {
    sentence: 'Something is due on another date than usual, and nothing says why, or something else.',
    sql: `select e.id from earnings e
            left join earning_delays d on d.earning_id = e.id
            join (select id, policy_version from gifts union all select id, policy_version from questions) as made
              on made.id = e.id
            join policy_versions p on p.version = made.policy_version
           where e.matures_at is distinct from d.matures_at
             and (d.earning_id is not null
                  or e.matures_at <> e.earned_at
                       + make_interval(hours => 24 * (p.document -> 'diamonds' ->> 'maturityDays')::integer))
           union all
          select d.earning_id from earning_delays d
            join earnings e on e.id = d.earning_id
            join policy_versions p on p.version = d.policy_version
           where d.creator_id <> e.creator_id
              or not (p.document -> 'clearing' ->> 'isOn')::boolean
              or d.usual_at <> e.earned_at
                   + make_interval(hours => 24 * (p.document -> 'diamonds' ->> 'maturityDays')::integer)
              or d.latest_at <> e.earned_at
                   + make_interval(hours => 24 * (p.document -> 'clearing' ->> 'latestDays')::integer)
              or d.matures_at <> least(d.latest_at, d.usual_at
                   + make_interval(hours => 24 * (p.document -> 'clearing' ->> 'extraDays')::integer))
           union all
          select d.earning_id from earning_delays d left join earnings e on e.id = d.earning_id where e.id is null`,
  },
  {
    // An hour is looked at again by each run: what commits late may be behind the mark until then.
    sentence: 'Something is kept pending after its date, and nothing holds it.',
    sql: `select e.id from earnings e, gift_maturity_mark mark
           where e.matures_at < least(mark.swept_to, (select sent_at from gifts order by committed desc limit 1))
                                - interval '1 hour'
             and not exists (select from gift_maturities m where m.gift_id = e.id)
             and not exists (select from earning_holds h where h.earning_id = e.id)
             and e.diamond_units is distinct from (select sum(r.diamond_units) from earning_reversals r
                                                    where r.earning_id = e.id)`,
  },
  {
    sentence: 'The sum of a supporter in a live session is not the sum of their gifts.',
    sql: `select sender_id as id from (
            select session_id, sender_id, sum(coins) as coins, sum(diamond_units) as units from (
              select session_id, sender_id, coins, diamond_units from gift_supporters
              union all
              select coalesce(home_session_id, session_id), sender_id, -coins, -diamond_units from gifts
               where committed <= (select ranked from gift_relay)
              union all
              select coalesce(g.home_session_id, g.session_id), g.sender_id, k.coins, k.diamond_units
                from supporter_uncounted k join gifts g on g.id = k.gift_id) as both_sides
             group by session_id, sender_id) as sums
           where coins <> 0 or units <> 0`,
  },
  {
    sentence: 'The sum of a live session is not the sum of its gifts.',
    sql: `select session_id as id from (
            select session_id, sum(coins) as coins, sum(diamond_units) as units, sum(gifts) as gifts from (
              select session_id, coins, diamond_units, gifts from gift_sessions
              union all
              select coalesce(home_session_id, session_id), -coins, -diamond_units, -quantity from gifts
               where committed <= (select relayed from gift_relay)) as both_sides
             group by session_id) as sums
           where coins <> 0 or units <> 0 or gifts <> 0`,
  },
  {
    sentence: 'The minutes of a live session do not add up to what it brought.',
    sql: `select session_id as id from (
            select session_id, sum(coins) as coins, sum(diamond_units) as units, sum(gifts) as gifts from (
              select session_id, coins, diamond_units, gifts from gift_minutes
              union all
              select session_id, -coins, -diamond_units, -gifts from gift_sessions) as both_sides
             group by session_id) as sums
           where coins <> 0 or units <> 0 or gifts <> 0`,
  },
  {
    sentence: 'The rank of a supporter is not made of their gifts.',
    sql: `select sender_id as id from (
            select creator_id, period, sender_id, sum(coins) as coins, sum(diamond_units) as units,
                   sum(gifts) as gifts, max(reached) - max(last) as late from (
              select creator_id, period, sender_id, coins, diamond_units, gifts, reached, null::bigint as last
                from supporter_ranks
              union all
              select g.creator_id, counted.period, g.sender_id, coalesce(k.coins, 0) - g.coins,
                     coalesce(k.diamond_units, 0) - g.diamond_units, coalesce(k.gifts, 0) - g.quantity, null,
                     g.committed
                from gifts g
                left join supporter_uncounted k on k.gift_id = g.id
               cross join lateral (values
                 ('day ' || to_char(g.sent_at at time zone 'UTC', 'YYYY-MM-DD')),
                 ('week ' || to_char(date_trunc('week', g.sent_at at time zone 'UTC'), 'YYYY-MM-DD')),
                 ('all')) as counted (period)
               where g.committed <= (select ranked from gift_relay)) as both_sides
             group by creator_id, period, sender_id) as sums
           where coins <> 0 or units <> 0 or gifts <> 0 or late is distinct from 0`,
  },
  {
    sentence:
      'A gift counts for its sender though its payment was taken back, or does not though it is paid.',
    sql: `select g.id from gifts g left join supporter_uncounted k on k.gift_id = g.id
           where g.id in (select earning_id from earning_reversals union all select earning_id from earning_unpaid
                          union all select gift_id from supporter_uncounted)
             and coalesce(k.coins, 0) <> ${COINS_AWAY}
             and not exists (select from supporter_recounts q where q.earning_id = g.id)`,
  },
  {
    sentence: 'A stage was told another count of a streak than was sent.',
    sql: `select s.id from (select id, max(count) as count from streaks group by id) as s
            left join lateral (
              select max(g.streak_to) as sent from gifts g
               where g.id between s.id and (left(s.id::text, 30) || 'ffffff')::uuid
                 and g.committed <= (select relayed from gift_relay)) as g on true
           where s.count is distinct from g.sent`,
  },
];

/**
 * Looks for gifts without transfers, transfers without gifts, and sums that do not agree. Answers one sentence for
 * each rule that is broken, with some of the rows; none when all is well. Reads everything.
 */
export function auditGifts(db: Queryable): Promise<string[]> {
  return brokenRules(db, RULES);
}
