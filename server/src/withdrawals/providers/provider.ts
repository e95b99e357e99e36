import type { IncomingHttpHeaders } from 'node:http';
import type { PaymentMode } from '../../config.ts';
import type { Uuid } from '../../core/ids.ts';
import type { PayoutMethodName } from '../../policy/index.ts';
import type { Outcome, RejectedEvent } from '../../purchases/index.ts';
import type { AccountDetails } from '../withdrawal.ts';

/**
 * The port to whoever pays creators. Amounts are whole minor units.
 *
 * Our own row is committed before any call, and every call carries the attempt's id. `unknown` never gives Diamonds back
 * and never asks under another key: a later `fetch`, by our own reference, says what is true. `declined` is said only of
 * what did not happen and will not.
 */
export interface PayoutProvider {
  readonly id: PayoutProviderId;
  readonly mode: PaymentMode;
  /** The way of payment that it serves. */
  readonly method: PayoutMethodName;
  /** Its name in the ledger: `world:<name>`. Money that is not money has a name of its own. */
  readonly world: string;
  /** The name of its books beside those of payments. */
  readonly books: 'stripe_connect' | 'btcpay_payouts' | 'paypal_payouts';
  /** So long its keys are kept; what is older is looked for and never asked again. */
  readonly keyMs: number;
  /**
   * It finds nothing by our reference before something is booked: what was asked for is found by asking the same again, while
   * its keys are kept. A refusal that may be another one the next time is then no proof that nothing happened.
   */
  readonly findsByAsking?: true;
  /** So long what has arrived is looked at every day; two weeks unless told. */
  readonly watchedMs?: number;
  /** Its own name of the account that is paid from: what was asked for with another one is not there, and not here to ask. */
  ownAccount(): Promise<Outcome<string>>;
  /**
   * Of a provider that pays to what a creator gave, and not to an account that is set up there: where to; `null` where it
   * does not pay.
   */
  addressOf?(details: AccountDetails): string | null;
  /**
   * Begins to pay. The same attempt again is the same payment, or one more that nothing happens to: only what is booked as
   * taken is gone on with.
   */
  create(operation: PayoutOperation): Promise<Outcome<PayoutSnapshot>>;
  /**
   * What is true of a payment, found by our own reference; `null` = there is none. `unknown` for `SEVERAL` where more than one
   * would pay it.
   */
  fetch(operation: PayoutOperation): Promise<Outcome<PayoutSnapshot | null>>;
  /** Of a provider where people may make payments beside ours: all that pay this withdrawal or may yet, whoever made them. */
  fetchAll?(operation: PayoutOperation): Promise<Outcome<readonly PayoutSnapshot[]>>;
  /**
   * Asks for the next step of one that was taken, where the provider takes two. `ask` counts from 1: the same again is
   * the same step; after a refusal that is certain the next one has the next number.
   */
  forward(operation: PayoutOperation, taken: PayoutSnapshot, ask: number): Promise<Outcome<PayoutSnapshot>>;
  /** Takes money back that was taken and does not arrive, under a number of its own kind. */
  takeBack(operation: PayoutOperation, failed: PayoutSnapshot, ask: number): Promise<Outcome<PayoutSnapshot>>;
  /** Every payment begun since an instant. Throws when the provider does not answer. */
  listSince(since: Date): AsyncIterable<PayoutSnapshot>;
  /** Of a provider that may take one question twice: what lies there and nobody has gone on with, and how to drop it. */
  readonly leftovers?: {
    list(): Promise<Outcome<readonly Leftover[]>>;
    drop(takenRef: string): Promise<Outcome<unknown>>;
  };
  /** The provider's names of payments begun since an instant of which something was taken back. Throws when it does not answer. */
  takenBackSince?(since: Date): AsyncIterable<string>;
  /** Checks that a webhook is the provider's and recent. The time is given; no I/O but for a certificate that is not known yet. */
  verifyWebhook(
    raw: Buffer,
    headers: IncomingHttpHeaders,
    nowMs: number,
  ): PayoutHint | RejectedEvent | Promise<PayoutHint | RejectedEvent>;
  /** Of a provider that pays to accounts that are set up there; none where `addressOf` says where to. */
  readonly accounts?: PayoutAccounts;
}

/** The accounts of creators at a provider. */
export interface PayoutAccounts {
  /** Opens one for a creator. The same account of ours again is the same one there. */
  open(asked: AccountOpening): Promise<Outcome<{ readonly ref: string }>>;
  /** A page of the provider's on which the account's owner sets it up, or changes it. */
  setUpPage(ref: string, returnUrl: string): Promise<Outcome<{ readonly url: string }>>;
  /** What the provider knows of an account: whether it pays to it in this currency, and what is missing. */
  fetch(ref: string, currency: string): Promise<Outcome<AccountSnapshot>>;
}

export type PayoutProviderId = 'stripe' | 'btcpay' | 'paypal';

/** A payment there that was never gone on with. */
export interface Leftover {
  readonly takenRef: string;
  readonly attemptId: Uuid;
}

/** One try to pay one withdrawal. */
export interface PayoutOperation {
  readonly attemptId: Uuid;
  /** What the bank's statement shows, `CAR-7Q2M4B8XKD`: everything of one withdrawal has it. */
  readonly reference: string;
  /** `wd_…` */
  readonly withdrawal: string;
  /** The provider's name of the account, kept with the attempt. */
  readonly destination: string;
  readonly minor: bigint;
  /** ISO 4217, upper case. */
  readonly currency: string;
  /** The provider's name of what is booked as taken; `null` before that. */
  readonly takenRef: string | null;
  /** What a webhook called it before anything was booked: where to look, and no more. */
  readonly toldRef?: string | null;
  /** Of a step on to the bank: the provider's name of the bank account that was looked at for it, where it has one. */
  readonly bank?: string;
}

/**
 * Where a payment stands. `taken`: out of the house's balance, not on its way to the bank; `failed`: it does not arrive,
 * and the house has not got it back; `back`: the house has it again; `gone`: the account that it went to is closed, so that
 * nobody can read what became of it. A word of theirs that we do not know, or a payment that is not as it was asked for,
 * is `other`.
 */
export type PayoutStatus = 'taken' | 'on_its_way' | 'paid' | 'failed' | 'back' | 'gone' | 'other';

export interface PayoutSnapshot {
  /** Our attempt, `null` when it was made at the provider itself. */
  readonly attemptId: string | null;
  readonly reference: string | null;
  /** The provider's names of its two steps. */
  readonly takenRef: string;
  readonly payoutRef: string | null;
  readonly status: PayoutStatus;
  /** The provider's own words, kept for whoever looks at it. */
  readonly rawStatus: string;
  readonly destination: string;
  readonly minor: bigint;
  /** What of it the house has again, where that is known; none unless told. */
  readonly backMinor?: bigint;
  /** The provider does not say how much of it the house has again: people see it in their account there. */
  readonly backIsUntold?: true;
  readonly currency: string;
  readonly livemode: boolean;
  /** Why it failed, in the provider's word. */
  readonly failureCode: string | null;
  /** What operators have to do so that it goes on; `null` while nothing is to be done. */
  readonly advice: string | null;
  /** It may still arrive or be approved: nobody can say that it did not. */
  readonly isMoving: boolean;
  readonly takenAt: Date;
}

export interface AccountOpening {
  /** Of our account; the idempotency key. */
  readonly accountId: Uuid;
  readonly userRef: string;
  readonly country: string;
}

export interface AccountSnapshot {
  readonly ref: string;
  /** Whether its owner has filled in the provider's form. */
  readonly submitted: boolean;
  readonly ready: boolean;
  /** The provider does not pay to this person at all. */
  readonly rejected: boolean;
  /** What is missing, in the provider's own names. */
  readonly missing: readonly string[];
  /**
   * The bank account that is paid, with its last four characters. `number` is the same wherever the same account is
   * given, `null` where the provider does not tell.
   */
  readonly bank: { readonly ref: string; readonly last4: string; readonly number: string | null } | null;
}

/** What is missing of an account that its owner closed at the provider, or took its access back from us. */
export const CLOSED_ACCOUNT = 'account.closed';

/** What a provider says of a payment that whoever it is for has not accepted, and that can be called back until then. */
export const UNCLAIMED = 'UNCLAIMED';
/** What it says of one that is back since nobody accepted it, or since it was called back. */
export const RETURNED = 'RETURNED';
/** The code of what came back since somebody called it back, and not since nobody accepted it in time. */
export const CALLED_BACK = 'PAYPAL_CALLED_BACK';

/** Why nothing is said of a payment of which there is more than one. */
export const SEVERAL = 'more_than_one_was_approved_there';

/** Why a step on to the bank is declined whose bank account was removed: another one may stand there. */
export const BANK_GONE = 'bank_gone';

/** A webhook that is truly the provider's: a hint where to look. */
export interface PayoutHint {
  readonly kind: 'hint';
  readonly eventId: string;
  readonly type: string;
  /** Attempts and references that it names; what it says of them is not believed. */
  readonly attemptIds: readonly string[];
  readonly takenRefs: readonly string[];
  /** An account that changed. */
  readonly accountRef: string | null;
}
