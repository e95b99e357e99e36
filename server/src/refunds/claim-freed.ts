import { smaller } from '../core/bigints.ts';
import { newId, type Uuid } from '../core/ids.ts';
import { displayAmount, displayUsd } from '../core/money.ts';
import type { Queryable } from '../db/database.ts';
import {
  accountId,
  type CompanionStatement,
  type Posting,
  type TransferEvent,
  transferEvent,
} from '../ledger/index.ts';
import type { OrderRow } from '../purchases/index.ts';
import { accountOfOrder } from './find-lot.ts';
import { CLAIM_ROWS, RECALL_EVENT_ROWS, recallClaims, recallSees, recallsOfOrder } from './recall-store.ts';
import { isLost } from './refund.ts';
import { returnsOf, uncountReturn } from './store.ts';

/** What commits with it. */
export type Freed = Required<Pick<Posting, 'transfers' | 'rows' | 'statements'>>;

/** A refund that came to nothing, made by the house or by somebody at the provider. */
interface CameToNothing {
  readonly refundId?: Uuid;
  readonly fromRecallId?: Uuid;
  readonly cents: bigint;
  /** What it counted of the order. */
  readonly count: { readonly units: bigint; readonly cents: bigint };
  /** Units that come free with it. What it counted besides was spent on what is not taken back. */
  readonly units: bigint;
}

/**
 * What goes with the end of a refund that came to nothing. Its units and cents are free again, but for what a lost case of
 * the same order took beyond what was left of it then: the fan has that money from the bank, so the units stay taken. A case
 * that is open looks again at once. The posting fails if a case was opened, held or ended since this was read.
 *
 * The transfers go behind those that bring the units back.
 */
export async function claimFreed(
  db: Queryable,
  refund: CameToNothing,
  order: OrderRow,
  at: Date,
): Promise<Freed> {
  // The order's turn first: whatever a case counts of the order raises it.
  const returns = await returnsOf(db, order.id);
  if (returns === null) throw new Error(`order ${order.id} was not paid`);
  const recalls = await recallsOfOrder(db, order.id);
  const transfers: TransferEvent[] = [];
  const rows: Freed['rows'][number][] = [];
  const seen: CompanionStatement[] = [];
  let { units: leftUnits, cents: leftCents } = refund.count;
  let free = refund.units;
  for (const recall of recalls) {
    if (recall.id === refund.fromRecallId) continue;
    if (recall.state === 'held' || recall.state === 'parked') seen.push(recallSees(recall, at));
    if (!isLost(recall)) continue;
    const cents = smaller(recall.beyondCents, leftCents);
    if (cents === 0n) continue;
    const units = smaller(free, cents === leftCents ? leftUnits : (leftUnits * cents) / leftCents);
    const transferId = units === 0n ? null : newId();
    if (transferId !== null) {
      transfers.push(
        transferEvent({
          id: transferId,
          from: accountOfOrder(order),
          to: accountId('platform', order.asset === 'COIN' ? 'coins_issued' : 'diamonds_issued', order.asset),
          asset: order.asset,
          units,
          code: 'dispute',
          reference: order.id,
        }),
      );
    }
    const note = `A refund of ${displayUsd(refund.cents)} came to nothing after this was booked: ${displayUsd(cents)} of it make up for what was lost here, and ${displayAmount({ asset: order.asset, units })} stay taken.`;
    rows.push(
      {
        table: CLAIM_ROWS,
        values: [
          refund.refundId ?? null,
          refund.fromRecallId ?? null,
          recall.id,
          transferId,
          units,
          cents,
          at,
        ],
      },
      { table: RECALL_EVENT_ROWS, values: [newId(), recall.id, at, 'taken', null, note] },
    );
    seen.push(recallClaims(recall, { units, cents }));
    leftUnits -= units;
    leftCents -= cents;
    free -= units;
  }
  return {
    transfers,
    rows,
    statements: [uncountReturn(order.id, leftUnits, leftCents, returns.turn), ...seen],
  };
}
