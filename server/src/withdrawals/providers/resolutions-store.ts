import type { Uuid } from '../../core/ids.ts';
import type { Queryable } from '../../db/database.ts';
import { type CompanionRow, defineCompanionTable } from '../../ledger/index.ts';
import type { Resolution } from './resolution-rules.ts';

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

/** What two operators made of a withdrawal; `null` when nothing. */
export async function resolutionOf(db: Queryable, withdrawalId: Uuid): Promise<Resolution | null> {
  const [row] = await db.query<Resolution>(
    `select withdrawal_id as "withdrawalId", verdict, said, back_cents as "backCents", lost_cents as "lostCents", reason
       from payout_resolutions where withdrawal_id = $1`,
    [withdrawalId],
  );
  return row ?? null;
}
