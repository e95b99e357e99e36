import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import type { Approval, ApprovalBody, Verdict } from './rules.ts';

interface ApprovalRow extends Omit<Approval, 'decision'> {
  readonly verdict: Verdict | null;
  readonly decidedBy: Uuid | null;
  readonly reason: string | null;
  readonly decidedAt: Date | null;
}

const SELECT = `select a.id, a.kind, a.subject_id as "subjectId", a.summary, a.body, a.body_hash as "bodyHash",
    a.asked_by as "askedBy", a.asked_at as "askedAt", a.expires_at as "expiresAt",
    d.verdict, d.by_user as "decidedBy", d.reason, d.decided_at as "decidedAt"
  from approvals a left join approval_decisions d on d.approval_id = a.id`;

/** Lets one transaction at a time ask or decide about a thing; ends with the transaction. */
export async function lockSubject(tx: Queryable, kind: string, subjectId: Uuid): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('approval ' || $1 || ' ' || $2, 0))`, [
    kind,
    subjectId,
  ]);
}

export async function insertApproval(tx: Queryable, row: Omit<Approval, 'decision'>): Promise<void> {
  await tx.query(
    `insert into approvals (id, kind, subject_id, summary, body, body_hash, asked_by, asked_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      row.id,
      row.kind,
      row.subjectId,
      row.summary,
      JSON.stringify(row.body satisfies ApprovalBody),
      row.bodyHash,
      row.askedBy,
      row.askedAt,
      row.expiresAt,
    ],
  );
}

export async function insertDecision(
  tx: Queryable,
  approval: Pick<Approval, 'id' | 'askedBy'>,
  decision: NonNullable<Approval['decision']>,
): Promise<void> {
  await tx.query(
    `insert into approval_decisions (approval_id, asked_by, verdict, by_user, reason, decided_at)
     values ($1, $2, $3, $4, $5, $6)`,
    [approval.id, approval.askedBy, decision.verdict, decision.by, decision.reason, decision.at],
  );
}

/**
 * The decision as a statement of a posting of the ledger, for deeds that are postings: it is there with the deed or not at
 * all. Where somebody decided or withdrew it meanwhile, the posting is refused.
 */
export function decisionStatement(
  approval: Pick<Approval, 'id' | 'askedBy'>,
  decision: { readonly verdict: 'approved' | 'rejected'; readonly by: Uuid; readonly reason: string | null },
  at: Date,
): { readonly text: string; readonly values: readonly unknown[]; readonly expectRows: number } {
  return {
    text: `insert into approval_decisions (approval_id, asked_by, verdict, by_user, reason, decided_at)
           values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
    values: [approval.id, approval.askedBy, decision.verdict, decision.by, decision.reason, at],
    expectRows: 1,
  };
}

export async function approvalById(db: Queryable, id: Uuid): Promise<Approval | null> {
  const [row] = await db.query<ApprovalRow>(`${SELECT} where a.id = $1`, [id]);
  return row === undefined ? null : approvalOf(row);
}

/** What was asked about a thing last. */
export async function newestApproval(db: Queryable, kind: string, subjectId: Uuid): Promise<Approval | null> {
  const [row] = await db.query<ApprovalRow>(
    `${SELECT} where a.kind = $1 and a.subject_id = $2 order by a.asked_at desc, a.id desc limit 1`,
    [kind, subjectId],
  );
  return row === undefined ? null : approvalOf(row);
}

/** What was asked for, of one kind or all, newest first. */
export async function approvalsPage(
  db: Queryable,
  page: {
    readonly kind: string | null;
    /** Neither decided nor expired at this instant, where given. */
    readonly openAt: Date | null;
    readonly before: { readonly askedAt: Date; readonly id: Uuid } | null;
    readonly limit: number;
  },
): Promise<Approval[]> {
  const rows = await db.query<ApprovalRow>(
    `${SELECT}
      where ($1::text is null or a.kind = $1)
        and ($2::timestamptz is null or (d.approval_id is null and a.expires_at > $2))
        and ($3::timestamptz is null or (a.asked_at, a.id) < ($3, $4::uuid))
      order by a.asked_at desc, a.id desc limit $5`,
    [page.kind, page.openAt, page.before?.askedAt ?? null, page.before?.id ?? null, page.limit],
  );
  return rows.map(approvalOf);
}

function approvalOf({ verdict, decidedBy, reason, decidedAt, ...row }: ApprovalRow): Approval {
  const decided = verdict !== null && decidedBy !== null && decidedAt !== null;
  return { ...row, decision: decided ? { verdict, by: decidedBy, reason, at: decidedAt } : null };
}
