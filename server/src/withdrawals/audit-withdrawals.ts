import type { Queryable } from '../db/database.ts';
import { type AuditRule, brokenRules, TransferCodes } from '../ledger/index.ts';
import { GIVEN_TO_PROVIDERS, PROVIDED_METHODS } from './methods/words.ts';

const leg = (digit: number) => `overlay(w.id::text placing '${digit}' from 36)::uuid`;
const { withdrawal, payout, payout_fee, payout_lost, payout_reserved, withdrawal_returned, tax_withheld } =
  TransferCodes;
const CODES = [withdrawal, payout, payout_fee, payout_lost, withdrawal_returned, tax_withheld].join(', ');
/** Methods by which a provider pays, and where to, of those that pay to what a creator gave. */
const PROVIDED = PROVIDED_METHODS.map((method) => `'${method}'`).join(', ');
const GIVEN = Object.entries(GIVEN_TO_PROVIDERS)
  .map(([method, field]) => `when '${method}' then p.details ->> '${field}'`)
  .join(' ');
const REDEEMED = `('sent', 'paid', 'returned', 'parked')`;

/** What must be true of withdrawals, and the rows for which it is not. */
const RULES: readonly AuditRule[] = [
  {
    sentence: 'A withdrawal has not reserved its own Diamonds of its creator.',
    sql: `select w.id from withdrawals w
            left join ledger_transfers t on t.id = ${leg(1)}
            left join ledger_accounts payer on payer.id = t.debit_account_id
           where t.id is null or t.amount <> w.diamond_units or t.timestamp <> w.committed or t.flags & 2 = 0
              or t.code <> ${withdrawal} or t.user_data_64 is distinct from w.request_hash
              or t.user_data_128 is distinct from w.id or payer.user_data_128 is distinct from w.user_id`,
  },
  {
    sentence: 'A transfer says that it is of a withdrawal, and there is no such withdrawal.',
    sql: `select t.id from ledger_transfers t
           where t.code in (${CODES}) and not exists (select from withdrawals w where w.id = t.user_data_128)`,
  },
  {
    sentence: 'A withdrawal does not name its payments, or names one that is not its own.',
    sql: `select coalesce(p.transfer_id, t.id) as id
            from (select id, user_data_128 from ledger_transfers where ledger = 3 and code in (${CODES})) as t
            full join withdrawal_payments p on p.transfer_id = t.id
           where p.withdrawal_id is distinct from t.user_data_128`,
  },
  {
    sentence: 'A withdrawal stands nowhere, or elsewhere than its last step says.',
    sql: `select w.id from withdrawals w left join withdrawal_states s on s.withdrawal_id = w.id
            left join lateral (select e.state from withdrawal_events e where e.withdrawal_id = w.id and e.step <> 'ask_approval'
                                order by e.place desc limit 1) as last on true
           where s.state is null or last.state is distinct from s.state`,
  },
  {
    sentence: 'The Diamonds of a withdrawal are not where its state says.',
    sql: `select w.id from withdrawals w join withdrawal_states s on s.withdrawal_id = w.id
            left join ledger_resolutions x on x.pending_id = ${leg(1)}
           where coalesce(x.state, 'pending') <> case
                   when s.state in ${REDEEMED} then 'posted'
                   when s.state in ('failed', 'canceled') then 'voided' else 'pending' end`,
  },
  {
    sentence: 'A withdrawal that went to the bank in a file is said to have failed.',
    sql: `select s.withdrawal_id as id from withdrawal_states s
            join payout_file_entries e on e.withdrawal_id = s.withdrawal_id
           where s.state in ('failed', 'canceled')
             and exists (select from payout_file_sendings where file_id = e.file_id)`,
  },
  {
    sentence: 'The money of a withdrawal is not what was quoted, or moved though it was not sent.',
    sql: `with moved as (
             select user_data_128 as id,
                    coalesce(sum(amount) filter (where code = ${payout}), 0) as net,
                    coalesce(sum(amount) filter (where code = ${payout_fee}), 0) as fee,
                    coalesce(sum(amount) filter (where code = ${tax_withheld}), 0) as tax,
                    coalesce(sum(amount) filter (where code = ${withdrawal_returned} and ledger = 2), 0) as units,
                    coalesce(sum(amount) filter (where code = ${withdrawal_returned} and ledger = 3), 0) as back,
                    coalesce(sum(amount) filter (where code = ${payout_lost}), 0) as lost,
                    count(*) filter (where code = ${payout}) as payments
               from ledger_transfers where code in (${CODES}) group by user_data_128)
           select w.id from withdrawals w join withdrawal_states s on s.withdrawal_id = w.id
             left join moved on moved.id = w.id
             left join payout_resolutions r on r.withdrawal_id = w.id
             left join lateral (select coalesce(sum(cents), 0) as cents from payout_losses where withdrawal_id = w.id) twice
               on true
           where (moved.net, moved.fee, moved.tax, moved.payments) is distinct from case
                   when s.state in ${REDEEMED}
                   then row(w.net_cents::numeric, w.fee_cents::numeric, w.tax_cents::numeric, 1::bigint)
                   else row(0::numeric, 0::numeric, 0::numeric, 0::bigint) end
              or (moved.units, moved.back, moved.lost) is distinct from case
                   when s.state = 'returned'
                   then row(w.diamond_units::numeric, (coalesce(r.back_cents, w.net_cents) + w.tax_cents)::numeric,
                            coalesce(r.lost_cents, 0)::numeric + twice.cents)
                   else row(0::numeric, coalesce(r.back_cents, 0)::numeric, twice.cents) end`,
  },
  {
    sentence:
      'What two operators made of a payment is not where it stands, does not add up, or nobody approved it.',
    sql: `select r.withdrawal_id as id from payout_resolutions r
            join withdrawals w on w.id = r.withdrawal_id
            left join withdrawal_states s on s.withdrawal_id = w.id
            left join payout_attempts a on a.id = r.attempt_id and a.withdrawal_id = w.id
            left join approval_decisions d on d.approval_id = r.approval_id and d.verdict = 'approved'
              and (d.asked_by, d.by_user) = (r.asked_by, r.decided_by)
           where d.approval_id is null or a.id is null
              or s.state is distinct from case r.verdict when 'not_arrived' then 'returned' when 'not_paid' then 'failed' else 'paid' end
              or (r.verdict = 'not_paid' and not exists (select from payout_attempt_states t
                    where t.attempt_id = r.attempt_id and t.closed_code = 'not_paid'))
              or (r.verdict = 'not_arrived' and r.back_cents + r.lost_cents <> w.net_cents)
              or r.back_cents > w.net_cents`,
  },
  {
    sentence:
      'A payment that two operators took as the one of a withdrawal is not booked, or nobody approved it.',
    sql: `select x.withdrawal_id as id from payout_adoptions x
            left join payout_attempt_states t on t.attempt_id = x.attempt_id and t.withdrawal_id = x.withdrawal_id
            left join approval_decisions d on d.approval_id = x.approval_id and d.verdict = 'approved'
              and (d.asked_by, d.by_user) = (x.asked_by, x.decided_by)
           where d.approval_id is null or t.taken_ref is distinct from x.taken_ref
          union all
          select l.withdrawal_id from payout_losses l join payout_attempt_states t on t.taken_ref = l.taken_ref`,
  },
  {
    sentence: 'A withdrawal is of other amounts than its quote.',
    sql: `select w.id from withdrawals w join withdrawal_quotes q on q.id = w.quote_id
           where (w.user_id, w.account_id, w.diamond_units, w.fee_cents, w.tax_cents, w.net_cents, w.currency, w.payout_minor)
                 is distinct from
                 (q.user_id, q.account_id, q.diamond_units, q.fee_cents, q.tax_cents, q.net_cents, q.currency, q.payout_minor)`,
  },
  {
    sentence: 'A payment that goes by file was sent without one, or one by hand is in a file.',
    sql: `select w.id from withdrawals w join withdrawal_states s on s.withdrawal_id = w.id
            left join payout_file_places e on e.withdrawal_id = w.id
           where (e.withdrawal_id is not null and w.method in ('manual', ${PROVIDED}))
              or (e.withdrawal_id is null and w.method not in ('manual', ${PROVIDED})
                  and s.state in ('sending', 'sent', 'paid', 'returned', 'parked'))
              or (e.withdrawal_id is not null and s.state in ('in_review', 'held', 'released', 'canceled'))`,
  },
  {
    sentence:
      'A payment that a provider took is not booked as sent, or one was booked that no provider took.',
    sql: `select w.id from withdrawals w join withdrawal_states s on s.withdrawal_id = w.id
            left join payout_attempt_states t on t.withdrawal_id = w.id and t.closed_at is null
           where w.method in (${PROVIDED}) and case
                   when s.state in ${REDEEMED} then t.taken_ref is null
                   when s.state = 'sending' then t.attempt_id is null or t.taken_ref is not null
                   else t.attempt_id is not null end`,
  },
  {
    sentence: 'The house’s cash is set aside for a payout that nobody is asked for, or another amount of it.',
    sql: `select a.id from payout_attempts a join withdrawals w on w.id = a.withdrawal_id
            join withdrawal_states s on s.withdrawal_id = w.id
            join payout_attempt_states t on t.attempt_id = a.id
            left join ledger_transfers l on l.id = a.reserve_id
            left join ledger_resolutions x on x.pending_id = a.reserve_id
           where a.reserve_id is not null
             and (l.id is null or l.amount <> w.fee_cents + w.tax_cents + w.net_cents or l.code <> ${payout_reserved}
               or (x.state is null) is distinct from (s.state = 'sending' and t.closed_at is null))
          union all
          select l.id from ledger_transfers l where l.code = ${payout_reserved} and l.flags & 2 <> 0
             and not exists (select from payout_attempts a where a.reserve_id = l.id)`,
  },
  {
    sentence: 'A try to pay is of another amount or account than its withdrawal.',
    sql: `select a.id from payout_attempts a join withdrawals w on w.id = a.withdrawal_id
            join payout_accounts p on p.id = w.account_id
            left join lateral (
              select u.ref from payout_setups u
               where u.account_id = w.account_id and u.provider = a.provider and u.mode = a.mode
                 and (u.house is null or a.house is null or u.house = a.house)
               order by u.ref is distinct from a.destination limit 1) u on true
           where w.method not in (${PROVIDED})
              or (a.minor, a.currency, a.destination)
                 is distinct from (w.payout_minor, w.currency, case w.method ${GIVEN} else u.ref end)`,
  },
  {
    sentence: 'The books of payouts differed when the house compared them last, and nobody has looked at it.',
    sql: `select d.reconciliation_id as id
            from (select distinct on (provider, mode) id, run_at from reconciliations
                   where asked_by is null order by provider, mode, until desc) newest
            join reconciliation_differences d on d.reconciliation_id = newest.id
            left join payout_attempt_states t on t.taken_ref = d.provider_ref
            left join withdrawal_states s on s.withdrawal_id = t.withdrawal_id
            left join payout_resolutions r on r.withdrawal_id = t.withdrawal_id and r.at >= newest.run_at
           where d.kind in ('payout_not_booked', 'payout_not_there', 'payout_differs', 'return_not_booked')
             and not (t.attempt_id is not null
               and (d.kind = 'payout_not_booked' or s.state = 'parked' or r.withdrawal_id is not null
                 or (d.kind = 'return_not_booked' and s.state = 'returned')))`,
  },
  {
    sentence: 'A file that was withdrawn went to the bank, or still holds a withdrawal.',
    sql: `select x.file_id as id from payout_file_withdrawals x
           where exists (select from payout_file_sendings g where g.file_id = x.file_id)
              or exists (select from payout_file_downloads d where d.file_id = x.file_id)
              or exists (select from payout_file_places p where p.file_id = x.file_id)`,
  },
  {
    sentence: 'A file is not the sum of its payments.',
    sql: `select f.id from payout_files f
            left join lateral (select count(*) as payments, sum(w.payout_minor) as minor, count(distinct w.currency) as kinds
                                 from payout_file_entries e join withdrawals w on w.id = e.withdrawal_id
                                where e.file_id = f.id) as inside on true
           where inside.payments <> f.payments or inside.minor is distinct from f.sum_minor or inside.kinds <> 1
              or sha256(f.content) <> f.sha256`,
  },
];

/**
 * Looks for withdrawals whose money does not agree with where they stand. Answers one sentence for each rule that is
 * broken, with some of the rows; none when all is well. Reads everything.
 */
export function auditWithdrawals(db: Queryable): Promise<string[]> {
  return brokenRules(db, RULES);
}
