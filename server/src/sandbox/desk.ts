import { randomBytes } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import type { Database, Queryable } from '../db/database.ts';
import { meetFaults } from './faults.ts';

/** The sandbox's companies themselves: their books, their time. No real money moves here. */
export interface Desk {
  readonly db: Database;
  readonly clock: Clock;
  /** Called after a commit that left something to deliver or to do later. */
  readonly wake: () => void;
}

/**
 * Who tells the merchant: Stripe has an address for its own events and one for those of connected accounts, BTCPay Server
 * one webhook for invoices and one for payouts, PayPal one.
 */
export type Company = 'stripe' | 'stripe_connect' | 'btcpay' | 'btcpay_payouts' | 'paypal';

/** An id as the companies make them: a prefix and random letters and digits. */
export function randomId(prefix: string, length: number): string {
  let text = '';
  // Base64 without its two signs: still more than five bits a letter.
  while (text.length < length) text += randomBytes(length).toString('base64').replaceAll(/[+/=]/g, '');
  return prefix + text.slice(0, length);
}

export interface Delivery {
  readonly id: string;
  readonly company: Company;
  /** The object that it tells about. */
  readonly about: string;
  readonly type: string;
  readonly body: string;
}

/** Writes down that the merchant must be told, in the transaction of what happened. */
export async function announce(tx: Queryable, delivery: Delivery, nowMs: number): Promise<void> {
  const faults = await meetFaults(tx, `${delivery.company}.webhook.made`);
  const held = faults.has('held');
  const reordered = faults.get('reordered');
  const lateMs = (faults.get('late')?.milliseconds ?? 0) + (reordered?.left ?? 0) * 1_000;
  await tx.query(
    `insert into sandbox.deliveries (id, company, about, type, body, next_attempt_at, held)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      delivery.id,
      delivery.company,
      delivery.about,
      delivery.type,
      delivery.body,
      held ? null : new Date(nowMs + lateMs),
      held,
    ],
  );
}

/** Lets the events go that a fault held back. Answers how many. */
export async function releaseHeld(db: Queryable, nowMs: number): Promise<number> {
  const released = await db.query(
    'update sandbox.deliveries set held = false, next_attempt_at = $1 where held returning id',
    [new Date(nowMs)],
  );
  return released.length;
}
