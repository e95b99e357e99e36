import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { Database } from '../db/database.ts';
import { refreshPolicies } from './current-policy.ts';
import { POLICY_NOT_LATER } from './refusals.ts';
import { policyOf } from './rules.ts';
import type { Policy, PresetName } from './schema.ts';
import { insertPolicyVersion, lockPolicyVersions, policyVersions } from './store.ts';
import { validDocument } from './valid-document.ts';

/**
 * Puts a new version of the policy in force from an instant on. Versions are in the order of their starts.
 *
 * Refuses with `invalid_request` (a field is unknown, missing or out of its bounds), `policy_invalid`
 * (two numbers do not fit each other) or `policy_not_later`.
 */
export async function adoptPolicy(
  db: Database,
  asked: {
    readonly document: unknown;
    readonly preset: PresetName;
    readonly effectiveFrom: Date;
    readonly author: Uuid | null;
    readonly reason: string;
    /** Milliseconds since 1970; the start may not be before it. */
    readonly nowMs: number;
  },
): Promise<Policy> {
  const document = validDocument(asked.document);
  const policy = await db.transaction(async (tx) => {
    await lockPolicyVersions(tx);
    const last = (await policyVersions(tx)).at(-1);
    const fromMs = asked.effectiveFrom.getTime();
    if (fromMs < asked.nowMs || (last !== undefined && fromMs <= last.effectiveFrom.getTime())) {
      throw new Refusal(
        POLICY_NOT_LATER,
        { previousFrom: last?.effectiveFrom.toISOString() ?? null },
        '/effectiveFrom',
      );
    }
    const row = { ...asked, document, version: (last?.version ?? 0) + 1 };
    await insertPolicyVersion(tx, row);
    return policyOf(document, row);
  });
  await refreshPolicies(db);
  return policy;
}
