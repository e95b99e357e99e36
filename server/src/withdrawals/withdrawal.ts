import type { Uuid } from '../core/ids.ts';
import type { PayoutMethodName } from '../policy/index.ts';

/** Where a withdrawal stands. */
export const WITHDRAWAL_STATES = [
  /** Asked for; an operator has not released it yet. */
  'in_review',
  /** Waits, for a reason, until a date at the latest. */
  'held',
  /** The checks are done; it goes with the next file or by hand. */
  'released',
  /** In a file that may be at the bank, or being asked for at a provider. */
  'sending',
  /** The bank has it; it has not arrived. */
  'sent',
  'paid',
  /** It came back from the bank: the Diamonds are available again. */
  'returned',
  /** It was not sent, and the Diamonds are available again. */
  'failed',
  'canceled',
  /** The bank said something that nobody understands yet: a person asks. */
  'parked',
] as const;
export type WithdrawalState = (typeof WITHDRAWAL_STATES)[number];

/** A withdrawal as it was asked for. It never changes. Units of Diamonds, US cents, minor units of `currency`. */
export interface Withdrawal {
  readonly id: Uuid;
  readonly committed: bigint;
  readonly userId: Uuid;
  readonly quoteId: Uuid;
  /** The version of the account: changing the account afterwards changes nothing here. */
  readonly accountId: Uuid;
  readonly method: PayoutMethodName;
  /** What the bank's statement shows, `CAR-7Q2M4B8XKD`. */
  readonly reference: string;
  readonly diamondUnits: bigint;
  readonly feeCents: bigint;
  readonly taxCents: bigint;
  readonly netCents: bigint;
  readonly currency: string;
  readonly payoutMinor: bigint;
  readonly requestHash: bigint;
  readonly requestedAt: Date;
}

export interface WithdrawalNow extends Withdrawal {
  readonly state: WithdrawalState;
  readonly since: Date;
  readonly holdReason: string | null;
  readonly holdRule: string | null;
  readonly holdUntil: Date | null;
  /** Of one that its creator canceled while an operator held it: until then nothing new can be asked for. */
  readonly holdLeftUntil: Date | null;
  readonly approvalId: Uuid | null;
  /** When it was to arrive, as its quote said: a day. */
  readonly arrivesBy: string;
  readonly policyVersion: number;
  readonly masked: string;
  readonly holder: string;
  readonly country: string;
  /** Where its money goes in the ledger: `world:<name>`. */
  readonly world: string;
  /** The house's cash that is set aside for it while a provider is asked; `null` when none is. */
  readonly cashReserveId: Uuid | null;
  /** The try that is written down and that its provider has not been asked for; `null` when there is none. */
  readonly unaskedAttemptId: Uuid | null;
  /** A provider was asked to pay it, in this try or in one before. */
  readonly wasAsked: boolean;
  /** What its provider said of the open try last, in its own words; `null` where none has said anything. */
  readonly providerSays: string | null;
  /** When somebody asked that it comes back, as nobody had accepted it; `null` when nobody did. */
  readonly calledBackAt: Date | null;
}

/** One step on its way. */
export interface WithdrawalEvent {
  readonly id: Uuid;
  readonly withdrawalId: Uuid;
  readonly at: Date;
  readonly step: Step;
  readonly state: WithdrawalState;
  readonly byUser: Uuid | null;
  readonly note: string | null;
  readonly code: string | null;
  /** Of a hold: by which rule, and until when at the latest as it was said then. */
  readonly holdRule: string | null;
  readonly holdUntil: Date | null;
}

/** What was done: `requested` and the moves of `states.ts`. */
export type Step =
  | 'requested'
  | 'hold'
  | 'end_hold'
  | 'lift_hold'
  | 'ask_approval'
  | 'release'
  | 'file'
  | 'unfile'
  | 'submit'
  | 'unsubmit'
  | 'refuse'
  | 'send'
  | 'call_back'
  | 'pay'
  | 'return'
  | 'fail'
  | 'cancel'
  | 'park'
  | 'resolve_arrived'
  | 'resolve_back'
  | 'resolve_paid'
  | 'resolve_unpaid';

/** A price that is held. */
export interface Quote {
  readonly id: Uuid;
  readonly userId: Uuid;
  readonly accountId: Uuid;
  readonly diamondUnits: bigint;
  readonly rateVersion: number;
  /** Cents for so many Diamond units. */
  readonly rateCents: bigint;
  readonly rateUnits: bigint;
  readonly policyVersion: number;
  readonly grossCents: bigint;
  readonly feeCents: bigint;
  readonly taxCents: bigint;
  readonly netCents: bigint;
  readonly currency: string;
  readonly fiatVersion: number | null;
  /** The day that the source of those rates says they are of. */
  readonly fiatAsOf: string | null;
  readonly fiatNumerator: bigint | null;
  readonly fiatDenominator: bigint | null;
  /** The price of the coin that it was converted by; then the two numbers above are of it. */
  readonly coinPrice: bigint | null;
  readonly payoutMinor: bigint;
  readonly quotedAt: Date;
  readonly expiresAt: Date;
  /** A day. */
  readonly arrivesBy: string;
}

/** Where money goes: one version of an account. */
export interface PayoutAccount {
  readonly id: Uuid;
  readonly userId: Uuid;
  readonly method: PayoutMethodName;
  readonly country: string;
  readonly currency: string;
  readonly holder: string;
  readonly masked: string;
  readonly details: AccountDetails;
  readonly replaces: Uuid | null;
  readonly madeAt: Date;
  readonly usableFrom: Date;
  /** What a provider knows of it; `null` where none has to do with it. */
  readonly setup: AccountSetup | null;
}

/** How far an account at a provider is set up. */
export interface AccountSetup {
  readonly submitted: boolean;
  readonly ready: boolean;
  readonly rejected: boolean;
  /** In the provider's own names. */
  readonly missing: readonly string[];
  readonly bankLast4: string | null;
}

/** The numbers themselves. They leave the server in the file that pays, and nowhere else. */
export type AccountDetails =
  | { readonly method: 'sepa'; readonly iban: string; readonly bic: string | null }
  | {
      readonly method: 'ach';
      readonly routing: string;
      readonly account: string;
      readonly accountType: 'checking' | 'savings';
    }
  /** The provider knows the numbers, and we do not. */
  | { readonly method: 'stripe' }
  /** Of bitcoin, as its network writes it. */
  | { readonly method: 'btcpay'; readonly address: string }
  | { readonly method: 'paypal'; readonly email: string }
  | { readonly method: 'manual'; readonly instructions: string };
