import assert from 'node:assert/strict';
import type { Database } from '../db/database.ts';
import { ensureFirstPolicy } from './first-policy.ts';
import { policyAt, policyOf } from './rules.ts';
import type { Policy } from './schema.ts';
import { policyVersions as readVersions } from './store.ts';

/** How old the versions in memory may be while the server runs: a new one must be seen by every process. */
export const POLICY_REFRESH_MS = 5_000;

// Every version of each open database: past ones for receipts, future ones so that they start on time.
const known = new WeakMap<Database, readonly Policy[]>();

/**
 * The policy in force, from memory after the first time; a house without one gets the preset `carat`.
 * @param atMs milliseconds since 1970; now unless told. Hand in `clock.now()`.
 */
export async function currentPolicy(db: Database, atMs: number = Date.now()): Promise<Policy> {
  if (!known.has(db)) {
    await ensureFirstPolicy(db);
    await refreshPolicies(db);
  }
  return policyNow(db, atMs);
}

/** The policy in force, at once. For hot paths; the policy slice has started, or `currentPolicy` was awaited before. */
export function policyNow(db: Database, atMs: number = Date.now()): Policy {
  const policy = policyAt(versionsOf(db), atMs);
  assert(policy !== undefined, 'version 1 is in force since 1970');
  return policy;
}

/** One version by its number, for receipts; `undefined` when there is none. */
export function policyVersion(db: Database, version: number): Policy | undefined {
  return versionsOf(db).find((policy) => policy.version === version);
}

/** Every version that this process knows, oldest first. */
export function policyVersions(db: Database): readonly Policy[] {
  return versionsOf(db);
}

/** Reads the versions again. What was known stays when the database does not answer. */
export async function refreshPolicies(db: Database): Promise<void> {
  const rows = await readVersions(db);
  known.set(
    db,
    rows.map((row) => policyOf(row.document, row)),
  );
}

function versionsOf(db: Database): readonly Policy[] {
  const versions = known.get(db);
  assert(versions !== undefined, 'the policy was never read: start the policy slice or await currentPolicy');
  return versions;
}
