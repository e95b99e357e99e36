import type { Uuid } from '../core/ids.ts';
import type { PaymentSnapshot } from './provider.ts';
import type { Shop } from './shop.ts';
import { type OrderRow, orderById } from './store.ts';

/** Hears of a paid order of which the provider says that something was given or taken back. May be told again and again. */
export type PaymentNews = (shop: Shop, order: OrderRow, snapshot: PaymentSnapshot) => Promise<void>;

let hear: PaymentNews = async () => {};

/** Lets the slice that books refunds and disputes hear what was fetched. */
export function usePaymentNews(by: PaymentNews): void {
  hear = by;
}

/** Tells of a fetched payment, when it is of a paid order and something of it went back. */
export async function tellPaymentNews(shop: Shop, orderId: Uuid, snapshot: PaymentSnapshot): Promise<void> {
  if (snapshot.refunds.length === 0 && snapshot.disputes.length === 0) return;
  const order = await orderById(shop.house.db, orderId);
  // A payment on another page than the order's is looked at by a person.
  if (order === null || order.paidAt === null || order.providerRef !== snapshot.providerRef) return;
  await hear(shop, order, snapshot);
}
