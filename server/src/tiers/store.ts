import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import type { Tier, TierInputs } from './rules.ts';

const COLUMNS = `id, creator_id as "creatorId", day, effective_from as "effectiveFrom", name,
  yield_basis_points as "yieldBasisPoints", policy_version as "policyVersion"`;

export async function tierOf(db: Queryable, id: Uuid): Promise<Tier | undefined> {
  const [row] = await db.query<Tier>(`select ${COLUMNS} from creator_tiers where id = $1`, [id]);
  return row;
}

/** The tier of a creator that starts last, in force or not; `undefined` when they never had one. */
export async function newestTier(db: Queryable, creatorId: Uuid): Promise<Tier | undefined> {
  const [row] = await db.query<Tier>(
    `select ${COLUMNS} from creator_tiers where creator_id = $1 order by effective_from desc limit 1`,
    [creatorId],
  );
  return row;
}

/** The tiers of everybody in force at an instant or later, that give more than the plain yield or follow one that did. */
export async function tiersFrom(db: Queryable, at: Date): Promise<Tier[]> {
  return db.query<Tier>(
    `select ${COLUMNS} from (
       select t.*, max(yield_basis_points) over (partition by creator_id) as best
         from creator_tiers t
        where t.effective_from >= coalesce((select max(b.effective_from) from creator_tiers b
                                             where b.creator_id = t.creator_id and b.effective_from <= $1),
                                           '-infinity'::timestamptz)) as kept
      where best > 10000 order by kept.effective_from`,
    [at],
  );
}

/** How many creators have more than the plain yield at an instant, by their yield, the highest first. */
export async function creatorsByYield(
  db: Queryable,
  at: Date,
): Promise<{ readonly yieldBasisPoints: number; readonly creators: number }[]> {
  return db.query(
    `select yield_basis_points as "yieldBasisPoints", count(*)::integer as creators
       from (select distinct on (creator_id) yield_basis_points from creator_tiers t
              where t.effective_from <= $1 order by creator_id, t.effective_from desc) as in_force
      where yield_basis_points > 10000 group by yield_basis_points order by yield_basis_points desc`,
    [at],
  );
}

export interface CreatorInputs extends TierInputs {
  readonly creatorId: Uuid;
}

/**
 * What the tiers of creators after `after`, in order of their ids, are made from: followers now, and what was watched and
 * given from `from` to before `to` (days, UTC). Lives count on the day that they began.
 */
export async function inputsOf(
  db: Queryable,
  asked: { readonly after: Uuid | null; readonly only: Uuid | null; from: string; to: string; limit: number },
): Promise<CreatorInputs[]> {
  return db.query<CreatorInputs>(
    `with creators as (
       select s.creator_id, s.id as stage_id, u.followers from stages s join users u on u.id = s.creator_id
        where ($1::uuid is null or s.creator_id > $1) and ($2::uuid is null or s.creator_id = $2)
        order by s.creator_id limit $5)
     select c.creator_id as "creatorId", c.followers,
            coalesce((select sum(w.viewer_minutes) from stage_sessions x join live_watch w on w.session_id = x.id
                       where x.stage_id = c.stage_id and x.started_at >= $3::date and x.started_at < $4::date),
                     0)::bigint as "viewerMinutes",
            coalesce((select sum(d.coins) from creator_earning_days d
                       where d.creator_id = c.creator_id and d.day >= $3::date and d.day < $4::date), 0)::bigint
            -- What a lost payment took back of those days' gifts was given by nobody.
            - coalesce((select sum(v.coins) from earning_reversals v join earnings e on e.id = v.earning_id
                         where v.creator_id = c.creator_id
                           and (e.earned_at at time zone 'UTC')::date >= $3::date
                           and (e.earned_at at time zone 'UTC')::date < $4::date), 0)::bigint as coins
       from creators c order by c.creator_id`,
    [asked.after, asked.only, asked.from, asked.to, asked.limit],
  );
}

/** Lets one process make the tiers of a day; ends with the transaction. */
export async function lockTiers(tx: Queryable): Promise<void> {
  await tx.query("select pg_advisory_xact_lock(hashtextextended('carat creator tiers', 0))");
}

export async function tiersMade(db: Queryable, day: string): Promise<boolean> {
  return (await db.query('select from creator_tier_days where day = $1', [day])).length > 0;
}

export async function insertTier(tx: Queryable, tier: Tier, inputs: object, at: Date): Promise<void> {
  await tx.query(
    `insert into creator_tiers (id, creator_id, day, effective_from, name, yield_basis_points, policy_version, inputs,
                                computed_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (creator_id, day) do nothing`,
    [
      tier.id,
      tier.creatorId,
      tier.day,
      tier.effectiveFrom,
      tier.name,
      tier.yieldBasisPoints,
      tier.policyVersion,
      JSON.stringify(inputs),
      at,
    ],
  );
}

export async function insertTierDay(tx: Queryable, day: string, creators: number, at: Date): Promise<void> {
  await tx.query(
    'insert into creator_tier_days (day, creators, computed_at) values ($1, $2, $3) on conflict do nothing',
    [day, creators, at],
  );
}
