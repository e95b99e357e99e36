import type { Static } from 'typebox';
import { publicId, type Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import { peopleByIds } from '../identity/index.ts';
import { approvalKind } from './kinds.ts';
import { type Approval, approvalState } from './rules.ts';
import type { approvalSchema } from './schema.ts';

export type ApprovalJson = Static<typeof approvalSchema>;

/** Approvals as an operator sees them, in the same order. */
export async function approvalsJson(
  db: Queryable,
  approvals: readonly Approval[],
  viewer: { readonly userId: Uuid; readonly nowMs: number },
): Promise<ApprovalJson[]> {
  const ids = approvals.flatMap(({ askedBy, decision }) =>
    decision === null ? [askedBy] : [askedBy, decision.by],
  );
  const people = await peopleByIds(db, [...new Set(ids)]);
  const named = (id: Uuid) => {
    const person = people.get(id);
    return { handle: person?.handle ?? '', displayName: person?.displayName ?? 'Somebody' };
  };
  return approvals.map((approval) => ({
    id: publicId('approval', approval.id),
    kind: approval.kind,
    title: approvalKind(approval.kind)?.title ?? approval.kind,
    page: approvalKind(approval.kind)?.page(approval) ?? null,
    summary: approval.summary,
    body: approval.body,
    bodyHash: approval.bodyHash.toString('hex'),
    state: approvalState(approval, viewer.nowMs),
    yours: approval.askedBy === viewer.userId,
    askedBy: named(approval.askedBy),
    askedAt: approval.askedAt.toISOString(),
    expiresAt: approval.expiresAt.toISOString(),
    decidedBy: approval.decision === null ? null : named(approval.decision.by),
    reason: approval.decision?.reason ?? null,
    decidedAt: approval.decision?.at.toISOString() ?? null,
  }));
}
