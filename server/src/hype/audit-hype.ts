import type { Queryable } from '../db/database.ts';
import { type AuditRule, brokenRules } from '../ledger/index.ts';

/** What must be true of hypes, and the rows for which it is not. */
const RULES: readonly AuditRule[] = [
  {
    sentence: 'A hype neither runs nor has ended, or does both.',
    sql: `select h.id from hypes h
            left join open_hypes o on o.hype_id = h.id left join hype_endings e on e.hype_id = h.id
           where num_nonnulls(o.hype_id, e.hype_id) <> 1`,
  },
  {
    sentence: 'A hype came to other Coins, or other supporters, than were given in its time.',
    sql: `select h.id from hypes h join hype_endings e on e.hype_id = h.id
           cross join lateral (
             select coalesce(sum(g.coins), 0) as coins, count(distinct g.sender_id) as supporters from gifts g
              where g.session_id = h.session_id and g.committed > h.from_committed
                and g.committed <= e.to_committed) given
           where given.coins <> e.coins or given.supporters <> e.supporters`,
  },
  {
    sentence: 'A running hype has counted other Coins than were shown.',
    sql: `select h.id from hypes h join open_hypes o on o.hype_id = h.id
           where o.coins <> (select sum(g.coins) from gifts g
                              where g.session_id = h.session_id and g.committed > h.from_committed
                                and g.committed <= o.counted_to)`,
  },
  {
    sentence: 'A supporter of a hype is listed with other Coins than they gave.',
    sql: `select h.id from hypes h
            left join open_hypes o on o.hype_id = h.id left join hype_endings e on e.hype_id = h.id
            left join hype_tellings t on t.hype_id = h.id
            join hype_contributions c on c.hype_id = h.id
           where c.coins <> (select coalesce(sum(g.coins), 0) from gifts g
                              where g.session_id = h.session_id and g.sender_id = c.sender_id
                                and g.committed > h.from_committed
                                and g.committed <= coalesce(e.to_committed, t.summed_to))`,
  },
  {
    sentence: 'The contributions to a hype that ended are not all of it.',
    sql: `select e.hype_id as id from hype_endings e
           where e.coins <> (select coalesce(sum(c.coins), 0) from hype_contributions c where c.hype_id = e.hype_id)`,
  },
  {
    sentence: 'A hype still runs long after its time, or after its live.',
    sql: `select o.hype_id as id from open_hypes o join stage_sessions s on s.id = o.session_id
           where least(o.ends_at, s.ended_at) + interval '10 minutes' < now()`,
  },
];

/**
 * Looks for hypes that are not what was given. Answers one sentence for each rule that is broken, with some of the
 * rows; none when all is well. Reads everything.
 */
export function auditHypes(db: Queryable): Promise<string[]> {
  return brokenRules(db, RULES);
}
