import type { Uuid } from '../core/ids.ts';
import { ownGateChecks } from '../identity/index.ts';
import { limitsNow, overLimit, spanStart, spans } from '../spending/index.ts';
import { cancelOrder } from './settle-order.ts';
import type { Shop } from './shop.ts';
import { type CloseReason, type OrderRow, orderById, paidSince, undecidedOrders } from './store.ts';

/**
 * Closes the payment pages that a person opened and may not pay any more: all of them while buying is closed to them,
 * else those that do not fit into their limits now, the newest first. A payment that comes before the provider has closed
 * its page is honoured. Safe at any time, from any number of processes; a page whose provider does not answer is closed
 * when the order is checked next.
 */
export async function closePages(shop: Shop, userId: Uuid): Promise<void> {
  const open = await undecidedOrders(shop.house.db, userId);
  if (open.length === 0) return;
  const closing = await notToBePaid(shop, userId, open);
  await Promise.all(closing.map(({ order, why }) => cancelOrder(shop, order, why)));
}

/** The same for whoever opened this order. */
export async function closePagesOfOrder(shop: Shop, orderId: Uuid): Promise<void> {
  const order = await orderById(shop.house.db, orderId);
  if (order !== null) await closePages(shop, order.userId);
}

async function notToBePaid(
  { house }: Shop,
  userId: Uuid,
  open: readonly OrderRow[],
): Promise<{ readonly order: OrderRow; readonly why: CloseReason }[]> {
  const gate = await ownGateChecks(house, 'buy', userId);
  if (gate.some(({ check }) => !check.passed)) return open.map((order) => ({ order, why: 'buying_closed' }));
  const nowMs = house.clock.now();
  const [paid, limits] = await Promise.all([
    paidSince(
      house.db,
      userId,
      spans((span) => spanStart(span, nowMs)),
    ),
    limitsNow(house, house.db, userId),
  ]);
  let fits = 0n;
  return open.flatMap((order) => {
    const now = spans((span) => paid[span] + fits);
    const after = spans((span) => now[span] + order.priceCents);
    if (overLimit(limits, { now, after }) !== null) return [{ order, why: 'over_limit' as const }];
    fits += order.priceCents;
    return [];
  });
}
