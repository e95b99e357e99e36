import type { Database } from '../db/database.ts';
import { currentPolicy, type Policy } from '../policy/index.ts';
import { type Rate, rateAfter } from './rules.ts';
import { insertRate, newestRate, type RateRow, rateOfVersion } from './store.ts';

/**
 * The rate in force. When the policy in force has moved the number, the next version is written first, so every
 * rate that was ever used is a version with its inputs. Safe from several processes: a version is written once.
 * @param atMs milliseconds since 1970; now unless told. Hand in `clock.now()`.
 */
export async function currentRate(db: Database, atMs: number = Date.now()): Promise<Rate> {
  const policy = await currentPolicy(db, atMs);
  const known = settled.get(db);
  if (known !== undefined && known.policyVersion === policy.version) return known.rate;
  const rate = await settle(db, policy, atMs);
  settled.set(db, { policyVersion: policy.version, rate });
  return rate;
}

// A rate changes only with the policy, so the version made for the policy in force need not be asked for again.
const settled = new WeakMap<Database, { policyVersion: number; rate: Rate }>();

async function settle(db: Database, policy: Policy, atMs: number): Promise<Rate> {
  for (let tries = 0; tries < 5; tries += 1) {
    const row = await newestRate(db);
    const newest = row === null ? null : rateOf(row);
    const next = rateAfter(newest, policy, atMs);
    if (newest !== null && next === null) return newest;
    if (next !== null) await insertRate(db, rowOf(next));
  }
  throw new Error('the rate did not settle: several policies seem to be in force at once');
}

/** The rate of one version, or `null` when there is none with this number. */
export async function rateAt(db: Database, version: number): Promise<Rate | null> {
  const row = await rateOfVersion(db, version);
  return row === null ? null : rateOf(row);
}

export function rateOf(row: RateRow): Rate {
  return {
    version: row.version,
    centsPerUnit: { numerator: row.centsNumerator, denominator: row.unitsDenominator },
    effectiveFrom: row.effectiveFrom,
    inputs: row.inputs,
    reason: row.reason,
  };
}

function rowOf(rate: Rate): RateRow {
  return {
    version: rate.version,
    centsNumerator: rate.centsPerUnit.numerator,
    unitsDenominator: rate.centsPerUnit.denominator,
    effectiveFrom: rate.effectiveFrom,
    inputs: rate.inputs,
    reason: rate.reason,
  };
}
