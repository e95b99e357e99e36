import { parsePublicId, publicId, type Uuid } from '../core/ids.ts';
import type { House } from '../house.ts';
import type { PayInProvider } from './provider.ts';

/** What selling Coins needs: the house, and whoever takes the money. */
export interface Shop {
  readonly house: Pick<House, 'db' | 'clock' | 'ledger' | 'hub' | 'log'>;
  readonly provider: PayInProvider;
}

/** How long a payment page stays open. */
export const ORDER_OPEN_MS = 30 * 60_000;

/** Payment pages that one person may have open at once: each is kept, and asked after, until it is over. */
export const OPEN_ORDERS_MAX = 20;

/** What we call an order when we talk to a provider. */
export function orderRefOf(orderId: Uuid): string {
  return publicId('order', orderId);
}

/** The order behind a provider's `orderRef`, or `null` when it is not one of ours. */
export function orderIdOf(orderRef: string): Uuid | null {
  return parsePublicId('order', orderRef);
}
