import { newId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { Queryable } from '../db/database.ts';
import { hasOtherOperator } from '../identity/index.ts';
import { NO_SECOND_OPERATOR } from './refusals.ts';
import { type Approval, type ApprovalBody, approvalHash, approvalState } from './rules.ts';
import { insertApproval, insertDecision, lockSubject, newestApproval } from './store.ts';

/**
 * Asks another operator to approve exactly this, until `expiresMs`. What was asked about the same thing before and is
 * still open is withdrawn. Call it in the transaction that makes the thing wait. Refuses with `no_second_operator`.
 */
export async function askApproval(
  tx: Queryable,
  asked: {
    /** `rate_draft`, `withdrawal` …; the slice that asks acts on the answer. */
    readonly kind: string;
    readonly subjectId: Uuid;
    /** One sentence for the other operator. */
    readonly summary: string;
    /** Everything that the approval is about, amounts as text. */
    readonly body: ApprovalBody;
    readonly by: Uuid;
    /** Milliseconds since 1970. */
    readonly nowMs: number;
    readonly expiresMs: number;
  },
): Promise<Approval> {
  if (!(await hasOtherOperator(tx, asked.by))) throw new Refusal(NO_SECOND_OPERATOR);
  await withdrawApproval(tx, asked);
  const row = {
    id: newId(),
    kind: asked.kind,
    subjectId: asked.subjectId,
    summary: asked.summary,
    body: asked.body,
    bodyHash: approvalHash(asked),
    askedBy: asked.by,
    askedAt: new Date(asked.nowMs),
    expiresAt: new Date(asked.expiresMs),
  };
  await insertApproval(tx, row);
  return { ...row, decision: null };
}

/** Takes back what is open about a thing, because it changed or is gone. False when nothing was open. */
export async function withdrawApproval(
  tx: Queryable,
  about: { readonly kind: string; readonly subjectId: Uuid; readonly by: Uuid; readonly nowMs: number },
): Promise<boolean> {
  await lockSubject(tx, about.kind, about.subjectId);
  const open = await newestApproval(tx, about.kind, about.subjectId);
  if (open === null || approvalState(open, about.nowMs) !== 'open') return false;
  const at = new Date(about.nowMs);
  await insertDecision(tx, open, { verdict: 'withdrawn', by: about.by, reason: null, at });
  return true;
}
