import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { Queryable } from '../db/database.ts';
import { FORBIDDEN, NOT_FOUND } from '../http/refusals.ts';
import { holdsRole } from '../identity/index.ts';
import { APPROVAL_ASKER_LEFT } from './refusals.ts';
import { type Approval, mayNotDecide } from './rules.ts';
import { approvalById, insertDecision, lockSubject } from './store.ts';

/**
 * Approves or rejects what another operator asked for. Call it in the transaction that acts on it: of two operators
 * at once one decides, and the deed and the decision are there together or not at all.
 *
 * Refuses with `not_found`, `forbidden` (no operator any more), `approval_is_your_own`, `approval_expired`,
 * `approval_is_over`, `approval_changed` or `approval_asker_left`.
 */
export async function decideApproval(
  tx: Queryable,
  decision: {
    readonly approvalId: Uuid;
    /** Of this kind, or it is `not_found`: an approval of one thing is none of another. */
    readonly kind: string;
    readonly by: Uuid;
    readonly verdict: 'approved' | 'rejected';
    /** The hash of what the operator saw. */
    readonly bodyHash: Buffer;
    /** A rejection has one. */
    readonly reason: string | null;
    /** Milliseconds since 1970. */
    readonly nowMs: number;
  },
): Promise<Approval> {
  const found = await approvalById(tx, decision.approvalId);
  if (found === null || found.kind !== decision.kind) throw new Refusal(NOT_FOUND);
  await lockSubject(tx, found.kind, found.subjectId);
  const approval = await requireDecidable(tx, decision);
  const { by, verdict, reason, nowMs } = decision;
  const decided = { verdict, by, reason, at: new Date(nowMs) };
  await insertDecision(tx, approval, decided);
  return { ...approval, decision: decided };
}

/** What `decideApproval` would decide on now; refuses as it does. For a deed that commits elsewhere. */
export async function requireDecidable(
  tx: Queryable,
  decision: Parameters<typeof decideApproval>[1],
): Promise<Approval> {
  const approval = await approvalById(tx, decision.approvalId);
  if (approval === null || approval.kind !== decision.kind) throw new Refusal(NOT_FOUND);
  const { by, verdict, nowMs } = decision;
  if (!(await holdsRole(tx, by, ['operator']))) throw new Refusal(FORBIDDEN, { role: 'operator' });
  const refusal = mayNotDecide(approval, { by, seen: decision.bodyHash, nowMs });
  if (refusal !== null) throw refusal;
  if (verdict === 'approved' && !(await holdsRole(tx, approval.askedBy, ['operator', 'support']))) {
    throw new Refusal(APPROVAL_ASKER_LEFT);
  }
  return approval;
}
