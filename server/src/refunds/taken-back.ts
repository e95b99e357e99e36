import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import { defineCompanionTable, transfersByIds } from '../ledger/index.ts';

/** Commits with the end of a lost recall: by which transfers its money went. */
export const RECALL_PAYMENT_ROWS = defineCompanionTable({
  name: 'recall_payments',
  columns: { transfer_id: 'uuid', recall_id: 'uuid' },
});

/** Money that a bank or a provider gave back to a fan, of one lost recall; or that their bank sent back to the house. */
export interface TakenBack {
  readonly kind: 'dispute' | 'provider_refund';
  readonly orderId: Uuid;
  /** What the order had bought. */
  readonly asset: 'COIN' | 'DIAMOND';
  /** The transfer that credited the order; of what was sent back the one that had given it back. */
  readonly correctedTransferId: Uuid;
  /** Whether the fan's bank sent it back to the house. */
  readonly isSentBack: boolean;
  readonly cents: bigint;
  /** The first of the payments by which the ledger booked it, and when: nanoseconds since 1970, unique. */
  readonly transferId: Uuid;
  readonly timestamp: bigint;
}

/** All that went back to a person this way, or came from there again, by the ledger's payments, oldest first. */
export async function takenBackOf(db: Queryable, userId: Uuid): Promise<TakenBack[]> {
  const rows = await db.query<{
    kind: TakenBack['kind'];
    orderId: Uuid;
    asset: TakenBack['asset'];
    creditTransferId: Uuid;
    paid: Uuid[];
    sentBack: Uuid[];
  }>(
    `select r.kind, r.order_id as "orderId", r.asset, p.credit_transfer_id as "creditTransferId",
            array_agg(b.transfer_id) as paid,
            array_remove(array[t.cash_transfer_id, t.reserve_transfer_id], null) as "sentBack"
       from recalls r join recall_payments b on b.recall_id = r.id
       join purchase_payments p on p.order_id = r.order_id
       left join recall_returns t on t.recall_id = r.id
      where r.user_id = $1 group by r.id, p.order_id, t.recall_id`,
    [userId],
  );
  const transfers = await transfersByIds(
    db,
    rows.flatMap(({ paid, sentBack }) => [...paid, ...sentBack]),
  );
  const sumOf = (ids: readonly Uuid[]) => {
    const payments = ids.flatMap((id) => transfers.get(id) ?? []);
    const [first] = payments.toSorted((one, other) => (one.timestamp < other.timestamp ? -1 : 1));
    if (first === undefined) return null;
    const cents = payments.reduce((sum, { amount }) => sum + amount, 0n);
    return { cents, transferId: first.id, timestamp: first.timestamp };
  };
  const found = rows.flatMap(({ paid, sentBack, creditTransferId, ...row }): TakenBack[] => {
    const [away, back] = [sumOf(paid), sumOf(sentBack)];
    if (away === null) return [];
    const taken = { ...row, ...away, correctedTransferId: creditTransferId, isSentBack: false };
    if (back === null) return [taken];
    return [taken, { ...row, ...back, correctedTransferId: away.transferId, isSentBack: true }];
  });
  return found.sort((one, other) => (one.timestamp < other.timestamp ? -1 : 1));
}

/** Of these people, those of whose Coins any were ever reserved or taken by the name of their purchase. */
export async function peopleTakenFrom(db: Queryable, userIds: readonly Uuid[]): Promise<Set<Uuid>> {
  const rows = await db.query<{ id: Uuid }>(
    `select user_id as id from refunds where user_id = any($1::uuid[]) and asset = 'COIN'
     union
     select user_id from recalls where user_id = any($1::uuid[]) and asset = 'COIN'`,
    [userIds],
  );
  return new Set(rows.map(({ id }) => id));
}

/** What a reversal took back of one gift or answer. */
export interface Reversal {
  readonly reversalId: Uuid;
  /** The transfer by which the creator had got it. */
  readonly earnedTransferId: Uuid;
  readonly coins: bigint;
  readonly diamondUnits: bigint;
  /** What earlier reversals had taken back of the same one. */
  readonly coinsBefore: bigint;
  readonly unitsBefore: bigint;
}

/** What these transfers (code `gift_reversed`) took back, gift by gift. */
export async function reversalsBy(db: Queryable, transferIds: readonly Uuid[]): Promise<Reversal[]> {
  const rows = await db.query<{ transferId: Uuid; earningId: Uuid; coins: bigint; diamondUnits: bigint }>(
    `select v.transfer_id as "transferId", v.earning_id as "earningId", v.coins, v.diamond_units as "diamondUnits"
       from earning_reversals v
      where v.earning_id in (select earning_id from earning_reversals where transfer_id = any($1::uuid[]))`,
    [transferIds],
  );
  const transfers = await transfersByIds(db, [...new Set(rows.map(({ transferId }) => transferId))]);
  const inOrder = rows
    .map((row) => ({ ...row, timestamp: transfers.get(row.transferId)?.timestamp ?? 0n }))
    .sort((one, other) => (one.timestamp < other.timestamp ? -1 : 1));
  const wanted = new Set(transferIds);
  const before = new Map<Uuid, { coins: bigint; units: bigint }>();
  const reversals: Reversal[] = [];
  for (const { transferId, earningId, coins, diamondUnits } of inOrder) {
    const earlier = before.get(earningId) ?? { coins: 0n, units: 0n };
    before.set(earningId, { coins: earlier.coins + coins, units: earlier.units + diamondUnits });
    if (!wanted.has(transferId)) continue;
    reversals.push({
      reversalId: transferId,
      // Gifts and answers have the id of their Diamond leg with a 0 at the end.
      earnedTransferId: `${earningId.slice(0, -1)}2`,
      coins,
      diamondUnits,
      coinsBefore: earlier.coins,
      unitsBefore: earlier.units,
    });
  }
  return reversals;
}

/** The transfers that credited these orders, by order. */
export async function creditsOf(db: Queryable, orderIds: readonly Uuid[]): Promise<ReadonlyMap<Uuid, Uuid>> {
  const rows = await db.query<{ orderId: Uuid; creditTransferId: Uuid }>(
    `select order_id as "orderId", credit_transfer_id as "creditTransferId" from purchase_payments
      where order_id = any($1::uuid[]) and credit_transfer_id is not null`,
    [orderIds],
  );
  return new Map(rows.map(({ orderId, creditTransferId }) => [orderId, creditTransferId]));
}
