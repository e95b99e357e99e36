import type { Queryable } from '../db/database.ts';
import type { FormulaInputs, NewRate, RateInputs } from './rules.ts';

export interface RateRow {
  readonly version: number;
  readonly centsNumerator: bigint;
  readonly unitsDenominator: bigint;
  readonly announcedAt: Date;
  readonly effectiveFrom: Date;
  readonly inputs: RateInputs;
  readonly reason: string;
}

const COLUMNS = `version, cents_numerator as "centsNumerator", units_denominator as "unitsDenominator",
  coalesce(announced_at, effective_from) as "announcedAt", effective_from as "effectiveFrom", inputs, reason`;

/** Holds the making of versions until the transaction ends: numbers follow each other, and each sees the one before. */
export async function lockRates(tx: Queryable): Promise<void> {
  await tx.query("select pg_advisory_xact_lock(hashtextextended('carat rate versions', 0))");
}

/** The number of the newest version; 0 when there is none. */
export async function newestVersion(db: Queryable): Promise<number> {
  const [row] = await db.query<{ version: number | null }>(
    'select max(version) as version from rate_versions',
  );
  return row?.version ?? 0;
}

/** The version in force at an instant and all that start later, in the order of their starts. */
export async function ratesFrom(db: Queryable, at: Date): Promise<RateRow[]> {
  return db.query<RateRow>(
    `select ${COLUMNS} from rate_versions
      where effective_from >= coalesce((select max(effective_from) from rate_versions where effective_from <= $1),
                                       '-infinity'::timestamptz)
      order by rate_versions.effective_from, version`,
    [at],
  );
}

/** The version in force at an instant; before the first one, the first. */
export async function rateInForce(db: Queryable, at: Date): Promise<RateRow | null> {
  const [row] = await db.query<RateRow>(
    `(select ${COLUMNS} from rate_versions v where v.effective_from <= $1
       order by v.effective_from desc, version desc limit 1)
     union all
     (select ${COLUMNS} from rate_versions v order by v.effective_from, version limit 1)
     limit 1`,
    [at],
  );
  return row ?? null;
}

export interface HistoryFilter {
  readonly method: RateInputs['method'] | null;
  /** Starts at this instant or later; `null` = no bound. */
  readonly from: Date | null;
  /** Starts before this instant. */
  readonly to: Date | null;
}

/** The versions before `before` (all when `null`), newest first. */
export async function rateHistory(
  db: Queryable,
  filter: HistoryFilter,
  before: number | null,
  limit: number,
): Promise<RateRow[]> {
  return db.query<RateRow>(
    `select ${COLUMNS} from rate_versions v
      where ($1::integer is null or version < $1)
        and ($2::text is null or inputs ->> 'method' = $2)
        and ($3::timestamptz is null or v.effective_from >= $3)
        and ($4::timestamptz is null or v.effective_from < $4)
      order by version desc limit $5`,
    [before, filter.method, filter.from, filter.to, limit],
  );
}

/** One version, or `null` when there is none with this number. */
export async function rateOfVersion(db: Queryable, version: number): Promise<RateRow | null> {
  const [row] = await db.query<RateRow>(`select ${COLUMNS} from rate_versions where version = $1`, [version]);
  return row ?? null;
}

/** Whether a policy of these versions, both included, has made a rate. */
export async function madeByPolicy(db: Queryable, first: number, last: number): Promise<boolean> {
  const rows = await db.query(
    `select from rate_versions where inputs ->> 'method' = 'policy'
        and (inputs ->> 'policyVersion')::integer between $1 and $2 limit 1`,
    [first, last],
  );
  return rows.length > 0;
}

/** The last start that the formula has told; `null` when it told none. */
export async function lastFormulaStart(db: Queryable): Promise<Date | null> {
  const [row] = await db.query<{ start: Date | null }>(
    `select max(effective_from) as start from rate_versions where origin like 'formula:%'`,
  );
  return row?.start ?? null;
}

/** Adds the next version under the lock, and answers its number. */
export async function insertRate(tx: Queryable, rate: NewRate): Promise<number> {
  const version = (await newestVersion(tx)) + 1;
  await tx.query(
    `insert into rate_versions
       (version, cents_numerator, units_denominator, announced_at, effective_from, inputs, reason, origin)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      version,
      rate.centsPerUnit.numerator,
      rate.centsPerUnit.denominator,
      rate.announcedAt,
      rate.effectiveFrom,
      JSON.stringify(rate.inputs),
      rate.reason,
      rate.origin,
    ],
  );
  return version;
}

/** Whether the formula ran for a day (`YYYY-MM-DD`, UTC). */
export async function formulaRan(db: Queryable, day: string): Promise<boolean> {
  return (await db.query('select from rate_formula_days where day = $1', [day])).length > 0;
}

export interface FormulaDay {
  readonly day: string;
  readonly inputs: FormulaInputs;
  readonly centsNumerator: bigint;
  readonly unitsDenominator: bigint;
  readonly version: number | null;
  readonly computedAt: Date;
}

export async function insertFormulaDay(tx: Queryable, row: FormulaDay): Promise<void> {
  await tx.query(
    `insert into rate_formula_days (day, inputs, cents_numerator, units_denominator, version, computed_at)
     values ($1, $2, $3, $4, $5, $6)`,
    [
      row.day,
      JSON.stringify(row.inputs),
      row.centsNumerator,
      row.unitsDenominator,
      row.version,
      row.computedAt,
    ],
  );
}

/** The newest day on which the formula ran; `null` when it never did. */
export async function newestFormulaDay(db: Queryable): Promise<FormulaDay | null> {
  const [row] = await db.query<FormulaDay>(
    `select day, inputs, cents_numerator as "centsNumerator", units_denominator as "unitsDenominator", version,
            computed_at as "computedAt" from rate_formula_days order by day desc limit 1`,
  );
  return row ?? null;
}
