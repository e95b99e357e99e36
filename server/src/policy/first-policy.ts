import type { Database } from '../db/database.ts';
import { PRESETS } from './presets.ts';
import { insertPolicyVersion, lockPolicyVersions, policyVersions } from './store.ts';
import { validDocument } from './valid-document.ts';

/** A house without a policy gets version 1, the preset `carat`, in force since 1970. */
export async function ensureFirstPolicy(db: Database): Promise<void> {
  await db.transaction(async (tx) => {
    await lockPolicyVersions(tx);
    if ((await policyVersions(tx)).length > 0) return;
    await insertPolicyVersion(tx, {
      version: 1,
      preset: 'carat',
      document: validDocument(PRESETS.carat.document),
      effectiveFrom: new Date(0),
      author: null,
      reason: 'The preset that a new house starts with.',
    });
  });
}
