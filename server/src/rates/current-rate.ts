import assert from 'node:assert/strict';
import type { Database, Queryable } from '../db/database.ts';
import { currentPolicy, type Policy, policyVersions } from '../policy/index.ts';
import { inForce, type NewRate, type Rate, rateOfPolicy, setsRate } from './rules.ts';
import {
  insertRate,
  lastFormulaStart,
  lockRates,
  madeByPolicy,
  newestVersion,
  type RateRow,
  rateInForce,
  rateOfVersion,
  ratesFrom,
} from './store.ts';

/** How old the versions in memory may be. Each is told days before it starts, so none starts unseen. */
const KEPT_MS = 5_000;

interface Known {
  /** The version in force when they were read and all that start later, in the order of their starts. */
  readonly rates: readonly Rate[];
  /** The newest policy when they were read: a newer one may set the rate. */
  readonly policyVersion: number;
  readonly readAtMs: number;
}

const known = new WeakMap<Database, Known>();
const reading = new WeakMap<Database, Promise<Known>>();

/**
 * The rate in force at an instant. What the policies say has become a version before, so every rate that was ever used
 * is one, with its inputs. Safe from several processes: a version is written once.
 * @param atMs milliseconds since 1970; now unless told. Hand in `clock.now()`.
 */
export async function currentRate(db: Database, atMs: number = Date.now()): Promise<Rate> {
  return rateNow(db, atMs);
}

/** The same, at once when it is in memory: for hot paths. */
export function rateNow(db: Database, atMs: number): Rate | Promise<Rate> {
  const now = known.get(db);
  if (now === undefined || now.policyVersion !== policyVersions(db).at(-1)?.version)
    return readFirst(db, atMs);
  if (performance.now() - now.readAtMs > KEPT_MS) refreshRates(db, atMs).catch(() => {});
  return inForce(now.rates, atMs) ?? earlier(db, atMs);
}

/** Every version told so far that has not started. */
export async function announcedRates(db: Database, atMs: number): Promise<Rate[]> {
  await currentRate(db, atMs);
  return (await ratesFrom(db, new Date(atMs)))
    .map(rateOf)
    .filter(({ effectiveFrom }) => effectiveFrom.getTime() > atMs);
}

/** Reads the versions again, after making those that new policies ask for. */
export async function refreshRates(db: Database, atMs: number): Promise<void> {
  await read(db, atMs);
}

/** The rate of one version, or `null` when there is none with this number. */
export async function rateAt(db: Queryable, version: number): Promise<Rate | null> {
  const row = await rateOfVersion(db, version);
  return row === null ? null : rateOf(row);
}

export function rateOf(row: RateRow): Rate {
  return {
    version: row.version,
    centsPerUnit: { numerator: row.centsNumerator, denominator: row.unitsDenominator },
    announcedAt: row.announcedAt,
    effectiveFrom: row.effectiveFrom,
    inputs: row.inputs,
    reason: row.reason,
  };
}

async function readFirst(db: Database, atMs: number): Promise<Rate> {
  const now = await read(db, atMs);
  return inForce(now.rates, atMs) ?? earlier(db, atMs);
}

/** One reading at a time; who comes while one runs waits for it. */
function read(db: Database, atMs: number): Promise<Known> {
  const running = reading.get(db);
  if (running !== undefined) return running;
  const begun = (async () => {
    await currentPolicy(db, atMs);
    const policies = policyVersions(db);
    const policyVersion = policies.at(-1)?.version ?? 0;
    if (known.get(db)?.policyVersion !== policyVersion) await settle(db, policies, atMs);
    const fresh = {
      rates: (await ratesFrom(db, new Date(atMs))).map(rateOf),
      policyVersion,
      readAtMs: performance.now(),
    };
    known.set(db, fresh);
    return fresh;
  })().finally(() => reading.delete(db));
  reading.set(db, begun);
  return begun;
}

/** An instant before those in memory. */
async function earlier(db: Database, atMs: number): Promise<Rate> {
  const row = await rateInForce(db, new Date(atMs));
  assert(row !== null, 'the first version is made before anybody asks');
  return rateOf(row);
}

/** Makes the versions that policies ask for: of the one in force, and of those to come, as soon as they are known. */
async function settle(db: Database, policies: readonly Policy[], atMs: number): Promise<void> {
  if ((await asking(db, policies, atMs)).length === 0) return;
  await db.transaction(async (tx) => {
    await lockRates(tx);
    for (const asked of await asking(tx, policies, atMs)) await insertRate(tx, asked);
  });
}

async function asking(tx: Queryable, policies: readonly Policy[], atMs: number): Promise<NewRate[]> {
  const now = new Date(atMs);
  const current = inForce(policies, atMs);
  assert(current !== undefined, 'version 1 is in force since 1970');
  const isFirst = (await newestVersion(tx)) === 0;
  // What the formula has told comes all the same; the policy's own number follows it.
  const promised = (await lastFormulaStart(tx))?.getTime() ?? 0;
  const from = (policy: Policy) => new Date(Math.max(policy.effectiveFrom.getTime(), atMs, promised + 1));
  const rates: NewRate[] = [];
  if (isFirst) {
    rates.push(rateOfPolicy(current, { isFirst, announcedAt: now, effectiveFrom: now }));
  } else {
    const setter = policies.findLast(
      (policy, index) => policy.version <= current.version && setsRate(policy, policies[index - 1]),
    );
    const isMade = setter === undefined || (await madeByPolicy(tx, setter.version, current.version));
    if (setter !== undefined && !isMade) {
      rates.push(rateOfPolicy(setter, { isFirst, announcedAt: now, effectiveFrom: from(setter) }));
    }
  }
  for (const [index, policy] of policies.entries()) {
    if (policy.version <= current.version || !setsRate(policy, policies[index - 1])) continue;
    if (await madeByPolicy(tx, policy.version, policy.version)) continue;
    rates.push(rateOfPolicy(policy, { isFirst: false, announcedAt: now, effectiveFrom: from(policy) }));
  }
  return rates;
}
