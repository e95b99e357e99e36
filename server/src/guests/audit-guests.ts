import type { Queryable } from '../db/database.ts';
import { type AuditRule, brokenRules } from '../ledger/index.ts';
import { TOGETHER_MAX } from './rules.ts';

/** What must be true of creators who are live together, and the rows for which it is not. */
const RULES: readonly AuditRule[] = [
  {
    sentence: `A company is of one alone, or of more than ${TOGETHER_MAX}.`,
    sql: `select company_id as id from company_members group by 1
           having count(*) not between 2 and ${TOGETHER_MAX}`,
  },
  {
    sentence: 'A gift to a guest was given in no company, or one that was not to a guest in one.',
    sql: `select coalesce(g.id, k.gift_id) as id
            from (select id from gifts where home_stage_id is not null) as g
            full join guest_gifts k on k.gift_id = g.id
           where g.id is null or k.gift_id is null`,
  },
  {
    sentence: 'A gift was given in a company in which its receiver or its stage never was.',
    sql: `select k.gift_id as id from guest_gifts k join gifts g on g.id = k.gift_id
           where not exists (select from (select company_id, user_id, stage_id from company_members
                                           union all select company_id, user_id, stage_id from company_stays) as m
                              where m.company_id = k.company_id and m.user_id = g.creator_id
                                and m.stage_id = g.home_stage_id)
              or not exists (select from (select company_id, stage_id from company_members
                                           union all select company_id, stage_id from company_stays) as m
                              where m.company_id = k.company_id and m.stage_id = g.stage_id)`,
  },
];

/**
 * Looks for companies that cannot be and gifts to guests who were not there. Answers one sentence for each rule that is
 * broken, with some of the rows; none when all is well. Reads everything.
 */
export function auditGuests(db: Queryable): Promise<string[]> {
  return brokenRules(db, RULES);
}
