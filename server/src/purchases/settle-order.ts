import { createHash } from 'node:crypto';
import { type Uuid, uuidFromHex } from '../core/ids.ts';
import { amountJson } from '../core/money.ts';
import { accountId, type Posted, platformAccounts, userAccount, worldAccount } from '../ledger/index.ts';
import { openCheckout } from './open-order.ts';
import { tellPaymentNews } from './payment-news.ts';
import type { PayInProvider, PaymentSnapshot } from './provider.ts';
import { boughtPurpose, type Leg, purchaseTransfers } from './purchase-transfers.ts';
import { nextStep, type Step } from './rules.ts';
import { ledgerNameOf, orderIdOf, orderRefOf, providerOf, type Shop } from './shop.ts';
import {
  type CloseReason,
  deleteCheck,
  insertCheckout,
  insertClosing,
  insertEnding,
  insertReview,
  type OrderRow,
  orderById,
  orderByProviderRef,
  PAYMENTS,
} from './store.ts';

/** A page that was opened this long before or after the order can still be the order's. */
const SEARCH_MARGIN_MS = 10 * 60_000;

/**
 * Finds out what is true of an order and writes it down: credited, ended, parked, or still open.
 * Safe at any time, any number of times, from any number of processes. `final`: nobody needs to ask again.
 */
export async function settleOrder(shop: Shop, orderId: Uuid): Promise<{ final: boolean }> {
  const found = await orderById(shop.house.db, orderId);
  if (found === null) throw new Error(`order ${orderId} is not there`);
  if (isOver(found)) return finish(shop, found.id);
  const provider = providerOf(shop, found);
  if (provider === null) return leave(shop, found);
  const order = await openCheckout(shop, found);
  if (isOver(order)) return finish(shop, order.id);
  if (order.providerRef === null) return searchAfterwards(shop, provider, order);
  const outcome = await provider.fetch(order.providerRef);
  switch (outcome.kind) {
    case 'ok':
      return apply(shop, order, outcome.value);
    case 'declined':
      // Who asks the wrong company for a while, as with another account's key, is told the same.
      if (shop.house.clock.now() < order.expiresAt.getTime() + SEARCH_MARGIN_MS) return { final: false };
      return park(shop, order, 'missing_at_provider', { providerRef: order.providerRef, code: outcome.code });
    case 'retryable':
    case 'unknown':
      return { final: false };
  }
}

/**
 * What a webhook points at: the object is fetched and its order settled. `false` when the provider did not answer
 * and the webhook should come again. A payment that is not ours is passed over.
 */
export async function settlePayment(
  shop: Shop,
  provider: PayInProvider,
  providerRef: string,
): Promise<boolean> {
  const outcome = await provider.fetch(providerRef);
  if (outcome.kind === 'declined') return true;
  if (outcome.kind !== 'ok') return false;
  const order = await orderOfPayment(shop, provider, outcome.value);
  if (order !== null) await apply(shop, order, outcome.value);
  return true;
}

/** Closes the payment page if it is still open, and settles what is true then. `why`: what its owner reads. */
export async function cancelOrder(shop: Shop, order: OrderRow, why: CloseReason): Promise<OrderRow> {
  const provider = providerOf(shop, order);
  if (!isOver(order) && provider !== null) {
    const open = await openCheckout(shop, order);
    if (open.providerRef !== null) {
      // First, since the provider's message that it is closed may be faster than its answer.
      await insertClosing(shop.house.db, open.id, why, new Date(shop.house.clock.now()));
      const outcome = await provider.cancel(open.providerRef);
      if (outcome.kind === 'ok') await apply(shop, open, outcome.value);
    }
  }
  return (await orderById(shop.house.db, order.id)) ?? order;
}

/** The order of a payment; when the answer that opened the page was lost, the page is written down now. */
async function orderOfPayment(
  shop: Shop,
  provider: PayInProvider,
  snapshot: PaymentSnapshot,
): Promise<OrderRow | null> {
  const { db, clock } = shop.house;
  const known = await orderByProviderRef(db, provider.id, snapshot.providerRef);
  if (known !== null) return known;
  const orderId = orderIdOf(snapshot.orderRef);
  const order = orderId === null ? null : await orderById(db, orderId);
  if (order === null || providerOf(shop, order) !== provider) return null;
  await insertCheckout(
    db,
    order.id,
    provider.id,
    { providerRef: snapshot.providerRef, redirectUrl: order.returnUrl },
    new Date(clock.now()),
  );
  return orderById(db, order.id);
}

/** The order's time is over and no page is known: the provider's own list says whether one was ever opened. */
async function searchAfterwards(
  shop: Shop,
  provider: PayInProvider,
  order: OrderRow,
): Promise<{ final: boolean }> {
  const { clock } = shop.house;
  const nowMs = clock.now();
  if (nowMs < order.expiresAt.getTime() + SEARCH_MARGIN_MS) return { final: false };
  for await (const snapshot of provider.listSince(new Date(order.createdAt.getTime() - SEARCH_MARGIN_MS))) {
    if (snapshot.orderRef !== orderRefOf(order.id)) continue;
    const owner = await orderOfPayment(shop, provider, snapshot);
    if (owner?.id === order.id) return apply(shop, owner, snapshot);
  }
  await insertEnding(shop.house.db, order.id, 'expired', 'never_opened', new Date(nowMs));
  return finish(shop, order.id);
}

/** Whoever was asked is not there any more: what they knew is not known. It ends when its time is over. */
async function leave(shop: Shop, order: OrderRow): Promise<{ final: boolean }> {
  const nowMs = shop.house.clock.now();
  if (nowMs < order.expiresAt.getTime() + SEARCH_MARGIN_MS) return { final: false };
  await insertEnding(shop.house.db, order.id, 'expired', 'provider_gone', new Date(nowMs));
  return finish(shop, order.id);
}

/** Does what the fetched payment says, and tells of what the provider gave or took back of a paid one. */
async function apply(shop: Shop, order: OrderRow, snapshot: PaymentSnapshot): Promise<{ final: boolean }> {
  const done = await applyStep(shop, order, snapshot);
  await tellPaymentNews(shop, order.id, snapshot);
  return done;
}

async function applyStep(
  shop: Shop,
  order: OrderRow,
  snapshot: PaymentSnapshot,
): Promise<{ final: boolean }> {
  const step = nextStep(factsOf(order), snapshot);
  switch (step.kind) {
    case 'nothing':
      return step.final ? finish(shop, order.id) : { final: false };
    case 'credit':
      return creditOrder(shop, order, snapshot);
    case 'end':
      return end(shop, order, step);
    case 'park':
      return park(shop, order, step.problem, seenOf(snapshot));
  }
}

function factsOf(order: OrderRow) {
  return {
    orderRef: orderRefOf(order.id),
    providerRef: order.providerRef,
    priceCents: order.priceCents,
    currency: 'USD',
    livemode: order.mode === 'live',
    paid: order.paidAt !== null,
    parked: order.problem !== null,
    ended: order.ending !== null,
  };
}

/**
 * Posts the purchase. The ids of its transfers come from the provider's own id of the payment, so however often
 * and from wherever it is posted, the ledger does it once.
 */
export async function creditOrder(
  shop: Shop,
  order: OrderRow,
  snapshot: PaymentSnapshot,
): Promise<{ final: boolean }> {
  const { ledger, log } = shop.house;
  const id = (leg: Leg) => paymentTransferId(order.provider, snapshot.providerRef, leg);
  const transfers = purchaseTransfers({
    id,
    reference: order.id,
    userId: order.userId,
    world: ledgerNameOf(order),
    asset: order.asset,
    units: order.units,
    priceCents: order.priceCents,
    feeCents: snapshot.feeCents,
  });
  const creditTransferId = id('credit');
  await ledger.openAccounts([
    ...platformAccounts(),
    worldAccount(ledgerNameOf(order), 'USD'),
    userAccount(order.userId, boughtPurpose(order.asset), order.asset),
  ]);
  const posted = await ledger.post({
    transfers,
    rows: [
      {
        table: PAYMENTS,
        values: [
          order.id,
          order.provider,
          snapshot.providerRef,
          order.asset,
          order.units,
          order.priceCents,
          snapshot.feeCents,
          snapshot.paidAt ?? new Date(shop.house.clock.now()),
          creditTransferId,
          null,
        ],
      },
    ],
  });
  if (posted.kind === 'refused') {
    log.error({ order: order.id, result: posted.result }, 'the ledger refused a paid order');
    return park(shop, order, 'ledger_refused', { ...seenOf(snapshot), result: posted.result });
  }
  if (posted.kind === 'posted') tell(shop, order, posted);
  return finish(shop, order.id);
}

/** The ledger's id of one leg of a payment: the same for ever, from the provider and its own id. UUID version 8. */
export function paymentTransferId(provider: string, providerRef: string, leg: Leg): Uuid {
  const hash = createHash('sha256').update(`carat payment ${provider} ${providerRef} ${leg}`).digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x80;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  return uuidFromHex(hash.toString('hex', 0, 16));
}

function tell(shop: Shop, order: OrderRow, posted: Posted & { kind: 'posted' }): void {
  // Pages show Coins as they change; Diamonds are asked for.
  const account = posted.accounts.get(accountId(order.userId, 'coins', 'COIN'));
  if (account === undefined || order.asset !== 'COIN') return;
  const units = account.creditsPosted - account.debitsPosted - account.debitsPending;
  shop.house.hub.toUser(order.userId, { t: 'wallet', coins: { ...amountJson('COIN', units) } });
}

async function end(shop: Shop, order: OrderRow, step: Step & { kind: 'end' }): Promise<{ final: boolean }> {
  await insertEnding(shop.house.db, order.id, step.ending, step.reason, new Date(shop.house.clock.now()));
  return finish(shop, order.id);
}

async function park(
  shop: Shop,
  order: OrderRow,
  problem: NonNullable<OrderRow['problem']>,
  seen: object,
): Promise<{ final: boolean }> {
  shop.house.log.error(
    { order: order.id, problem },
    'an order waits for review: the provider says something else',
  );
  await insertReview(shop.house.db, order.id, problem, seen, new Date(shop.house.clock.now()));
  return finish(shop, order.id);
}

async function finish(shop: Shop, orderId: Uuid): Promise<{ final: boolean }> {
  await deleteCheck(shop.house.db, orderId);
  return { final: true };
}

function isOver(order: OrderRow): boolean {
  return order.paidAt !== null || order.ending !== null || order.problem !== null;
}

function seenOf(snapshot: PaymentSnapshot): object {
  return {
    ...snapshot,
    amountCents: snapshot.amountCents.toString(),
    feeCents: snapshot.feeCents.toString(),
    paidCents: snapshot.paidCents.toString(),
    refundedCents: snapshot.refundedCents.toString(),
    refunds: snapshot.refunds.map(({ refundRef, rawStatus }) => ({ refundRef, rawStatus })),
    disputes: snapshot.disputes.map(({ disputeRef, rawStatus }) => ({ disputeRef, rawStatus })),
  };
}
