import { createHash } from 'node:crypto';
import { canonicalJson } from '../core/canonical.ts';
import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import { APPROVAL_CHANGED, APPROVAL_EXPIRED, APPROVAL_IS_OVER, APPROVAL_IS_YOUR_OWN } from './refusals.ts';

export type Verdict = 'approved' | 'rejected' | 'withdrawn';
export type ApprovalState = 'open' | 'expired' | Verdict;

/** JSON without numbers that could lose digits: amounts are text. */
export type ApprovalBody = { readonly [field: string]: string | boolean | null | ApprovalBody };

/** What one operator asked another to approve, and what became of it. */
export interface Approval {
  readonly id: Uuid;
  /** `rate_draft`, `withdrawal` … */
  readonly kind: string;
  readonly subjectId: Uuid;
  readonly summary: string;
  readonly body: ApprovalBody;
  readonly bodyHash: Buffer;
  readonly askedBy: Uuid;
  readonly askedAt: Date;
  readonly expiresAt: Date;
  readonly decision: {
    readonly verdict: Verdict;
    readonly by: Uuid;
    readonly reason: string | null;
    readonly at: Date;
  } | null;
}

/** SHA-256 of what is asked for: its kind, its subject, its words and its body. */
export function approvalHash(asked: Pick<Approval, 'kind' | 'subjectId' | 'summary' | 'body'>): Buffer {
  const { kind, subjectId, summary, body } = asked;
  return createHash('sha256').update(canonicalJson({ kind, subjectId, summary, body })).digest();
}

export function approvalState(approval: Approval, nowMs: number): ApprovalState {
  if (approval.decision !== null) return approval.decision.verdict;
  return nowMs < approval.expiresAt.getTime() ? 'open' : 'expired';
}

/** Why this person may not decide on it now, having seen what hashes to `seen`; `null` when they may. */
export function mayNotDecide(
  approval: Approval,
  decider: { readonly by: Uuid; readonly seen: Buffer; readonly nowMs: number },
): Refusal | null {
  if (approval.askedBy === decider.by) return new Refusal(APPROVAL_IS_YOUR_OWN);
  const state = approvalState(approval, decider.nowMs);
  if (state === 'expired') return new Refusal(APPROVAL_EXPIRED, { at: approval.expiresAt.toISOString() });
  if (state !== 'open') return new Refusal(APPROVAL_IS_OVER, { verdict: state });
  if (!approval.bodyHash.equals(decider.seen)) return new Refusal(APPROVAL_CHANGED);
  return null;
}
