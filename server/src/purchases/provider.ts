import type { IncomingHttpHeaders } from 'node:http';
import type { PayMethod, PaymentMode } from '../config.ts';
import type { Uuid } from '../core/ids.ts';

/**
 * The port to whoever takes a fan's money. Amounts are whole minor units.
 *
 * Our own row is committed before any call, every call carries our operation's id, and every answer may be
 * `unknown`: then nothing is credited and nothing is given up until a later `fetch` says what is true.
 */
export interface PayInProvider {
  /** `stripe`. Names the webhook's address and, with the mode, the ledger account of its money. */
  readonly id: ProviderId;
  /** Whose money moves. A payment of another mode is never credited. */
  readonly mode: PaymentMode;
  readonly capabilities: Capabilities;
  /** `false` while it has stopped to answer: then calls are not even tried. */
  available(): boolean;
  /** Opens a payment page. The same operation again gives the same page. */
  createCheckout(operation: CheckoutOperation): Promise<Outcome<Checkout>>;
  /** What the provider knows about a payment: the truth, whatever a webhook said. `declined` = no such payment. */
  fetch(providerRef: string): Promise<Outcome<PaymentSnapshot>>;
  /** Closes a payment page that is still open; says what is true then. A paid one stays paid. */
  cancel(providerRef: string): Promise<Outcome<PaymentSnapshot>>;
  /** Gives money back. The same operation again is the same refund. */
  refund(operation: RefundOperation): Promise<Outcome<RefundSnapshot>>;
  /** What became of a refund. `declined` = no such refund. */
  fetchRefund(refundRef: string): Promise<Outcome<RefundSnapshot>>;
  /** Every payment made since an instant, each once. Throws when the provider does not answer. */
  listSince(since: Date): AsyncIterable<PaymentSnapshot>;
  /**
   * What names each payment of which something was given back or disputed since an instant, to be fetched; perhaps more
   * than once. Throws when the provider does not answer.
   */
  backSince(since: Date): AsyncIterable<string>;
  /** Checks that a webhook is the provider's and recent. Pure: no I/O, the time is given. */
  verifyWebhook(raw: Buffer, headers: IncomingHttpHeaders, nowMs: number): VerifiedEvent | RejectedEvent;
}

export type ProviderId = 'stripe' | 'btcpay';

export interface Capabilities {
  readonly methods: readonly PayMethod[];
  /** ISO 4217, upper case. */
  readonly currencies: readonly string[];
  readonly refunds: 'partial' | 'none';
  /** The least that it takes at once. */
  readonly minCents: bigint;
  /** How long its payment page stays open. */
  readonly openMs: number;
  /** Whether the same operation asked twice is done once. Else one asks at a time, and looks before it does. */
  readonly idempotentCreate: boolean;
}

export interface CheckoutOperation {
  /** The provider's idempotency key. */
  readonly operationId: Uuid;
  /** Comes back in every snapshot and ties the payment to our order. */
  readonly orderRef: string;
  /** What is bought, in words: `219 Coins`. */
  readonly description: string;
  readonly method: PayMethod;
  readonly amountCents: bigint;
  /** ISO 4217, upper case. */
  readonly currency: string;
  /** Where the payer's browser goes afterwards. */
  readonly returnUrl: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export interface Checkout {
  readonly providerRef: string;
  /** The page where the payer pays. */
  readonly redirectUrl: string;
}

/**
 * What a provider says about a payment, in our words. `review`: money came, but not as it was asked for. A word of
 * theirs that we do not know is `other`.
 */
export type PaymentStatus =
  | 'open'
  | 'processing'
  | 'paid'
  | 'declined'
  | 'canceled'
  | 'expired'
  | 'review'
  | 'other';

/** What is wrong with money that came. */
export type PaymentProblem =
  | 'paid_partial'
  | 'paid_late'
  | 'paid_over'
  | 'marked_by_hand'
  | 'payment_invalid';

export interface PaymentSnapshot {
  readonly providerRef: string;
  readonly orderRef: string;
  readonly status: PaymentStatus;
  /** With `review` alone. */
  readonly problem: PaymentProblem | null;
  /** The provider's own word, kept for whoever reviews. */
  readonly rawStatus: string;
  readonly amountCents: bigint;
  /** What came: less or more than the amount with some problems. */
  readonly paidCents: bigint;
  readonly currency: string;
  readonly livemode: boolean;
  /** What the provider keeps of the amount; 0 until paid. */
  readonly feeCents: bigint;
  readonly paidAt: Date | null;
  /** Why the last attempt to pay failed, in the provider's word. */
  readonly declineCode: string | null;
  /** What was given back and stays so. */
  readonly refundedCents: bigint;
  /** Each time that something was given back, whoever asked for it. */
  readonly refunds: readonly RefundSnapshot[];
  readonly disputes: readonly DisputeSnapshot[];
  /** How to send crypto, where that is how this is paid. */
  readonly crypto: CryptoQuote | null;
}

/** A payer who told their bank that a payment was wrong. */
export interface DisputeSnapshot {
  readonly disputeRef: string;
  readonly status: 'needs_response' | 'under_review' | 'won' | 'lost' | 'other';
  readonly rawStatus: string;
  readonly reason: string;
  readonly amountCents: bigint;
  /** What the provider takes for it. */
  readonly feeCents: bigint;
  readonly evidenceDueAt: Date | null;
  readonly openedAt: Date;
}

/** What a payer must send where, until when. Amounts of crypto are decimals, as wallets show them. */
export interface CryptoQuote {
  /** `BTC`. */
  readonly currency: string;
  readonly address: string;
  /** The link that a wallet opens, with address and amount. */
  readonly link: string;
  readonly amount: string;
  readonly paid: string;
  readonly due: string;
  readonly until: Date;
  /** Blocks that the payment is in, `null` where the provider does not tell. */
  readonly confirmations: number | null;
  readonly confirmationsNeeded: number;
}

export interface RefundOperation {
  /** The provider's idempotency key. */
  readonly operationId: Uuid;
  readonly providerRef: string;
  readonly amountCents: bigint;
  readonly reason: 'requested_by_customer' | 'duplicate' | 'fraudulent';
}

export interface RefundSnapshot {
  readonly refundRef: string;
  /** The operation that asked for it; `null` when it was made at the provider itself. */
  readonly operationId: string | null;
  readonly status: 'pending' | 'succeeded' | 'failed' | 'other';
  readonly rawStatus: string;
  readonly amountCents: bigint;
  readonly currency: string;
  readonly failureCode: string | null;
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
  readonly reason:
    | 'no_secret'
    | 'malformed'
    | 'bad_signature'
    | 'too_old'
    | 'from_the_future'
    | 'other_mode'
    | 'other_account';
  /** Of a genuine one at a wrong time: how much older than our clock, in seconds; newer is negative. */
  readonly ageSeconds?: number;
}

export function rejected(reason: RejectedEvent['reason'], ageSeconds?: number): RejectedEvent {
  return { kind: 'rejected', reason, ...(ageSeconds === undefined ? {} : { ageSeconds }) };
}
