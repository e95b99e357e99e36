import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import type { KeptDocument } from './rules.ts';
import type { PresetName } from './schema.ts';

export interface PolicyRow {
  readonly version: number;
  readonly preset: PresetName;
  readonly document: KeptDocument;
  readonly effectiveFrom: Date;
}

/** Every version, oldest first. There are few: an operator writes each by hand. */
export function policyVersions(db: Queryable): Promise<PolicyRow[]> {
  return db.query<PolicyRow>(
    `select version, preset, document, effective_from as "effectiveFrom"
       from policy_versions order by version`,
  );
}

/** Lets one writer at a time add a version; ends with the transaction. */
export async function lockPolicyVersions(tx: Queryable): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtext('policy_versions'))`);
}

export async function insertPolicyVersion(
  tx: Queryable,
  row: PolicyRow & { readonly author: Uuid | null; readonly reason: string },
): Promise<void> {
  await tx.query(
    `insert into policy_versions (version, preset, document, effective_from, author, reason)
     values ($1, $2, $3, $4, $5, $6)`,
    [row.version, row.preset, JSON.stringify(row.document), row.effectiveFrom, row.author, row.reason],
  );
}
