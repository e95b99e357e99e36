import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import type { Contribution, HypeEnd, HypeNow } from './hype.ts';
import type { WarmUp } from './rules.ts';

const NOW = `h.id, h.stage_id as "stageId", h.session_id as "sessionId", h.started_at as "startedAt",
  h.from_committed as "fromCommitted", h.policy_version as "policyVersion",
  case when e.hype_id is not null then 'ended' when o.ended_how is not null then 'closing' else 'running' end as state,
  coalesce(e.coins, o.coins) as coins, coalesce(e.filled, o.filled) as filled,
  coalesce(e.ended_at, o.ends_at) as "endsAt", coalesce(e.ended_how, o.ended_how) as "endedHow",
  coalesce(e.to_committed, o.to_committed) as "toCommitted",
  coalesce(e.supporters, (select count(*)::integer from hype_contributions c where c.hype_id = h.id)) as supporters`;
const NOW_FROM = `hypes h left join open_hypes o on o.hype_id = h.id left join hype_endings e on e.hype_id = h.id`;

// --- Hypes ----------------------------------------------------------------------------------------------------

export async function hypeById(db: Queryable, id: Uuid): Promise<HypeNow | undefined> {
  const [hype] = await db.query<HypeNow>(`select ${NOW} from ${NOW_FROM} where h.id = $1`, [id]);
  return hype;
}

/** The newest hype of a live, running or over. */
export async function newestOf(db: Queryable, sessionId: Uuid): Promise<HypeNow | undefined> {
  const [hype] = await db.query<HypeNow>(
    `select ${NOW} from ${NOW_FROM} where h.session_id = $1 order by h.started_at desc, h.id desc limit 1`,
    [sessionId],
  );
  return hype;
}

/** The one of a stage that got furthest, of those that have ended. */
export async function bestOf(db: Queryable, stageId: Uuid): Promise<HypeNow | undefined> {
  const [hype] = await db.query<HypeNow>(
    `select ${NOW} from ${NOW_FROM}
      where h.id = (select hype_id from hype_endings where stage_id = $1 order by coins desc, ended_at limit 1)`,
    [stageId],
  );
  return hype;
}

// --- Counting, as gifts are shown -----------------------------------------------------------------------------

/** What one turn of the relay brought in one live. */
export interface LiveTurn {
  readonly sessionId: Uuid;
  readonly stageId: Uuid;
  readonly coins: bigint;
  readonly lastCommitted: bigint;
}

/** A live that was given something, with its running hype as it is with that, or whether one may begin. */
export type CountedTurn = LiveTurn &
  (
    | {
        readonly hypeId: Uuid;
        readonly total: bigint;
        readonly filled: number;
        readonly policyVersion: number;
      }
    | { readonly hypeId: null; readonly mayBegin: boolean }
  );

/**
 * Adds the Coins of a turn to the hypes that run, and says of the other lives whether one may begin there. One
 * statement for all stages; the relay's row is locked, so nobody begins or ends one meanwhile.
 */
export async function countTurn(
  tx: Queryable,
  turns: readonly LiveTurn[],
  now: Date,
): Promise<CountedTurn[]> {
  return tx.query<CountedTurn>(
    `with given as (
       select * from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[])
                       as g (session_id, stage_id, coins, last_committed)),
     ran as (
       update open_hypes o set coins = o.coins + g.coins, counted_to = g.last_committed
         from given g where o.session_id = g.session_id and o.to_committed is null
       returning o.session_id, o.hype_id, o.coins, o.filled, o.policy_version)
     select g.session_id as "sessionId", g.stage_id as "stageId", g.coins, g.last_committed as "lastCommitted",
            r.hype_id as "hypeId", r.coins as total, r.filled, r.policy_version as "policyVersion",
            coalesce(m.is_on, true) and coalesce(m.rests_until <= $5, true)
              and not exists (select from open_hypes o where o.session_id = g.session_id) as "mayBegin"
       from given g left join ran r on r.session_id = g.session_id
       left join hype_meters m on m.stage_id = g.stage_id`,
    [
      turns.map(({ sessionId }) => sessionId),
      turns.map(({ stageId }) => stageId),
      turns.map(({ coins }) => coins),
      turns.map(({ lastCommitted }) => lastCommitted),
      now,
    ],
  );
}

/** The warm-ups of a live; those up to `until` are too old and go. */
export async function warmUpsOf(tx: Queryable, sessionId: Uuid, until: bigint): Promise<WarmUp[]> {
  await tx.query('delete from hype_warm_ups where session_id = $1 and turn_committed <= $2', [
    sessionId,
    until,
  ]);
  return readWarmUps(tx, sessionId, until);
}

export async function readWarmUps(db: Queryable, sessionId: Uuid, after: bigint): Promise<WarmUp[]> {
  return db.query<WarmUp>(
    `select sender_id as "senderId", turn_committed as "turnCommitted", first_committed as "firstCommitted", coins
       from hype_warm_ups where session_id = $1 and turn_committed > $2`,
    [sessionId, after],
  );
}

export async function keepWarmUps(tx: Queryable, sessionId: Uuid, warmUps: readonly WarmUp[]): Promise<void> {
  await tx.query(
    `insert into hype_warm_ups (session_id, sender_id, turn_committed, first_committed, coins)
     select $1, * from unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[])`,
    [
      sessionId,
      warmUps.map(({ senderId }) => senderId),
      warmUps.map(({ turnCommitted }) => turnCommitted),
      warmUps.map(({ firstCommitted }) => firstCommitted),
      warmUps.map(({ coins }) => coins),
    ],
  );
}

export async function forgetWarmUps(tx: Queryable, sessionId: Uuid): Promise<void> {
  await tx.query('delete from hype_warm_ups where session_id = $1', [sessionId]);
}

export async function forgetWarmUpsOn(tx: Queryable, stageId: Uuid): Promise<void> {
  await tx.query(
    `delete from hype_warm_ups w using stage_sessions s where s.id = w.session_id and s.stage_id = $1`,
    [stageId],
  );
}

/** Nothing begins any more in a live that has ended. */
export async function forgetWarmUpsOfEnded(db: Queryable): Promise<void> {
  await db.query(
    `delete from hype_warm_ups where ctid = any(array(
       select w.ctid from hype_warm_ups w join stage_sessions s on s.id = w.session_id
        where s.ended_at is not null limit 10000 for update of w skip locked))`,
  );
}

export async function insertHype(
  tx: Queryable,
  hype: {
    readonly id: Uuid;
    readonly stageId: Uuid;
    readonly sessionId: Uuid;
    readonly startedAt: Date;
    readonly fromCommitted: bigint;
    readonly policyVersion: number;
    readonly coins: bigint;
    readonly countedTo: bigint;
    readonly filled: number;
    readonly endsAt: Date;
  },
): Promise<void> {
  await tx.query(
    `insert into hypes (id, stage_id, session_id, started_at, from_committed, policy_version)
     values ($1, $2, $3, $4, $5, $6)`,
    [hype.id, hype.stageId, hype.sessionId, hype.startedAt, hype.fromCommitted, hype.policyVersion],
  );
  await tx.query(
    `insert into open_hypes (session_id, hype_id, stage_id, policy_version, coins, counted_to, filled, ends_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      hype.sessionId,
      hype.id,
      hype.stageId,
      hype.policyVersion,
      hype.coins,
      hype.countedTo,
      hype.filled,
      hype.endsAt,
    ],
  );
  await tx.query(`insert into hype_tellings (hype_id, summed_to, told, told_at) values ($1, $2, '', $3)`, [
    hype.id,
    hype.fromCommitted,
    hype.startedAt,
  ]);
}

/** A level was filled: its countdown begins anew. */
export async function raiseLevel(tx: Queryable, hypeId: Uuid, filled: number, endsAt: Date): Promise<void> {
  await tx.query('update open_hypes set filled = $2, ends_at = $3 where hype_id = $1', [
    hypeId,
    filled,
    endsAt,
  ]);
}

// --- Contributions --------------------------------------------------------------------------------------------

/**
 * Adds to a running hype's contributions what was given since they were added up last. Holds its telling until `tx`
 * ends; false when somebody else tells of it, told of it after `toldBy`, or it has ended.
 */
export async function sumContributions(tx: Queryable, hypeId: Uuid, toldBy: Date | null): Promise<boolean> {
  const [telling] = await tx.query<{ summedTo: bigint }>(
    toldBy === null
      ? 'select summed_to as "summedTo" from hype_tellings where hype_id = $1 for update'
      : `select summed_to as "summedTo" from hype_tellings where hype_id = $1 and told_at <= $2
            for update skip locked`,
    toldBy === null ? [hypeId] : [hypeId, toldBy],
  );
  if (telling === undefined) return false;
  await tx.query(
    `with open as (select session_id, counted_to from open_hypes where hype_id = $1),
     summed as (
       insert into hype_contributions (hype_id, sender_id, coins)
       select $1, g.sender_id, sum(g.coins) from open o join gifts g on g.session_id = o.session_id
        where g.committed > $2 and g.committed <= o.counted_to group by g.sender_id
       on conflict (hype_id, sender_id) do update set coins = hype_contributions.coins + excluded.coins)
     update hype_tellings t set summed_to = o.counted_to from open o
      where t.hype_id = $1 and o.counted_to > t.summed_to`,
    [hypeId, telling.summedTo],
  );
  return true;
}

/** Who gave most, first. */
export async function topOf(db: Queryable, hypeId: Uuid, limit: number): Promise<Contribution[]> {
  return db.query<Contribution>(
    `select sender_id as "senderId", coins from hype_contributions
      where hype_id = $1 order by coins desc, sender_id limit $2`,
    [hypeId, limit],
  );
}

export async function contributionOf(db: Queryable, hypeId: Uuid, senderId: Uuid): Promise<bigint> {
  const [row] = await db.query<{ coins: bigint }>(
    'select coins from hype_contributions where hype_id = $1 and sender_id = $2',
    [hypeId, senderId],
  );
  return row?.coins ?? 0n;
}

// --- Telling --------------------------------------------------------------------------------------------------

/** A running hype and whether its room may have to be told of it. */
export interface OpenHype {
  readonly id: Uuid;
  readonly stageId: Uuid;
  readonly endsAt: Date;
  readonly endedHow: HypeEnd | null;
  readonly liveEnded: boolean;
  readonly coins: bigint;
  readonly told: string;
  readonly toldAt: Date;
}

const OPEN = `o.hype_id as id, o.stage_id as "stageId", o.ends_at as "endsAt", o.ended_how as "endedHow",
  s.ended_at is not null as "liveEnded", o.coins, t.told, t.told_at as "toldAt"`;
const OPEN_FROM = `open_hypes o join stage_sessions s on s.id = o.session_id join hype_tellings t using (hype_id)`;

/** All that run or are being counted. */
export async function openHypes(db: Queryable): Promise<OpenHype[]> {
  return db.query<OpenHype>(`select ${OPEN} from ${OPEN_FROM} order by o.hype_id`);
}

/** Holds a running hype until `tx` ends; `undefined` when it has ended. */
export async function lockOpen(tx: Queryable, hypeId: Uuid): Promise<OpenHype | undefined> {
  const [open] = await tx.query<OpenHype>(
    `select ${OPEN} from ${OPEN_FROM} where o.hype_id = $1 for update of o`,
    [hypeId],
  );
  return open;
}

export async function markTold(tx: Queryable, hypeId: Uuid, told: string, at: Date): Promise<void> {
  await tx.query('update hype_tellings set told = $2, told_at = $3 where hype_id = $1', [hypeId, told, at]);
}

// --- Ending ---------------------------------------------------------------------------------------------------

/** From here on it takes no more gifts. */
export async function markEnded(
  tx: Queryable,
  hypeId: Uuid,
  ended: {
    readonly how: HypeEnd;
    readonly at: Date;
    readonly toCommitted: bigint;
    readonly restsUntil: Date;
  },
): Promise<void> {
  await tx.query(
    `with ended as (
       update open_hypes set ended_how = $2, ended_at = $3, to_committed = $4 where hype_id = $1 returning stage_id)
     insert into hype_meters (stage_id, rests_until) select stage_id, $5 from ended
     on conflict (stage_id) do update set rests_until = excluded.rests_until`,
    [hypeId, ended.how, ended.at, ended.toCommitted, ended.restsUntil],
  );
}

/** Keeps what it came to for ever, and what it took to count it no longer. */
export async function keepEnding(
  tx: Queryable,
  hypeId: Uuid,
  result: { readonly coins: bigint; readonly filled: number; readonly gave: ReadonlyMap<Uuid, bigint> },
): Promise<void> {
  await tx.query('delete from hype_tellings where hype_id = $1', [hypeId]);
  await tx.query(
    `insert into hype_contributions (hype_id, sender_id, coins)
     select $1, * from unnest($2::uuid[], $3::bigint[])
     on conflict (hype_id, sender_id) do update set coins = excluded.coins
      where hype_contributions.coins <> excluded.coins`,
    [hypeId, [...result.gave.keys()], [...result.gave.values()]],
  );
  await tx.query(
    `insert into hype_endings (hype_id, stage_id, ended_at, ended_how, to_committed, coins, filled, supporters)
     select hype_id, stage_id, ended_at, ended_how, to_committed, $2, $3, $4 from open_hypes where hype_id = $1`,
    [hypeId, result.coins, result.filled, result.gave.size],
  );
  await tx.query('delete from open_hypes where hype_id = $1', [hypeId]);
}

// --- The meter of a stage -------------------------------------------------------------------------------------

export interface Meter {
  readonly isOn: boolean;
  /** No hype begins before; `null` = it has rested. */
  readonly restsUntil: Date | null;
}

export async function meterOf(db: Queryable, stageId: Uuid): Promise<Meter> {
  const [meter] = await db.query<Meter>(
    'select is_on as "isOn", rests_until as "restsUntil" from hype_meters where stage_id = $1',
    [stageId],
  );
  return meter ?? { isOn: true, restsUntil: null };
}

export async function switchMeter(tx: Queryable, stageId: Uuid, isOn: boolean): Promise<void> {
  await tx.query(
    `insert into hype_meters (stage_id, is_on) values ($1, $2)
     on conflict (stage_id) do update set is_on = excluded.is_on`,
    [stageId, isOn],
  );
}

/** The hype that runs on a stage. */
export async function runningOn(db: Queryable, stageId: Uuid): Promise<Uuid | undefined> {
  const [row] = await db.query<{ id: Uuid }>('select hype_id as id from open_hypes where stage_id = $1', [
    stageId,
  ]);
  return row?.id;
}

export async function creatorOf(db: Queryable, stageId: Uuid): Promise<Uuid> {
  const [row] = await db.query<{ id: Uuid }>('select creator_id as id from stages where id = $1', [stageId]);
  if (row === undefined) throw new Error(`a hype on no stage: ${stageId}`);
  return row.id;
}
