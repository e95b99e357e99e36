import { closePagesOfOrder } from './close-pages.ts';
import { checkDelayMs } from './rules.ts';
import { settleOrder } from './settle-order.ts';
import type { Shop } from './shop.ts';
import { claimDueChecks, type DueCheck, scheduleCheck } from './store.ts';

/** Longer than any provider call may take, so that a check in progress is not begun twice. */
const LEASE_MS = 30_000;

/**
 * Asks the provider about every order whose truth is due, once. Any number of processes may do so at once: each
 * order is taken by one of them, and settling it twice would change nothing. Answers how many were looked at.
 */
export async function checkOrders(shop: Shop): Promise<number> {
  const nowMs = shop.house.clock.now();
  const due = await claimDueChecks(shop.house.db, new Date(nowMs), new Date(nowMs + LEASE_MS));
  for (const check of due) await checkOrder(shop, check);
  return due.length;
}

async function checkOrder(shop: Shop, { orderId, checks }: DueCheck): Promise<void> {
  const { db, clock, log } = shop.house;
  try {
    const { final } = await settleOrder(shop, orderId);
    if (final) return;
    await closePagesOfOrder(shop, orderId);
  } catch (error) {
    log.error({ err: error, order: orderId }, 'an order could not be checked');
  }
  await scheduleCheck(db, orderId, new Date(clock.now() + checkDelayMs(checks)));
}
