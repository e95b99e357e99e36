import type { Queryable } from '../db/database.ts';
import { type AuditRule, brokenRules, TransferCodes } from '../ledger/index.ts';

const leg = (digit: number) => `overlay(q.id::text placing '${digit}' from 36)::uuid`;

/** How long after its live's end a question may still be open: far more than the return takes. */
const GRACE = `interval '10 minutes'`;

/** What must be true of questions, and the rows for which it is not. */
const RULES: readonly AuditRule[] = [
  {
    sentence: 'A paid question has no escrow of its own amount from its asker, or a free one has one.',
    sql: `select q.id from questions q
            left join ledger_transfers t on t.id = ${leg(1)}
            left join ledger_accounts payer on payer.id = t.debit_account_id
           where (q.coins = 0) <> (t.id is null)
              or (t.id is not null and (t.amount <> q.coins or t.timestamp <> q.committed or t.flags & 2 = 0
                  or t.code <> ${TransferCodes.question} or t.user_data_64 is distinct from q.request_hash
                  or payer.user_data_128 is distinct from q.asker_id))`,
  },
  {
    sentence: 'A transfer says that it is of a question, and there is no such question.',
    sql: `select t.id from ledger_transfers t
           where t.code in (${TransferCodes.question}, ${TransferCodes.question_earned})
             and not exists (select from questions q
                              where q.id = overlay(t.id::text placing '0' from 36)::uuid)`,
  },
  {
    sentence: 'A question is not in exactly one state.',
    sql: `select q.id from questions q
            left join open_questions o on o.question_id = q.id
            left join question_answers a on a.question_id = q.id
            left join question_returns r on r.question_id = q.id
           where num_nonnulls(o.question_id, a.question_id, r.question_id) <> 1`,
  },
  {
    // Open: pending (or let go by the ledger, and about to be written down). Answered: posted. Returned: voided or let go.
    sentence: 'The escrow of a question is not where its state says.',
    sql: `select q.id from questions q
            left join ledger_resolutions x on x.pending_id = ${leg(1)}
            left join question_answers a on a.question_id = q.id
            left join question_returns r on r.question_id = q.id
           where q.coins > 0
             and case when a.question_id is not null then x.state is distinct from 'posted'
                      when r.question_id is not null then coalesce(x.state, '') not in ('voided', 'expired')
                      else coalesce(x.state, 'expired') <> 'expired' end`,
  },
  {
    sentence: 'An answer did not bring its creator what was promised.',
    sql: `select q.id from questions q
            join question_answers a on a.question_id = q.id
            left join question_earnings e on e.question_id = q.id
            left join ledger_transfers t on t.id = ${leg(2)}
            left join ledger_accounts earner on earner.id = t.credit_account_id
           where (q.coins > 0) <> (e.question_id is not null) or (q.coins > 0) <> (t.id is not null)
              or (e.coins, e.diamond_units, e.creator_id, e.asker_id)
                 is distinct from (q.coins, q.diamond_units, q.creator_id, q.asker_id) and q.coins > 0
              or (t.id is not null and (t.amount <> q.diamond_units or t.code <> ${TransferCodes.question_earned}
                  or earner.user_data_128 is distinct from q.creator_id))`,
  },
  {
    sentence: 'A creator got Diamonds for a question that is not answered.',
    sql: `select q.id from questions q
            join ledger_transfers t on t.id = ${leg(2)}
           where not exists (select from question_answers a where a.question_id = q.id)`,
  },
  {
    sentence: 'A question is still open long after its live ended.',
    sql: `select o.question_id as id from open_questions o join stage_sessions s on s.id = o.session_id
           where s.ended_at + ${GRACE} < now()`,
  },
  {
    sentence: 'The votes of a question are not counted right.',
    sql: `select coalesce(v.id, c.question_id) as id
            from (select question_id as id, count(*) as votes from question_votes group by 1) as v
            full join question_vote_counts c on c.question_id = v.id
           where coalesce(v.votes, 0) <> coalesce(c.votes, 0)`,
  },
];

/**
 * Looks for questions whose escrow does not agree with their state. Answers one sentence for each rule that is broken,
 * with some of the rows; none when all is well. Reads everything.
 */
export function auditQuestions(db: Queryable): Promise<string[]> {
  return brokenRules(db, RULES);
}
