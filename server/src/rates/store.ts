import type { Queryable } from '../db/database.ts';
import type { RateInputs } from './rules.ts';

export interface RateRow {
  readonly version: number;
  readonly centsNumerator: bigint;
  readonly unitsDenominator: bigint;
  readonly effectiveFrom: Date;
  readonly inputs: RateInputs;
  readonly reason: string;
}

const COLUMNS = `version, cents_numerator as "centsNumerator", units_denominator as "unitsDenominator",
  effective_from as "effectiveFrom", inputs, reason`;

/** The newest version of all, in force or announced. */
export async function newestRate(db: Queryable): Promise<RateRow | null> {
  const [row] = await db.query<RateRow>(`select ${COLUMNS} from rate_versions order by version desc limit 1`);
  return row ?? null;
}

/** The versions before `before` (all when `null`), newest first. */
export async function rateHistory(db: Queryable, before: number | null, limit: number): Promise<RateRow[]> {
  return db.query<RateRow>(
    `select ${COLUMNS} from rate_versions where $1::integer is null or version < $1
     order by version desc limit $2`,
    [before, limit],
  );
}

/** One version, or `null` when there is none with this number. */
export async function rateOfVersion(db: Queryable, version: number): Promise<RateRow | null> {
  const [row] = await db.query<RateRow>(`select ${COLUMNS} from rate_versions where version = $1`, [version]);
  return row ?? null;
}

/** Adds a version. When another process added the same one first, that one stands. */
export async function insertRate(db: Queryable, rate: RateRow): Promise<void> {
  await db.query(
    `insert into rate_versions (version, cents_numerator, units_denominator, effective_from, inputs, reason)
     values ($1, $2, $3, $4, $5, $6) on conflict (version) do nothing`,
    [
      rate.version,
      rate.centsNumerator,
      rate.unitsDenominator,
      rate.effectiveFrom,
      JSON.stringify(rate.inputs),
      rate.reason,
    ],
  );
}
