import type { Uuid } from '../core/ids.ts';
import type { Database } from '../db/database.ts';
import { accountId, statement, TransferCodes } from '../ledger/index.ts';
import type { OrderRow } from '../purchases/index.ts';
import { type Lot, LotSearch } from './lots.ts';
import { type AccountMark, takenOfLots, takenPending } from './store.ts';

/** A lot, and the account as it was when it was looked at. */
export interface LotNow extends Lot {
  readonly account: AccountMark;
}

const PAGE = 200;
/** They name the order whose lot they take of or give back to. */
export const DIRECTED: ReadonlySet<number> = new Set([
  TransferCodes.refund,
  TransferCodes.dispute,
  TransferCodes.refund_failed,
]);

/** The account that an order is credited to. */
export function accountOfOrder({ userId, asset }: Pick<OrderRow, 'userId' | 'asset'>): Uuid {
  return asset === 'COIN'
    ? accountId(userId, 'coins', 'COIN')
    : accountId(userId, 'diamonds_purchased', 'DIAMOND');
}

/** What has become of what an order bought, as of one instant. @throws Error for an order that was not credited */
export async function findLot(
  db: Database,
  order: Pick<OrderRow, 'id' | 'userId' | 'asset' | 'creditTransferId'>,
): Promise<LotNow> {
  const { creditTransferId, userId, asset } = order;
  if (creditTransferId === null) throw new Error(`order ${order.id} was not credited`);
  const account = accountOfOrder(order);
  return db.transaction(async (tx) => {
    await tx.query('set transaction isolation level repeatable read, read only');
    let search: LotSearch | undefined;
    let mark: AccountMark | undefined;
    for (let cursor: string | null = null; ; ) {
      const page = await statement(tx, account, { limit: PAGE, cursor });
      const [newest] = page.items;
      if (search === undefined || mark === undefined) {
        if (newest === undefined) throw new Error(`order ${order.id} left no trace in its account`);
        const { creditsPosted, debitsPosted, debitsPending } = newest.after;
        mark = { accountId: account, creditsPosted, debitsPosted, debitsPending };
        const directed = await takenPending(tx, userId, asset);
        search = new LotSearch(
          creditTransferId,
          creditsPosted - debitsPosted - debitsPending,
          debitsPending - directed,
        );
      }
      const credits = page.items.filter(({ amount }) => amount > 0n).map(({ transfer }) => transfer.id);
      const taken = await takenOfLots(tx, credits);
      for (const { transfer, amount } of page.items) {
        const isFound = search.show({
          transferId: transfer.id,
          amount,
          isDirected: DIRECTED.has(transfer.code),
          taken: amount > 0n ? (taken.get(transfer.id) ?? 0n) : 0n,
        });
        if (isFound) return { ...search.lot, account: mark };
      }
      cursor = page.nextCursor;
      if (cursor === null) return { ...search.lot, account: mark };
    }
  });
}
