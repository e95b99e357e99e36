import type { Uuid } from '../../core/ids.ts';
import type { Queryable } from '../../db/database.ts';
import { type CompanionRow, defineCompanionTable } from '../../ledger/index.ts';
import type { Adoption, Resolution } from './resolution-rules.ts';

const RESOLUTION_ROWS = defineCompanionTable({
  name: 'payout_resolutions',
  columns: {
    withdrawal_id: 'uuid',
    attempt_id: 'uuid',
    verdict: 'text',
    said: 'text',
    back_cents: 'int8',
    lost_cents: 'int8',
    reason: 'text',
    approval_id: 'uuid',
    asked_by: 'uuid',
    decided_by: 'uuid',
    at: 'timestamptz',
  },
});

export function resolutionRow(
  row: Resolution & {
    readonly attemptId: Uuid;
    readonly approvalId: Uuid;
    readonly askedBy: Uuid;
    readonly decidedBy: Uuid;
    readonly at: Date;
  },
): CompanionRow {
  return {
    table: RESOLUTION_ROWS,
    values: [
      row.withdrawalId,
      row.attemptId,
      row.verdict,
      row.said,
      row.backCents,
      row.lostCents,
      row.reason,
      row.approvalId,
      row.askedBy,
      row.decidedBy,
      row.at,
    ],
  };
}

const ADOPTION_ROWS = defineCompanionTable({
  name: 'payout_adoptions',
  columns: {
    withdrawal_id: 'uuid',
    attempt_id: 'uuid',
    taken_ref: 'text',
    said: 'text',
    reason: 'text',
    approval_id: 'uuid',
    asked_by: 'uuid',
    decided_by: 'uuid',
    at: 'timestamptz',
  },
});

const LOSS_ROWS = defineCompanionTable({
  name: 'payout_losses',
  columns: { withdrawal_id: 'uuid', taken_ref: 'text', cents: 'int8' },
});

/** The rows of a payment that two operators took as the one of a withdrawal. */
export function adoptionRows(
  row: Adoption & {
    readonly withdrawalId: Uuid;
    readonly attemptId: Uuid;
    readonly said: string;
    readonly reason: string;
    readonly approvalId: Uuid;
    readonly askedBy: Uuid;
    readonly decidedBy: Uuid;
    readonly at: Date;
  },
): CompanionRow[] {
  return [
    {
      table: ADOPTION_ROWS,
      values: [
        row.withdrawalId,
        row.attemptId,
        row.takenRef,
        row.said,
        row.reason,
        row.approvalId,
        row.askedBy,
        row.decidedBy,
        row.at,
      ],
    },
    ...row.others.map(({ takenRef, cents }) => ({
      table: LOSS_ROWS,
      values: [row.withdrawalId, takenRef, cents],
    })),
  ];
}

/** Which of these payments two operators counted as lost beside the one of their withdrawal. */
export async function countedAsLost(db: Queryable, refs: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db.query<{ ref: string }>(
    'select taken_ref as ref from payout_losses where taken_ref = any($1::text[])',
    [refs],
  );
  return new Set(rows.map(({ ref }) => ref));
}

/** What two operators made of a withdrawal; `null` when nothing. */
export async function resolutionOf(db: Queryable, withdrawalId: Uuid): Promise<Resolution | null> {
  const [row] = await db.query<Resolution>(
    `select withdrawal_id as "withdrawalId", verdict, said, back_cents as "backCents", lost_cents as "lostCents", reason
       from payout_resolutions where withdrawal_id = $1`,
    [withdrawalId],
  );
  return row ?? null;
}
