import type { Uuid } from '../core/ids.ts';
import type { Database, Queryable } from '../db/database.ts';
import type { SimulationInputs } from './inputs.ts';
import type { SimulationResult } from './model/lines.ts';
import type { Phase } from './model/simulate.ts';

export type Ending = 'done' | 'canceled' | 'failed';

/** A run, how far it is, and what became of it; the result itself is asked for by itself. */
export interface SimulationRow {
  readonly id: Uuid;
  readonly askedBy: Uuid;
  readonly askedAt: Date;
  readonly inputs: SimulationInputs;
  readonly inputsHash: Buffer;
  readonly repeats: Uuid | null;
  /** `null` before it was begun. */
  readonly begunAt: Date | null;
  /** When the first day began; `null` before. */
  readonly daysBegunAt: Date | null;
  readonly phase: Phase | null;
  readonly day: number | null;
  /** `null` while it is not over. */
  readonly ending: Ending | null;
  readonly endedAt: Date | null;
  readonly byId: Uuid | null;
  readonly note: string | null;
  readonly modelVersion: number | null;
  readonly resultHash: Buffer | null;
  /** What both sides came to over the whole run; `null` unless it is done. */
  readonly sums: { readonly now: unknown; readonly proposed: unknown } | null;
}

const SELECT = `select s.id, s.asked_by as "askedBy", s.asked_at as "askedAt", s.inputs, s.inputs_hash as "inputsHash",
    s.repeats, p.begun_at as "begunAt",
    p.days_begun_at as "daysBegunAt", p.phase, p.day, e.ending, e.ended_at as "endedAt", e.by_id as "byId", e.note,
    e.model_version as "modelVersion", e.result_hash as "resultHash",
    case when e.ending = 'done' then
      jsonb_build_object('now', e.now_sums, 'proposed', e.proposed_sums) end as sums
  from simulations s
  left join simulation_progress p on p.simulation_id = s.id
  left join simulation_endings e on e.simulation_id = s.id`;

/** Lets one operator ask for one run at a time; ends with the transaction. */
export async function lockAsker(tx: Queryable, userId: Uuid): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('simulations of ' || $1, 0))`, [userId]);
}

export async function openRunsOf(db: Queryable, userId: Uuid): Promise<number> {
  const [row] = await db.query<{ open: number }>(
    `select count(*)::integer as open from simulations s where s.asked_by = $1
        and not exists (select from simulation_endings e where e.simulation_id = s.id)`,
    [userId],
  );
  return row?.open ?? 0;
}

/** How many runs somebody asked for since, and when the first of them. */
export async function runsAskedSince(
  db: Queryable,
  userId: Uuid,
  since: Date,
): Promise<{ readonly runs: number; readonly first: Date | null }> {
  const [row] = await db.query<{ runs: number; first: Date | null }>(
    `select count(*)::integer as runs, min(asked_at) as first from simulations
      where asked_by = $1 and asked_at > $2`,
    [userId, since],
  );
  return row ?? { runs: 0, first: null };
}

/** Removes some of the runs that ended before an instant, with all that they came to. */
export function removeRunsBefore(db: Database, before: Date, limit: number): Promise<number> {
  return db.transaction(async (tx) => {
    const ended = await tx.query<{ id: Uuid }>(
      `delete from simulation_endings where simulation_id in (
         select simulation_id from simulation_endings where ended_at < $1
          order by ended_at limit $2) returning simulation_id as id`,
      [before, limit],
    );
    const ids = ended.map(({ id }) => id);
    await tx.query('delete from simulation_progress where simulation_id = any($1::uuid[])', [ids]);
    await tx.query('delete from simulations where id = any($1::uuid[])', [ids]);
    return ended.length;
  });
}

/** Whether another process of this database is running one; cheaper than to try. */
export async function isRunLocked(db: Queryable, key: string): Promise<boolean> {
  const [row] = await db.query<{ locked: boolean }>(
    `select exists (
       select from pg_locks
        where locktype = 'advisory' and granted and objsubid = 1
          and database = (select oid from pg_database where datname = current_database())
          and (classid::bigint << 32) | objid::bigint = $1::bigint) as locked`,
    [key],
  );
  return row?.locked === true;
}

export async function insertSimulation(
  tx: Queryable,
  row: Pick<SimulationRow, 'id' | 'askedBy' | 'askedAt' | 'inputs' | 'inputsHash' | 'repeats'>,
): Promise<void> {
  await tx.query(
    `insert into simulations (id, asked_by, asked_at, inputs, inputs_hash, repeats)
     values ($1, $2, $3, $4, $5, $6)`,
    [row.id, row.askedBy, row.askedAt, JSON.stringify(row.inputs), row.inputsHash, row.repeats],
  );
}

export async function simulationById(db: Queryable, id: Uuid): Promise<SimulationRow | undefined> {
  const [row] = await db.query<SimulationRow>(`${SELECT} where s.id = $1`, [id]);
  return row;
}

/** What a run came to; `undefined` unless it is done. */
export async function resultOf(db: Queryable, id: Uuid): Promise<SimulationResult | undefined> {
  const [row] = await db.query<{ result: SimulationResult | null }>(
    'select result from simulation_endings where simulation_id = $1',
    [id],
  );
  return row?.result ?? undefined;
}

/** Runs, newest first. */
export async function simulationsPage(
  db: Queryable,
  before: { readonly at: Date; readonly id: Uuid } | null,
  limit: number,
): Promise<SimulationRow[]> {
  return db.query<SimulationRow>(
    `${SELECT} where $1::timestamptz is null or (s.asked_at, s.id) < ($1, $2::uuid)
      order by s.asked_at desc, s.id desc limit $3`,
    [before?.at ?? null, before?.id ?? null, limit],
  );
}

/** The run that is next, or in hand: the one that was asked for first of those that are not over. */
export async function nextSimulation(db: Queryable): Promise<SimulationRow | undefined> {
  const [row] = await db.query<SimulationRow>(
    `${SELECT} where e.simulation_id is null order by s.asked_at, s.id limit 1`,
  );
  return row;
}

/** How many runs come before this one. */
export async function runsAhead(db: Queryable, { id, askedAt }: SimulationRow): Promise<number> {
  const [row] = await db.query<{ ahead: number }>(
    `select count(*)::integer as ahead from simulations s where (s.asked_at, s.id) < ($1, $2::uuid)
        and not exists (select from simulation_endings e where e.simulation_id = s.id)`,
    [askedAt, id],
  );
  return row?.ahead ?? 0;
}

/** Other runs of the same inputs that came to an end, oldest first, at most ten. */
export async function runsAlike(
  db: Queryable,
  { id, inputsHash }: SimulationRow,
): Promise<{ readonly id: Uuid; readonly resultHash: Buffer; readonly modelVersion: number }[]> {
  return db.query(
    `select s.id, e.result_hash as "resultHash", e.model_version as "modelVersion"
       from simulations s join simulation_endings e on e.simulation_id = s.id
      where s.inputs_hash = $1 and s.id <> $2 and e.ending = 'done' order by s.asked_at, s.id limit 10`,
    [inputsHash, id],
  );
}

/** Writes down that a run begins; how often it was begun, this time included. */
export async function beginRun(db: Queryable, id: Uuid, at: Date): Promise<number> {
  const [row] = await db.query<{ begun: number }>(
    `insert into simulation_progress as p (simulation_id, begun, begun_at, phase, day, told_at)
     values ($1, 1, $2, 'opening', 0, $2)
     on conflict (simulation_id) do update
       set begun = p.begun + 1, begun_at = excluded.begun_at, phase = 'opening', day = 0, days_begun_at = null,
           told_at = excluded.told_at
     returning begun`,
    [id, at],
  );
  return row?.begun ?? 1;
}

/** Writes down how far a run is. `false` when it is over: somebody canceled it. */
export async function tellProgress(
  db: Queryable,
  id: Uuid,
  progress: { readonly phase: Phase; readonly day: number; readonly at: Date },
): Promise<boolean> {
  const rows = await db.query(
    `update simulation_progress
        set phase = $2::text, day = $3, told_at = $4::timestamptz,
            days_begun_at = case when $2::text <> 'opening' then coalesce(days_begun_at, $4::timestamptz) end
      where simulation_id = $1 and not exists (select from simulation_endings where simulation_id = $1)
      returning 1`,
    [id, progress.phase, progress.day, progress.at],
  );
  return rows.length > 0;
}

/** The run goes on another time: it was not its fault that it did not come to an end. */
export async function putRunBack(db: Queryable, id: Uuid): Promise<void> {
  await db.query('delete from simulation_progress where simulation_id = $1', [id]);
}

export interface EndingRow {
  readonly id: Uuid;
  readonly endedAt: Date;
  readonly ending: Ending;
  readonly byId?: Uuid;
  readonly note?: string;
  readonly done?: {
    readonly modelVersion: number;
    readonly result: SimulationResult;
    readonly resultHash: Buffer;
  };
}

/** Ends a run, once. `false` when it was over already. */
export async function insertEnding(tx: Queryable, row: EndingRow): Promise<boolean> {
  const rows = await tx.query(
    `insert into simulation_endings (simulation_id, ended_at, ending, by_id, note, model_version, result, result_hash)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (simulation_id) do nothing returning 1`,
    [
      row.id,
      row.endedAt,
      row.ending,
      row.byId ?? null,
      row.note ?? null,
      row.done?.modelVersion ?? null,
      row.done === undefined ? null : JSON.stringify(row.done.result),
      row.done?.resultHash ?? null,
    ],
  );
  return rows.length > 0;
}
