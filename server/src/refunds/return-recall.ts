import { newId, type Uuid } from '../core/ids.ts';
import { type Asset, displayUsd } from '../core/money.ts';
import { accountId, type TransferEvent, transferEvent } from '../ledger/index.ts';
import { ledgerNameOf, type OrderRow, orderById, type Shop } from '../purchases/index.ts';
import { claimFreed } from './claim-freed.ts';
import { accountOfOrder } from './find-lot.ts';
import { recallStep, tryMove } from './move-recall.ts';
import { OWNER } from './owner-funds.ts';
import {
  claimedBy,
  fundsOf,
  RETURN_ROWS,
  recallById,
  recallReturns,
  type Taking,
  takingsOf,
} from './recall-store.ts';
import { isLost, type RecallNow } from './refund.ts';
import { paidAfterAll } from './unpaid-gifts.ts';

/** Each time, another case of the same order moved on between the look and the commit. */
const TRIES_MAX = 20;

/**
 * What was booked as lost is won after all: the payer's bank sent a refund back, or decided a dispute anew. The opposite of
 * what was taken, in one commit. The fan has again what was unspent, and what the gifts had cost that were taken back: those stay so,
 * since nobody takes and gives a creator the same Diamonds twice. The money is where it had come from: the cash, the
 * reserve, the owner. What another lost case of the order took beyond what was left of it is claimed at once.
 *
 * Does nothing where it is not lost any more. Safe at any time, from any number of processes.
 */
export async function returnRecall(shop: Shop, id: Uuid): Promise<void> {
  for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
    const recall = await recallById(shop.house.db, id);
    if (recall === null || !isLost(recall)) return;
    if (await bringBack(shop, recall)) return;
  }
  throw new Error(`the cases of recall ${id} changed ${TRIES_MAX} times while it was to come back`);
}

async function bringBack(shop: Shop, recall: RecallNow): Promise<boolean> {
  const { db, clock } = shop.house;
  const { id, asset } = recall;
  const order = await orderById(db, recall.orderId);
  if (order === null) throw new Error(`recall ${id} has no order`);
  const [takings, claimed, ownerCents] = await Promise.all([
    takingsOf(db, [id]),
    claimedBy(db, id),
    fundsOf(db, id),
  ]);
  const of = (source: Taking['source']) => takings.find((taking) => taking.source === source);
  const units = (of('fan')?.units ?? 0n) + (of('creators')?.units ?? 0n) + claimed;
  const at = new Date(clock.now());
  const freed = await claimFreed(
    db,
    {
      fromRecallId: id,
      cents: recall.cents,
      count: { units: recall.heldUnits, cents: recall.heldCents },
      units,
    },
    order,
    at,
  );
  const toFan = unitsBack(order, asset, units);
  const cash = accountId('platform', 'cash', 'USD');
  // The opposite of how it went: a comparison with the provider's books tells refunds from disputes.
  const fromWorld = recall.kind === 'dispute' ? 'dispute' : 'refund_failed';
  const money = (from: Uuid, to: Uuid, cents: bigint, code: typeof fromWorld | 'owner_funds') =>
    cents === 0n
      ? []
      : [transferEvent({ id: newId(), from, to, asset: 'USD', units: cents, code, reference: order.id })];
  const world = accountId('world', ledgerNameOf(order), 'USD');
  const reserveCents = of('reserve')?.cents ?? 0n;
  const cashCents = takings.reduce(
    (sum, { source, cents }) => (source === 'reserve' || source === 'fee' ? sum : sum + cents),
    0n,
  );
  const toCash = money(world, cash, cashCents, fromWorld);
  const toReserve = money(world, accountId('platform', 'reserve', 'USD'), reserveCents, fromWorld);
  const toOwner = money(cash, OWNER.id, ownerCents, 'owner_funds');
  const outcome = await tryMove(shop, {
    transfers: [...toFan, ...toCash, ...toReserve, ...toOwner, ...freed.transfers],
    rows: [
      {
        table: RETURN_ROWS,
        values: [
          id,
          units,
          idOf(toFan),
          cashCents,
          idOf(toCash),
          reserveCents,
          idOf(toReserve),
          idOf(toOwner),
          at,
        ],
      },
      ...recallStep(recall, 'returned', at, whatCameBack(recall)),
      ...freed.rows,
    ],
    statements: [...freed.statements, recallReturns(recall), paidAfterAll(id)],
  });
  return outcome === 'posted';
}

function whatCameBack({ kind, cents }: RecallNow): string {
  return kind === 'dispute'
    ? `The bank decided for the payment after all and gave ${displayUsd(cents)} back.`
    : `The payer’s bank sent ${displayUsd(cents)} back.`;
}

/** Units that were taken of an order's lot are its owner's again; nothing for none. */
export function unitsBack(order: OrderRow, asset: Asset, units: bigint): readonly TransferEvent[] {
  if (units === 0n) return [];
  return [
    transferEvent({
      id: newId(),
      from: accountId('platform', asset === 'COIN' ? 'coins_issued' : 'diamonds_issued', asset),
      to: accountOfOrder(order),
      asset,
      units,
      code: 'dispute',
      reference: order.id,
    }),
  ];
}

function idOf([transfer]: readonly TransferEvent[]): Uuid | null {
  return transfer?.id ?? null;
}
