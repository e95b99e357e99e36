import type { Queryable } from '../db/database.ts';
import { type AuditRule, brokenRules } from '../ledger/index.ts';

/** What must be true of matches, and the rows for which it is not. */
const RULES: readonly AuditRule[] = [
  {
    sentence: 'The score of a side is not the Coins of the gifts that count.',
    sql: `select s.match_id as id from match_sides s
            left join match_starts r on r.match_id = s.match_id
            left join match_ends e on e.match_id = s.match_id
            left join lateral (
              select sum(g.coins) as coins from gifts g
               where g.creator_id = s.user_id and g.committed > r.from_committed
                 and g.committed <= coalesce(e.to_committed, (select relayed from gift_relay))) as given on true
           where s.coins <> coalesce(given.coins, 0)`,
  },
  {
    sentence: 'A match is not in exactly one state.',
    sql: `select m.id from matches m
            left join open_matches o on o.match_id = m.id
            left join match_starts r on r.match_id = m.id
            left join match_ends e on e.match_id = m.id
            left join match_cancels c on c.match_id = m.id
           where num_nonnulls(o.match_id, e.match_id, c.match_id) <> 1
              or (o.is_running and r.match_id is null) or (not o.is_running and r.match_id is not null)
              or (c.match_id is not null and r.match_id is not null)`,
  },
  {
    sentence: 'A match was won by somebody who did not have the most.',
    sql: `select e.match_id as id from match_ends e
            left join lateral (
              select s.user_id from match_sides s
               where s.match_id = e.match_id
                 and s.coins > all (select o.coins from match_sides o
                                     where o.match_id = s.match_id and o.user_id <> s.user_id)) as most on true
           where e.why = 'time' and e.winner_id is distinct from most.user_id`,
  },
  {
    sentence: 'An open match is missing a side, or somebody is held by a match that is over.',
    sql: `select coalesce(o.match_id, s.match_id) as id
            from open_match_sides o
            full join (select s.match_id, s.user_id from match_sides s join open_matches m using (match_id)) as s
              on s.match_id = o.match_id and s.user_id = o.user_id
           where o.match_id is null or s.match_id is null`,
  },
];

/**
 * Counts the scores of matches anew and looks for matches that cannot be. Answers one sentence for each rule that is
 * broken, with some of the rows; none when all is well. Reads everything.
 */
export function auditMatches(db: Queryable): Promise<string[]> {
  return brokenRules(db, RULES);
}
