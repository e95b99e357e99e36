import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import type { Database, Queryable } from '../../db/database.ts';
import { feeCentsOf, testCard } from './cards.ts';
import {
  type CheckoutRow,
  checkoutByKey,
  checkoutsSince,
  insertCheckout,
  insertEvent,
  lockCheckout,
  takeFault,
  updateCheckout,
} from './store.ts';

/** The sandbox provider itself: its books and what payers do at its counter. No real money moves here. */
export interface Desk {
  readonly db: Database;
  readonly clock: Clock;
  /** Called after a commit that left an event to deliver. */
  readonly wake: () => void;
}

export interface CheckoutRequest {
  readonly orderRef: string;
  readonly description: string;
  readonly amountCents: string;
  readonly currency: string;
  readonly returnUrl: string;
  readonly expiresAt: string;
}

/** Opens a payment page, once per key. The same key with another request answers `conflict`. */
export async function openCheckout(
  desk: Desk,
  key: string,
  request: CheckoutRequest,
): Promise<CheckoutRow | 'conflict'> {
  const requestHash = createHash('sha256')
    .update(JSON.stringify(Object.entries(request).sort()))
    .digest();
  await insertCheckout(desk.db, key, {
    // 160 random bits: whoever knows the address of the page may pay, nobody can guess it.
    ref: `sbx_${randomBytes(20).toString('hex')}`,
    requestHash,
    orderRef: request.orderRef,
    description: request.description,
    amountCents: BigInt(request.amountCents),
    currency: request.currency,
    returnUrl: request.returnUrl,
    createdAt: new Date(desk.clock.now()),
    expiresAt: new Date(request.expiresAt),
  });
  const checkout = await checkoutByKey(desk.db, key);
  if (checkout === null) throw new Error(`sandbox checkout for ${key} is not there after it was opened`);
  return checkout.requestHash.equals(requestHash) ? checkout : 'conflict';
}

/** The payment page as it is now, expired if its time is over. */
export async function lookUp(desk: Desk, ref: string): Promise<CheckoutRow | null> {
  return change(desk, ref, (checkout) => checkout);
}

/** Payments since an instant, oldest first. */
export async function list(desk: Desk, since: Date, afterRef: string, limit: number): Promise<CheckoutRow[]> {
  return checkoutsSince(desk.db, since, afterRef, limit);
}

/** The payer tries a card. Nothing happens to a page that is closed. */
export async function payWith(desk: Desk, ref: string, cardId: string): Promise<CheckoutRow | null> {
  return change(desk, ref, (checkout) => {
    const card = testCard(cardId);
    if (card === undefined || checkout.status !== 'open') return checkout;
    switch (card.outcome.kind) {
      case 'paid':
        return charged(checkout, desk.clock.now());
      case 'declined':
        return { ...checkout, declineCode: card.outcome.code };
      case 'challenge':
        return { ...checkout, status: 'requires_confirmation', challengedCard: card.id, declineCode: null };
    }
  });
}

/** The payer confirms the payment to their bank, or refuses it and is back at the choice of cards. */
export async function answerChallenge(
  desk: Desk,
  ref: string,
  confirmed: boolean,
): Promise<CheckoutRow | null> {
  return change(desk, ref, (checkout) => {
    if (checkout.status !== 'requires_confirmation') return checkout;
    if (confirmed) return charged(checkout, desk.clock.now());
    return { ...checkout, status: 'open', challengedCard: null, declineCode: 'authentication_failed' };
  });
}

/** The page is closed without a payment. After a declined card it says so. */
export async function leave(desk: Desk, ref: string): Promise<CheckoutRow | null> {
  return change(desk, ref, (checkout) =>
    isOpen(checkout)
      ? { ...checkout, status: checkout.declineCode === null ? 'canceled' : 'declined', challengedCard: null }
      : checkout,
  );
}

export function isOpen(checkout: CheckoutRow): boolean {
  return checkout.status === 'open' || checkout.status === 'requires_confirmation';
}

function charged(checkout: CheckoutRow, nowMs: number): CheckoutRow {
  return {
    ...checkout,
    status: 'paid',
    challengedCard: null,
    declineCode: null,
    feeCents: feeCentsOf(checkout.amountCents),
    paidAt: new Date(nowMs),
  };
}

/** Locks the page, lets its time pass, changes it, and writes the event when it has closed. */
async function change(
  desk: Desk,
  ref: string,
  to: (checkout: CheckoutRow) => CheckoutRow,
): Promise<CheckoutRow | null> {
  const nowMs = desk.clock.now();
  const changed = await desk.db.transaction(async (tx) => {
    const before = await lockCheckout(tx, ref);
    if (before === null) return null;
    const late = isOpen(before) && before.expiresAt.getTime() <= nowMs;
    const after: CheckoutRow = late ? { ...before, status: 'expired', challengedCard: null } : to(before);
    if (after !== before) await updateCheckout(tx, after);
    const closed = isOpen(before) && !isOpen(after);
    if (closed) await announce(tx, after, nowMs);
    return { after, closed };
  });
  if (changed?.closed) desk.wake();
  return changed?.after ?? null;
}

async function announce(tx: Queryable, checkout: CheckoutRow, nowMs: number): Promise<void> {
  const id = `evt_${randomBytes(16).toString('hex')}`;
  const type = `checkout.${checkout.status}`;
  const body = JSON.stringify({ id, type, ref: checkout.ref, orderRef: checkout.orderRef, livemode: false });
  const dropped = await takeFault(tx, 'webhook_dropped');
  const delayMs = (await takeFault(tx, 'webhook_delayed')) ?? 0;
  await insertEvent(
    tx,
    { id, ref: checkout.ref, type, body },
    dropped === null ? new Date(nowMs + delayMs) : null,
  );
}
