import type { PayMethod } from '../config.ts';
import { newId, type Uuid } from '../core/ids.ts';
import { displayAmount, displayUsd } from '../core/money.ts';
import { Refusal } from '../core/refusal.ts';
import type { Queryable } from '../db/database.ts';
import { IDEMPOTENCY_KEY_REUSED } from '../http/refusals.ts';
import { currentPolicy } from '../policy/index.ts';
import { currentRate } from '../rates/index.ts';
import { limitsNow, overLimit, type Spans, spanStart, spans } from '../spending/index.ts';
import type { Checkout, Outcome, PayInProvider } from './provider.ts';
import {
  BELOW_METHOD_MINIMUM,
  BUYING_NOT_SET_UP,
  METHOD_NOT_OFFERED,
  PROVIDER_UNAVAILABLE,
  TOO_MANY_OPEN_ORDERS,
} from './refusals.ts';
import { checkDelayMs, checkShownPrice, type Item, priceItem } from './rules.ts';
import { OPEN_ORDERS_MAX, orderRefOf, providerFor, providerOf, type Shop } from './shop.ts';
import {
  claimOpening,
  deleteCheck,
  endOpening,
  insertCheckout,
  insertEnding,
  insertOrder,
  insertReview,
  type NewOrder,
  type OrderRow,
  openOrdersOf,
  orderById,
  orderByKey,
  paidSince,
  undecidedOrders,
} from './store.ts';

export interface OrderRequest {
  readonly userId: Uuid;
  readonly item: Item;
  readonly method: PayMethod;
  /** The price that the person saw, or `null` when the caller does not say. */
  readonly shownCents: bigint | null;
  readonly idempotencyKey: string;
  readonly requestHash: Buffer;
  /** Where the browser goes after paying, without the order; an absolute address of this site. */
  readonly returnTo: URL;
  /** Refuses when this person may not buy. Asked only for a new order: a retry is answered, not judged again. */
  readonly mayBuy: () => void | Promise<void>;
}

export interface OpenedOrder {
  readonly order: OrderRow;
  /** Whether this request was answered before. */
  readonly replayed: boolean;
}

/**
 * Writes the order down, then asks the provider for its payment page. The same key and request again give the
 * first answer. An answer that is lost leaves the order `unknown`; the next retry or check finds the page.
 *
 * Refuses with `idempotency_key_reused`, `buying_not_set_up`, `unknown_pack`, `coins_out_of_bounds`,
 * `diamonds_out_of_bounds`, `price_changed`, `method_not_offered`, `below_method_minimum`,
 * `payment_provider_unavailable`, whatever `mayBuy` refuses with, and `too_many_open_orders`.
 */
export async function openOrder(shop: Shop, request: OrderRequest): Promise<OpenedOrder> {
  const { db } = shop.house;
  const before = await orderByKey(db, request.userId, request.idempotencyKey);
  if (before !== null) return replay(shop, request, before);

  if (shop.providers.length === 0) throw new Refusal(BUYING_NOT_SET_UP);
  const order = await newOrder(shop, request);
  await request.mayBuy();
  const firstCheckAt = new Date(order.createdAt.getTime() + checkDelayMs(0));
  const inserted = await db.transaction(async (tx) => {
    // Locked first: of many at once, each counts those before it.
    const open = await openOrdersOf(tx, order.userId, order.createdAt);
    const overLimits = await overTheLimits(shop, tx, order);
    if (!(await insertOrder(tx, order, firstCheckAt))) return false;
    if (open.orders >= OPEN_ORDERS_MAX) {
      const from = (open.firstOverAt ?? order.expiresAt).toISOString();
      throw new Refusal(TOO_MANY_OPEN_ORDERS, { most: OPEN_ORDERS_MAX, from });
    }
    if (overLimits !== null) throw overLimits;
    return true;
  });
  if (!inserted) {
    const winner = await orderByKey(db, request.userId, request.idempotencyKey);
    if (winner === null) throw new Error(`the order that took key ${request.idempotencyKey} is not there`);
    return replay(shop, request, winner);
  }
  return { order: await openCheckout(shop, await reread(shop, order.id)), replayed: false };
}

/** The refusal of an order that would go over a spending limit. */
async function overTheLimits(shop: Shop, tx: Queryable, order: NewOrder): Promise<Refusal | null> {
  const now = await countedSpending(tx, order.userId, order.createdAt.getTime());
  const limits = await limitsNow(shop.house, tx, order.userId);
  const after = spans((span) => now[span] + order.priceCents);
  return overLimit(limits, { now, after });
}

/**
 * What counts against a person's limits now, in cents. What may still be paid for open orders counts in every span,
 * whenever they were opened: it may be paid today.
 */
export async function countedSpending(db: Queryable, userId: Uuid, nowMs: number): Promise<Spans<bigint>> {
  const paid = await paidSince(
    db,
    userId,
    spans((span) => spanStart(span, nowMs)),
  );
  const open = openCents(await undecidedOrders(db, userId));
  return spans((span) => paid[span] + open);
}

/** What would be paid for all of these, in cents. */
export function openCents(orders: readonly Pick<OrderRow, 'priceCents'>[]): bigint {
  return orders.reduce((sum, { priceCents }) => sum + priceCents, 0n);
}

async function newOrder(shop: Shop, request: OrderRequest): Promise<NewOrder> {
  const nowMs = shop.house.clock.now();
  const policy = await currentPolicy(shop.house.db, nowMs);
  const rate = await currentRate(shop.house.db, nowMs);
  const priced = priceItem(policy, rate, request.item);
  if (priced instanceof Refusal) throw priced;
  const moved = checkShownPrice(request.shownCents, priced);
  if (moved !== null) throw moved;
  const provider = providerForPrice(shop, request.method, priced.priceCents);
  const id = newId();
  const returnUrl = new URL(request.returnTo);
  returnUrl.searchParams.set('order', orderRefOf(id));
  return {
    id,
    userId: request.userId,
    idempotencyKey: request.idempotencyKey,
    requestHash: request.requestHash,
    packId: priced.packId,
    asset: priced.asset,
    units: priced.units,
    priceCents: priced.priceCents,
    perUnitNumerator: priced.centsPerUnit.numerator,
    perUnitDenominator: priced.centsPerUnit.denominator,
    policyVersion: policy.version,
    rateVersion: priced.rateVersion,
    method: request.method,
    provider: provider.id,
    mode: provider.mode,
    returnUrl: returnUrl.href,
    createdAt: new Date(nowMs),
    expiresAt: new Date(nowMs + provider.capabilities.openMs),
  };
}

/** Whoever takes so much money this way now. */
function providerForPrice(shop: Shop, method: PayMethod, priceCents: bigint): PayInProvider {
  const provider = providerFor(shop, method);
  const called = METHOD_NAMES[method];
  if (provider === null) throw new Refusal(METHOD_NOT_OFFERED, { method: called }, '/method');
  const { minCents } = provider.capabilities;
  if (priceCents < minCents) {
    throw new Refusal(BELOW_METHOD_MINIMUM, {
      method: called,
      min: displayUsd(minCents),
      price: displayUsd(priceCents),
    });
  }
  if (!provider.available()) throw new Refusal(PROVIDER_UNAVAILABLE);
  return provider;
}

const METHOD_NAMES = { card: 'card', wallet: 'Apple Pay or Google Pay', crypto: 'crypto' } as const;

async function replay(shop: Shop, request: OrderRequest, order: OrderRow): Promise<OpenedOrder> {
  if (!order.requestHash.equals(request.requestHash)) throw new Refusal(IDEMPOTENCY_KEY_REUSED);
  return { order: await openCheckout(shop, order), replayed: true };
}

/**
 * Asks the provider for the order's payment page, unless there is one or the order is over. The order's id is the
 * provider's idempotency key, so asking again after a crash or a lost answer finds the same page. Where there are no
 * such keys, one process asks at a time.
 */
export async function openCheckout(shop: Shop, order: OrderRow): Promise<OrderRow> {
  const { clock, db } = shop.house;
  const open = order.providerRef === null && order.ending === null && order.problem === null;
  const provider = providerOf(shop, order);
  // After its time a page is looked for, never opened: see `settle-order.ts`.
  if (!open || provider === null || clock.now() >= order.expiresAt.getTime()) return order;
  const alone = !provider.capabilities.idempotentCreate;
  if (alone && !(await claimOpening(db, order.id, new Date(clock.now())))) return order;
  const outcome = await provider.createCheckout({
    operationId: order.id,
    orderRef: orderRefOf(order.id),
    description: displayAmount({ asset: order.asset, units: order.units }),
    method: order.method,
    amountCents: order.priceCents,
    currency: 'USD',
    returnUrl: order.returnUrl,
    createdAt: order.createdAt,
    expiresAt: order.expiresAt,
  });
  await writeOutcome(shop, order, outcome);
  // An answer that was lost keeps the others away until the work must be done: then they find it.
  if (alone && outcome.kind !== 'unknown') await endOpening(db, order.id);
  return reread(shop, order.id);
}

async function writeOutcome(shop: Shop, order: OrderRow, outcome: Outcome<Checkout>): Promise<void> {
  const { db, clock, log } = shop.house;
  const now = new Date(clock.now());
  switch (outcome.kind) {
    case 'ok': {
      const kept = await insertCheckout(db, order.id, order.provider, outcome.value, now);
      // Two orders cannot share a page: the money of one would be taken for the other.
      if (!kept) await insertReview(db, order.id, 'order_mismatch', outcome.value, now);
      return;
    }
    case 'declined':
      await insertEnding(db, order.id, 'declined', outcome.code, now);
      await deleteCheck(db, order.id);
      return;
    case 'retryable':
    case 'unknown':
      log.warn({ order: order.id, outcome }, 'the payment page of an order is not known yet');
  }
}

async function reread(shop: Shop, orderId: Uuid): Promise<OrderRow> {
  const order = await orderById(shop.house.db, orderId);
  if (order === null) throw new Error(`order ${orderId} is not there after it was written`);
  return order;
}
