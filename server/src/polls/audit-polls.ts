import type { Queryable } from '../db/database.ts';
import { type AuditRule, brokenRules } from '../ledger/index.ts';

/** What must be true of votes, and the rows for which it is not. */
const RULES: readonly AuditRule[] = [
  {
    sentence: 'A vote neither runs nor has ended, or does both.',
    sql: `select p.id from polls p
            left join open_polls o on o.poll_id = p.id left join poll_endings e on e.poll_id = p.id
           where num_nonnulls(o.poll_id, e.poll_id) <> 1`,
  },
  {
    sentence: 'A free vote ended with another result than its votes add up to.',
    sql: `select p.id from polls p join poll_endings e on e.poll_id = p.id
           where p.kind = 'poll' and e.votes <> (
             select array_agg((select count(*) from poll_votes v where v.poll_id = p.id and v.place = no) order by no)
               from generate_series(1, jsonb_array_length(p.options)) as no)`,
  },
  {
    sentence: 'A gift vote ended with other Coins than were given with the gifts of its options.',
    sql: `select p.id from polls p join poll_endings e on e.poll_id = p.id
           where p.kind = 'giftVote' and e.votes <> (
             select array_agg((
                      select coalesce(sum(g.coins), 0)::bigint from gifts g
                       where g.session_id = p.session_id and g.catalogue_id = option->'gift'->>'id'
                         and g.committed > p.from_committed and g.committed <= e.to_committed) order by no)
               from jsonb_array_elements(p.options) with ordinality as options (option, no))`,
  },
  {
    sentence: 'A running gift vote has counted other Coins than were shown.',
    sql: `select p.id from polls p join open_polls o on o.poll_id = p.id join poll_coins c on c.poll_id = p.id
           where c.coins <> (select coalesce(sum(g.coins), 0) from gifts g
                              where g.session_id = p.session_id and g.catalogue_id = c.gift_id
                                and g.committed > p.from_committed
                                and g.committed <= coalesce(o.to_committed, (select relayed from gift_relay)))`,
  },
  {
    sentence: 'A vote is for an option that there is not, or came after the end.',
    sql: `select v.poll_id as id from poll_votes v join polls p on p.id = v.poll_id
           where p.kind <> 'poll' or v.place > jsonb_array_length(p.options) or v.voted_at >= p.ends_at
              or v.voter_id = p.creator_id`,
  },
  {
    sentence: 'A vote still runs long after its time, or after its live.',
    sql: `select o.poll_id as id from open_polls o join stage_sessions s on s.id = o.session_id
           where least(o.ends_at, s.ended_at) + interval '10 minutes' < now()`,
  },
];

/**
 * Looks for votes whose result is not what their votes or gifts add up to. Answers one sentence for each rule that is
 * broken, with some of the rows; none when all is well. Reads everything.
 */
export function auditPolls(db: Queryable): Promise<string[]> {
  return brokenRules(db, RULES);
}
