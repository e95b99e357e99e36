import { publicId, type Uuid } from '../core/ids.ts';
import { displayAmount, displayUsd } from '../core/money.ts';
import type { Queryable } from '../db/database.ts';
import { type Transfer, TransferCodes, TransferFlags } from '../ledger/index.ts';
import { type Describer, describeTransfers, type EntryDescription } from '../wallet/index.ts';
import { refundIdOfTransfer, refundLegId } from './refund-ids.ts';
import { refundsByIds } from './store.ts';
import { creditsOf, type Reversal, reversalsBy } from './taken-back.ts';

/** Says of units that went back what became of them. */
const refunds: Describer = {
  kind: 'refund',
  async describe(db, transfers) {
    const rows = await refundsByIds(db, [...new Set(transfers.map(({ id }) => refundIdOfTransfer(id)))]);
    const byId = new Map(rows.map((row) => [row.id, row]));
    const credits = await creditsOf(db, [...new Set(rows.map(({ orderId }) => orderId))]);
    const described = new Map<Uuid, EntryDescription>();
    for (const transfer of transfers) {
      const refund = byId.get(refundIdOfTransfer(transfer.id));
      if (refund === undefined) continue;
      const money = displayUsd(refund.cents);
      const isOver = refund.state === 'failed' || refund.state === 'rejected';
      const line = isBack(transfer)
        ? {
            title: 'Refund could not be delivered',
            detail: `${money} came back from the bank`,
            status: 'settled' as const,
          }
        : isVoid(transfer)
          ? {
              title: 'Refund did not happen',
              detail: 'The units are yours again',
              status: 'settled' as const,
            }
          : isPost(transfer)
            ? { title: 'Refunded', detail: `${money} is on its way to you`, status: 'settled' as const }
            : {
                title: `Refund of ${money}`,
                detail: isOver
                  ? 'It did not happen'
                  : refund.state === 'refunded'
                    ? 'Given back'
                    : 'On its way',
                status: isOver
                  ? ('reversed' as const)
                  : refund.state === 'refunded'
                    ? ('settled' as const)
                    : ('pending' as const),
              };
      described.set(transfer.id, {
        ...line,
        moneyCents: refund.cents,
        link: { type: 'order', id: publicId('order', refund.orderId) },
        how: [],
        // Money that went back to who had paid, or that their bank would not take.
        bought:
          isPost(transfer) || isBack(transfer)
            ? { priceCents: isBack(transfer) ? refund.cents : -refund.cents, feeCents: 0n }
            : null,
        corrects: isBack(transfer)
          ? [refundLegId(refund.id, 'post', 'units')]
          : isPost(transfer)
            ? [credits.get(refund.orderId) ?? []].flat()
            : [],
      });
    }
    return described;
  },
};

/** Says of units that a bank or a provider took what became of them. */
const disputes: Describer = {
  kind: 'dispute',
  async describe(db, transfers) {
    const described = new Map<Uuid, EntryDescription>();
    const [refunded, returned] = await Promise.all([
      refundedAtProvider(db, transfers),
      returnedBy(db, transfers),
    ]);
    for (const transfer of transfers) {
      const { userData128: orderId } = transfer;
      const back = returned.get(transfer.id);
      if (back !== undefined) {
        described.set(transfer.id, describeReturn(back, orderId));
        continue;
      }
      const isRefund = refunded.has(transfer.id) || refunded.has(transfer.pendingId);
      const title = isVoid(transfer)
        ? isRefund
          ? 'The refund did not happen: free again'
          : 'Dispute over: free again'
        : isPost(transfer) || !isReserved(transfer)
          ? 'Taken back with the payment'
          : isRefund
            ? 'Held: the payment was refunded at the provider'
            : 'Held: the payment is disputed';
      described.set(transfer.id, {
        title,
        detail: '',
        status: 'settled',
        moneyCents: null,
        link: { type: 'order', id: publicId('order', orderId) },
        how: [],
      });
    }
    await markHeld(db, described);
    return described;
  },
};

/** Of these transfers, and of what they end, those that hold units because somebody refunded the payment at the provider. */
async function refundedAtProvider(db: Queryable, transfers: readonly Transfer[]): Promise<ReadonlySet<Uuid>> {
  const rows = await db.query<{ id: Uuid }>(
    `select h.transfer_id as id from recall_holds h join recalls r on r.id = h.recall_id
      where r.kind = 'provider_refund' and h.transfer_id = any($1::uuid[])`,
    [transfers.flatMap(({ id, pendingId }) => [id, pendingId])],
  );
  return new Set(rows.map(({ id }) => id));
}

interface Returned {
  readonly id: Uuid;
  readonly kind: 'dispute' | 'provider_refund';
  readonly asset: 'COIN' | 'DIAMOND';
  readonly cents: bigint;
  /** Of gifts that stay taken back. */
  readonly giftCoins: bigint;
}

/** Of these transfers, those that brought units back which a recall had taken. */
async function returnedBy(
  db: Queryable,
  transfers: readonly Transfer[],
): Promise<ReadonlyMap<Uuid, Returned>> {
  const rows = await db.query<Returned>(
    `select b.units_transfer_id as id, r.kind, r.asset, r.cents,
            (select coalesce(sum(v.coins), 0)::bigint from earning_reversals v where v.recall_id = r.id) as "giftCoins"
       from recall_returns b join recalls r on r.id = b.recall_id where b.units_transfer_id = any($1::uuid[])`,
    [transfers.map(({ id }) => id)],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

function describeReturn({ kind, asset, cents, giftCoins }: Returned, orderId: Uuid): EntryDescription {
  const ofGifts =
    giftCoins === 0n
      ? ''
      : `${displayAmount({ asset, units: giftCoins })} of it paid for gifts that were taken back`;
  const money = `${displayUsd(cents)} came back from your bank`;
  return {
    title: kind === 'dispute' ? 'Dispute over: yours again' : 'Refund could not be delivered',
    detail: [kind === 'dispute' ? '' : money, ofGifts].filter((text) => text !== '').join('. '),
    status: 'settled',
    moneyCents: null,
    link: { type: 'order', id: publicId('order', orderId) },
    how: [],
  };
}

/** What is not decided is pending. */
async function markHeld(db: Queryable, described: Map<Uuid, EntryDescription>): Promise<void> {
  const open = await db.query<{ id: Uuid }>(
    `select h.transfer_id as id from recall_holds h join recall_states s on s.recall_id = h.recall_id
      where h.transfer_id = any($1::uuid[]) and s.state in ('held', 'parked')`,
    [[...described.keys()]],
  );
  for (const { id } of open) {
    const known = described.get(id);
    if (known !== undefined) described.set(id, { ...known, status: 'pending' });
  }
}

/** Says of Diamonds that a creator lost with a disputed payment which gifts they were of. */
const reversals: Describer = {
  kind: 'reversal',
  async describe(db, transfers) {
    const ids = transfers.map(({ id }) => id);
    const [rows, parts] = await Promise.all([
      db.query<{ id: Uuid; gifts: number; reason: string }>(
        `select transfer_id as id, count(*)::integer as gifts, min(reason) as reason from earning_reversals
          where transfer_id = any($1::uuid[]) group by 1`,
        [ids],
      ),
      reversalsBy(db, ids),
    ]);
    const byTransfer = new Map<Uuid, Reversal[]>(ids.map((id) => [id, []]));
    for (const part of parts) byTransfer.get(part.reversalId)?.push(part);
    return new Map(
      rows.map(({ id, gifts, reason }): [Uuid, EntryDescription] => [
        id,
        {
          title: gifts === 1 ? 'A gift was reversed' : `${gifts} gifts were reversed`,
          detail: `${reason}: the payment for ${gifts === 1 ? 'it' : 'them'} was taken back before ${gifts === 1 ? 'it was' : 'they were'} available`,
          status: 'settled',
          moneyCents: null,
          link: null,
          how: [],
          takesBack: byTransfer.get(id) ?? [],
          corrects: (byTransfer.get(id) ?? []).map(({ earnedTransferId }) => earnedTransferId),
        },
      ]),
    );
  },
};

function isPost({ flags }: Transfer): boolean {
  return (flags & TransferFlags.postPendingTransfer) !== 0;
}

function isReserved({ flags }: Transfer): boolean {
  return (flags & TransferFlags.pending) !== 0;
}

function isVoid({ flags }: Transfer): boolean {
  return (flags & TransferFlags.voidPendingTransfer) !== 0;
}

function isBack({ code }: Transfer): boolean {
  return code === TransferCodes.refund_failed;
}

describeTransfers(TransferCodes.refund, refunds);
describeTransfers(TransferCodes.refund_failed, refunds);
describeTransfers(TransferCodes.dispute, disputes);
describeTransfers(TransferCodes.gift_reversed, reversals);
