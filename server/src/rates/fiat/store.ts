import type { Uuid } from '../../core/ids.ts';
import type { Ratio } from '../../core/money.ts';
import type { Queryable } from '../../db/database.ts';

export interface FiatVersion {
  readonly version: number;
  readonly asOf: string;
  readonly source: string;
  readonly hash: Buffer;
  readonly takenAt: Date;
}

const COLUMNS = 'version, as_of as "asOf", source, hash, taken_at as "takenAt"';

/** The table in force at an instant; `undefined` before the first one. */
export async function fiatVersionAt(db: Queryable, at: Date): Promise<FiatVersion | undefined> {
  const [row] = await db.query<FiatVersion>(
    `select ${COLUMNS} from fiat_versions where taken_at <= $1 order by version desc limit 1`,
    [at],
  );
  return row;
}

/** The newest table of all. */
export async function newestFiatVersion(db: Queryable): Promise<FiatVersion | undefined> {
  const [row] = await db.query<FiatVersion>(
    `select ${COLUMNS} from fiat_versions order by version desc limit 1`,
  );
  return row;
}

interface RateText {
  readonly currency: string;
  readonly numerator: string;
  readonly denominator: string;
}

/** The rates of a table, in order of currency; of one currency when told. */
export async function fiatRatesOf(
  db: Queryable,
  version: number,
  currency: string | null = null,
): Promise<Map<string, Ratio>> {
  const rows = await db.query<RateText>(
    `select currency, numerator::text, denominator::text from fiat_rates
      where version = $1 and ($2::text is null or currency = $2) order by currency`,
    [version, currency],
  );
  return ratesOf(rows);
}

/** Adds a table. The watch is locked, so versions follow each other. */
export async function insertFiatVersion(
  tx: Queryable,
  row: FiatVersion,
  perUsd: ReadonlyMap<string, Ratio>,
): Promise<void> {
  await tx.query(
    'insert into fiat_versions (version, as_of, source, hash, taken_at) values ($1, $2, $3, $4, $5)',
    [row.version, row.asOf, row.source, row.hash, row.takenAt],
  );
  await tx.query(
    `insert into fiat_rates (version, currency, numerator, denominator)
     select $1, * from unnest($2::text[], $3::numeric[], $4::numeric[])`,
    [
      row.version,
      [...perUsd.keys()],
      [...perUsd.values()].map(({ numerator }) => numerator.toString()),
      [...perUsd.values()].map(({ denominator }) => denominator.toString()),
    ],
  );
}

export interface ParkedTable {
  readonly id: Uuid;
  readonly asOf: string;
  readonly source: string;
  readonly hash: Buffer;
  readonly rates: readonly RateText[];
  readonly moves: readonly ParkedMove[];
  readonly parkedAt: Date;
}

/** A move that was too far, as a person reads it. */
export interface ParkedMove {
  readonly currency: string;
  readonly from: string;
  readonly to: string;
  readonly basisPoints: string;
}

/** Parks a table; the same one stays parked as it was. Answers whether it is new. */
export async function parkTable(
  tx: Queryable,
  table: Omit<ParkedTable, 'rates'> & { readonly perUsd: ReadonlyMap<string, Ratio> },
): Promise<boolean> {
  const rates = [...table.perUsd].map(([currency, { numerator, denominator }]) => ({
    currency,
    numerator: numerator.toString(),
    denominator: denominator.toString(),
  }));
  const rows = await tx.query(
    `insert into fiat_parked (id, as_of, source, hash, rates, moves, parked_at)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict (hash) do nothing returning id`,
    [
      table.id,
      table.asOf,
      table.source,
      table.hash,
      JSON.stringify(rates),
      JSON.stringify(table.moves),
      table.parkedAt,
    ],
  );
  return rows.length > 0;
}

const PARKED_COLUMNS = 'id, as_of as "asOf", source, hash, rates, moves, parked_at as "parkedAt"';

/** The tables that wait for an operator, the oldest first. */
export async function parkedTables(db: Queryable): Promise<ParkedTable[]> {
  return db.query<ParkedTable>(
    `select ${PARKED_COLUMNS} from fiat_parked p
      where not exists (select from fiat_parked_endings e where e.parked_id = p.id) order by parked_at limit 50`,
  );
}

export async function parkedTable(db: Queryable, id: Uuid): Promise<ParkedTable | undefined> {
  const [row] = await db.query<ParkedTable>(`select ${PARKED_COLUMNS} from fiat_parked where id = $1`, [id]);
  return row;
}

/** Whether a parked table was taken; `undefined` while it waits. */
export async function endingOf(db: Queryable, id: Uuid): Promise<boolean | undefined> {
  const [row] = await db.query<{ taken: boolean }>(
    'select is_taken as taken from fiat_parked_endings where parked_id = $1',
    [id],
  );
  return row?.taken;
}

/** Keeps what an operator said about a parked table. */
export async function endParked(
  tx: Queryable,
  ending: { id: Uuid; isTaken: boolean; byId: Uuid; reason: string; at: Date },
): Promise<void> {
  await tx.query(
    `insert into fiat_parked_endings (parked_id, is_taken, by_id, reason, ended_at) values ($1, $2, $3, $4, $5)`,
    [ending.id, ending.isTaken, ending.byId, ending.reason, ending.at],
  );
}

export function ratesOf(rows: readonly RateText[]): Map<string, Ratio> {
  return new Map(
    rows.map(({ currency, numerator, denominator }) => [
      currency,
      { numerator: BigInt(numerator), denominator: BigInt(denominator) },
    ]),
  );
}

// --- The watch -----------------------------------------------------------------------------------------------

export interface FiatWatch {
  readonly source: string | null;
  readonly nextLookAt: Date;
  readonly lookedAt: Date | null;
  readonly outcome: 'taken' | 'same' | 'parked' | 'refused' | 'failed' | null;
  readonly detail: string | null;
}

export async function fiatWatch(db: Queryable): Promise<FiatWatch> {
  const [row] = await db.query<FiatWatch>(
    `select source, next_look_at as "nextLookAt", looked_at as "lookedAt", outcome, detail from fiat_watch`,
  );
  if (row === undefined) throw new Error('the watch of fiat rates has lost its row');
  return row;
}

/** Holds the watch until the transaction ends: tables are taken one after the other. */
export async function lockFiat(tx: Queryable): Promise<void> {
  await tx.query('select from fiat_watch for update');
}

/** Claims the next look at a source when it is due. Whoever fails after this is followed by another at `retryAt`. */
export async function claimLook(
  db: Queryable,
  { source, now, retryAt }: { source: string; now: Date; retryAt: Date },
): Promise<boolean> {
  const rows = await db.query(
    `update fiat_watch set source = $1, next_look_at = $3
      where next_look_at <= $2 or source is distinct from $1 returning 1`,
    [source, now, retryAt],
  );
  return rows.length > 0;
}

/** Keeps what a look came to. */
export async function keepLook(
  db: Queryable,
  look: { at: Date; outcome: NonNullable<FiatWatch['outcome']>; detail: string | null; nextAt: Date },
): Promise<void> {
  await db.query('update fiat_watch set looked_at = $1, outcome = $2, detail = $3, next_look_at = $4', [
    look.at,
    look.outcome,
    look.detail,
    look.nextAt,
  ]);
}

/** Whether operators are told now of the age of this table in force; of several processes one tells, and once. */
export async function claimWarning(tx: Queryable, version: number, isOver: boolean): Promise<boolean> {
  const rows = await tx.query(
    `update fiat_watch set warned_version = $1, warned_over = $2
      where warned_version is distinct from $1 or warned_over is distinct from $2 returning 1`,
    [version, isOver],
  );
  return rows.length > 0;
}
