import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import type { Match, Side, WhyCanceled, WhyEnded } from './match.ts';

const MATCH = `m.id, m.asked_by as "askedBy", m.asked_at as "askedAt", m.expires_at as "expiresAt", m.seconds,
  m.policy_version as "policyVersion", r.started_at as "startedAt", r.ends_at as "endsAt",
  r.from_committed as "fromCommitted", e.ended_at as "endedAt", e.to_committed as "toCommitted",
  e.why as "whyEnded", c.why as "whyCanceled", c.at as "canceledAt", coalesce(e.by_id, c.by_id) as "byId",
  e.winner_id as "winnerId"`;
const MATCH_FROM = `matches m left join match_starts r on r.match_id = m.id
  left join match_ends e on e.match_id = m.id left join match_cancels c on c.match_id = m.id`;
const SIDE = `s.user_id as "userId", s.stage_id as "stageId", s.session_id as "sessionId", u.handle,
  u.display_name as "displayName", u.avatar, s.accepted_at as "acceptedAt", s.coins`;

export async function matchById(db: Queryable, id: Uuid): Promise<Match | undefined> {
  const [match] = await db.query<Omit<Match, 'sides'>>(`select ${MATCH} from ${MATCH_FROM} where m.id = $1`, [
    id,
  ]);
  return match === undefined ? undefined : { ...match, sides: await sidesOf(db, id) };
}

async function sidesOf(db: Queryable, matchId: Uuid): Promise<Side[]> {
  return db.query<Side>(
    `select ${SIDE} from match_sides s join users u on u.id = s.user_id where s.match_id = $1 order by s.place`,
    [matchId],
  );
}

/** The match that one of these people is asked to or plays in. */
export async function openMatchOf(db: Queryable, userIds: readonly Uuid[]): Promise<Uuid | undefined> {
  const [row] = await db.query<{ id: Uuid }>(
    'select match_id as id from open_match_sides where user_id = any($1::uuid[]) limit 1',
    [userIds],
  );
  return row?.id;
}

/** Running matches, the newest first. */
export async function runningMatches(db: Queryable, limit: number): Promise<Match[]> {
  const matches = await db.query<Omit<Match, 'sides'>>(
    `select ${MATCH} from ${MATCH_FROM} join open_matches o on o.match_id = m.id
      where o.is_running order by r.started_at desc, m.id desc limit $1`,
    [limit],
  );
  const sides = await db.query<Side & { readonly matchId: Uuid }>(
    `select s.match_id as "matchId", ${SIDE} from match_sides s join users u on u.id = s.user_id
      where s.match_id = any($1::uuid[]) order by s.match_id, s.place`,
    [matches.map(({ id }) => id)],
  );
  return matches.map((match) => ({
    ...match,
    sides: sides.filter(({ matchId }) => matchId === match.id).map(({ matchId: _of, ...side }) => side),
  }));
}

/** The last match that one of these people played and that ended after `since`. */
export async function endedMatchOf(
  db: Queryable,
  userIds: readonly Uuid[],
  since: Date,
): Promise<Uuid | undefined> {
  const [row] = await db.query<{ id: Uuid }>(
    `select e.match_id as id from match_ends e join match_sides s on s.match_id = e.match_id
      where e.ended_at > $2 and s.user_id = any($1::uuid[]) order by e.ended_at desc limit 1`,
    [userIds, since],
  );
  return row?.id;
}

/** Those of these people who declined a match of this asker since then, or of whom the asker took one back. */
export async function askedInVain(
  db: Queryable,
  askerId: Uuid,
  userIds: readonly Uuid[],
  since: Date,
): Promise<
  { readonly userId: Uuid; readonly answer: 'declined' | 'withdrawn'; readonly answeredAt: Date }[]
> {
  return db.query(
    `select s.user_id as "userId", c.why as answer, c.at as "answeredAt"
       from match_cancels c join matches m on m.id = c.match_id join match_sides s on s.match_id = c.match_id
      where c.at > $3 and m.asked_by = $1 and s.user_id = any($2::uuid[])
        and (c.why = 'withdrawn' or c.why = 'declined' and c.by_id = s.user_id)`,
    [askerId, userIds, since],
  );
}

export async function insertMatch(
  tx: Queryable,
  match: Pick<Match, 'id' | 'askedBy' | 'askedAt' | 'expiresAt' | 'seconds' | 'policyVersion'>,
  sides: readonly Pick<Side, 'userId' | 'stageId' | 'sessionId' | 'acceptedAt'>[],
): Promise<void> {
  await tx.query(
    `insert into matches (id, asked_by, asked_at, expires_at, seconds, policy_version)
     values ($1, $2, $3, $4, $5, $6)`,
    [match.id, match.askedBy, match.askedAt, match.expiresAt, match.seconds, match.policyVersion],
  );
  await tx.query('insert into open_matches (match_id) values ($1)', [match.id]);
  for (const [place, side] of sides.entries()) {
    await tx.query(
      `insert into match_sides (match_id, user_id, place, stage_id, session_id, accepted_at)
       values ($1, $2, $3, $4, $5, $6)`,
      [match.id, side.userId, place, side.stageId, side.sessionId, side.acceptedAt],
    );
    await tx.query('insert into open_match_sides (user_id, match_id) values ($1, $2)', [
      side.userId,
      match.id,
    ]);
  }
}

/** Holds a match until `tx` ends; false when it is over. The relay and stages are locked before it, rooms after it. */
export async function lockMatch(tx: Queryable, id: Uuid): Promise<boolean> {
  const rows = await tx.query('select from open_matches where match_id = $1 for update', [id]);
  return rows.length > 0;
}

export async function acceptSide(tx: Queryable, matchId: Uuid, userId: Uuid, at: Date): Promise<void> {
  await tx.query(
    'update match_sides set accepted_at = $3 where match_id = $1 and user_id = $2 and accepted_at is null',
    [matchId, userId, at],
  );
}

/** The last gift that the ledger took; every gift committed before it can be read. */
export async function lastCommitted(tx: Queryable): Promise<bigint> {
  const [row] = await tx.query<{ committed: bigint }>(
    'select committed from gifts order by committed desc limit 1',
  );
  return row?.committed ?? 0n;
}

export async function insertStart(
  tx: Queryable,
  start: { readonly id: Uuid; readonly at: Date; readonly endsAt: Date; readonly fromCommitted: bigint },
): Promise<void> {
  await tx.query(
    'insert into match_starts (match_id, started_at, ends_at, from_committed) values ($1, $2, $3, $4)',
    [start.id, start.at, start.endsAt, start.fromCommitted],
  );
  await tx.query('update open_matches set is_running = true where match_id = $1', [start.id]);
}

/** Coins of the gifts to each of these people that were committed after `from` and up to `to`. */
export async function coinsBetween(
  db: Queryable,
  userIds: readonly Uuid[],
  from: bigint,
  to: bigint,
): Promise<Map<Uuid, bigint>> {
  const rows = await db.query<{ userId: Uuid; coins: bigint }>(
    `select creator_id as "userId", sum(coins)::bigint as coins from gifts
      where committed > $2 and committed <= $3 and creator_id = any($1::uuid[]) group by 1`,
    [userIds, from, to],
  );
  return new Map(rows.map(({ userId, coins }) => [userId, coins]));
}

export async function insertEnd(
  tx: Queryable,
  end: {
    readonly id: Uuid;
    readonly at: Date;
    readonly toCommitted: bigint;
    readonly why: WhyEnded;
    readonly byId: Uuid | null;
    readonly winnerId: Uuid | null;
  },
  coins: ReadonlyMap<Uuid, bigint>,
): Promise<void> {
  await tx.query(
    `update match_sides s set coins = final.coins, told = final.coins
       from unnest($2::uuid[], $3::bigint[]) as final (user_id, coins)
      where s.match_id = $1 and s.user_id = final.user_id`,
    [end.id, [...coins.keys()], [...coins.values()]],
  );
  await tx.query(
    `insert into match_ends (match_id, ended_at, to_committed, why, by_id, winner_id)
     values ($1, $2, $3, $4, $5, $6)`,
    [end.id, end.at, end.toCommitted, end.why, end.byId, end.winnerId],
  );
  await tx.query('delete from open_matches where match_id = $1', [end.id]);
}

export async function insertCancel(
  tx: Queryable,
  cancel: { readonly id: Uuid; readonly at: Date; readonly why: WhyCanceled; readonly byId: Uuid | null },
): Promise<void> {
  await tx.query('insert into match_cancels (match_id, at, why, by_id) values ($1, $2, $3, $4)', [
    cancel.id,
    cancel.at,
    cancel.why,
    cancel.byId,
  ]);
  await tx.query('delete from open_matches where match_id = $1', [cancel.id]);
}

/** The stages that show a match: those of its sides, and of whoever is live together with them. In order of id. */
export async function stagesOfMatch(db: Queryable, matchId: Uuid): Promise<Uuid[]> {
  const rows = await db.query<{ id: Uuid }>(
    `select stage_id as id from match_sides where match_id = $1
      union
     select other.stage_id from match_sides s
       join company_members own on own.user_id = s.user_id
       join company_members other on other.company_id = own.company_id
      where s.match_id = $1 and s.accepted_at is not null
      order by 1`,
    [matchId],
  );
  return rows.map(({ id }) => id);
}

// --- While it runs --------------------------------------------------------------------------------------------

/** True while a match runs. Asked once a turn of the relay. */
export const SOME_MATCH_RUNS = 'exists (select from open_matches where is_running)';

/** Adds gifts to the scores of the matches that run. Sides are locked in the order of their keys, as by `takeTelling`. */
export async function addToScores(
  tx: Queryable,
  gifts: readonly { readonly creatorId: Uuid; readonly coins: bigint; readonly committed: bigint }[],
): Promise<void> {
  await tx.query(
    `with given as (
       select side.match_id, side.user_id, sum(g.coins) as coins
         from unnest($1::uuid[], $2::bigint[], $3::bigint[]) as g (creator_id, coins, committed)
         join open_match_sides side on side.user_id = g.creator_id
         join match_starts r on r.match_id = side.match_id and g.committed > r.from_committed
        group by 1, 2),
     held as materialized (
       select s.match_id, s.user_id from match_sides s
        where (s.match_id, s.user_id) in (select match_id, user_id from given)
        order by s.match_id, s.user_id for no key update)
     update match_sides s set coins = s.coins + given.coins
       from held join given using (match_id, user_id)
      where s.match_id = given.match_id and s.user_id = given.user_id`,
    [
      gifts.map(({ creatorId }) => creatorId),
      gifts.map(({ coins }) => coins),
      gifts.map(({ committed }) => committed),
    ],
  );
}

/** An open match as the house looks at it again and again. */
export interface OpenMatch {
  readonly id: Uuid;
  readonly isRunning: boolean;
  readonly expiresAt: Date;
  readonly endsAt: Date | null;
  /** Whether the scores are others than the stages were told. */
  readonly hasNews: boolean;
  /** A side whose live ended. */
  readonly endedLiveOf: Uuid | null;
  /** A side that is not with the others any more. */
  readonly leftBy: Uuid | null;
}

/** Those of which something is due first come first, so that none is passed over however many there are. */
export async function openMatches(db: Queryable, limit: number): Promise<OpenMatch[]> {
  return db.query<OpenMatch>(
    `select o.match_id as id, o.is_running as "isRunning", m.expires_at as "expiresAt", r.ends_at as "endsAt",
            state.news as "hasNews", state.ended as "endedLiveOf", state.left_by as "leftBy"
       from open_matches o join matches m on m.id = o.match_id left join match_starts r on r.match_id = o.match_id
      cross join lateral (
        select bool_or(s.coins <> s.told) as news,
               (array_agg(s.user_id order by x.ended_at) filter (where x.ended_at is not null))[1] as ended,
               (array_agg(s.user_id order by s.place) filter (where o.is_running and c.user_id is null))[1] as left_by
          from match_sides s join stage_sessions x on x.id = s.session_id
          left join company_members c on c.user_id = s.user_id and c.session_id = s.session_id
         where s.match_id = o.match_id) as state
      order by coalesce(r.ends_at, m.expires_at) limit $1`,
    [limit],
  );
}

/** Who left a match first, by what is kept of stays: of two who are apart now, the one that went. */
export async function whoLeft(db: Queryable, matchId: Uuid): Promise<Uuid | undefined> {
  const [row] = await db.query<{ id: Uuid }>(
    `select s.user_id as id from match_sides s join company_stays c
         on c.user_id = s.user_id and c.session_id = s.session_id
       join match_starts r on r.match_id = s.match_id
      where s.match_id = $1 and c.left_at >= r.started_at and c.why <> 'alone' order by c.left_at, c.place limit 1`,
    [matchId],
  );
  return row?.id;
}

/**
 * Takes the turn to tell the stages the scores of a match; false when it is over, somebody else has it, or it was told
 * less than 250 ms ago by the database's clock.
 */
export async function takeTelling(tx: Queryable, matchId: Uuid): Promise<boolean> {
  const rows = await tx.query(
    `select from open_matches where match_id = $1 and is_running
        and told_at <= clock_timestamp() - interval '250 milliseconds' for update skip locked`,
    [matchId],
  );
  if (rows.length === 0) return false;
  await tx.query('update open_matches set told_at = clock_timestamp() where match_id = $1', [matchId]);
  await tx.query('select from match_sides where match_id = $1 order by user_id for no key update', [matchId]);
  await tx.query('update match_sides set told = coins where match_id = $1 and told <> coins', [matchId]);
  return true;
}

// --- To recompute ---------------------------------------------------------------------------------------------

/** A gift that counts in a match. */
export interface CountedGift {
  readonly id: Uuid;
  readonly committed: bigint;
  readonly sentAt: Date;
  readonly senderId: Uuid;
  readonly creatorId: Uuid;
  readonly stageId: Uuid;
  readonly catalogueId: string;
  readonly quantity: number;
  readonly coins: bigint;
}

/** Gifts to these people committed after `from` and up to `to`, in the order of their commits. */
export async function countedGifts(
  db: Queryable,
  userIds: readonly Uuid[],
  from: bigint,
  to: bigint,
  limit: number,
): Promise<CountedGift[]> {
  return db.query<CountedGift>(
    `select id, committed, sent_at as "sentAt", sender_id as "senderId", creator_id as "creatorId",
            stage_id as "stageId", catalogue_id as "catalogueId", quantity, coins
       from gifts where committed > $2 and committed <= $3 and creator_id = any($1::uuid[])
      order by committed limit $4`,
    [userIds, from, to, limit],
  );
}
