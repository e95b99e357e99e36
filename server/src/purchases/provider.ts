import type { IncomingHttpHeaders } from 'node:http';
import type { Uuid } from '../core/ids.ts';

/**
 * The port to whoever takes a fan's money. Amounts are whole minor units.
 *
 * Our own row is committed before any call, every call carries our operation's id, and every answer may be
 * `unknown`: then nothing is credited and nothing is given up until a later `fetch` says what is true.
 */
export interface PayInProvider {
  /** `sandbox`. Names the ledger account `world:<id>` and the webhook's address. */
  readonly id: string;
  /** Whether real money moves. A payment of the other mode is never credited. */
  readonly livemode: boolean;
  /** Opens a payment page. The same operation again gives the same page. */
  createCheckout(operation: CheckoutOperation): Promise<Outcome<Checkout>>;
  /** What the provider knows about a payment: the truth, whatever a webhook said. `declined` = no such payment. */
  fetch(providerRef: string): Promise<Outcome<PaymentSnapshot>>;
  /** Closes a payment page that is still open; says what is true then. A paid one stays paid. */
  cancel(providerRef: string): Promise<Outcome<PaymentSnapshot>>;
  /** Every payment made since an instant, oldest first. Throws when the provider does not answer. */
  listSince(since: Date): AsyncIterable<PaymentSnapshot>;
  /** Checks that a webhook is the provider's and recent. Pure: no I/O, the time is given. */
  verifyWebhook(raw: Buffer, headers: IncomingHttpHeaders, nowMs: number): VerifiedEvent | RejectedEvent;
}

export interface CheckoutOperation {
  /** The provider's idempotency key. */
  readonly operationId: Uuid;
  /** Comes back in every snapshot and ties the payment to our order. */
  readonly orderRef: string;
  /** What is bought, in words: `219 Coins`. */
  readonly description: string;
  readonly amountCents: bigint;
  /** ISO 4217, upper case. */
  readonly currency: string;
  /** Where the payer's browser goes afterwards. */
  readonly returnUrl: string;
  readonly expiresAt: Date;
}

export interface Checkout {
  readonly providerRef: string;
  /** The page where the payer pays. */
  readonly redirectUrl: string;
}

/** What a provider says about a payment, in our words. A word of theirs that we do not know is `other`. */
export type PaymentStatus = 'open' | 'processing' | 'paid' | 'declined' | 'canceled' | 'expired' | 'other';

export interface PaymentSnapshot {
  readonly providerRef: string;
  readonly orderRef: string;
  readonly status: PaymentStatus;
  /** The provider's own word, kept for whoever reviews. */
  readonly rawStatus: string;
  readonly amountCents: bigint;
  readonly currency: string;
  readonly livemode: boolean;
  /** What the provider keeps of the amount; 0 until paid. */
  readonly feeCents: bigint;
  readonly paidAt: Date | null;
  /** Why the last attempt to pay failed, in the provider's word. */
  readonly declineCode: string | null;
}

/**
 * What came of a call. `declined`: refused for good. `retryable`: nothing happened, ask again later.
 * `unknown`: it may or may not have happened; it never credits and never gives up.
 */
export type Outcome<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'declined'; readonly code: string }
  | { readonly kind: 'retryable'; readonly afterMs: number }
  | { readonly kind: 'unknown'; readonly reason: string };

/** A webhook that is truly the provider's. It is a hint where to look; its content is not believed. */
export interface VerifiedEvent {
  readonly kind: 'verified';
  readonly eventId: string;
  readonly type: string;
  readonly providerRefs: readonly string[];
}

export interface RejectedEvent {
  readonly kind: 'rejected';
  readonly reason: 'no_secret' | 'malformed' | 'bad_signature' | 'too_old' | 'from_the_future';
}
