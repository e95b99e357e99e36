import type { Uuid } from '../core/ids.ts';

/**
 * An account of the ledger: two counters per side, never one signed number.
 * Amounts are whole units of one asset in a signed 64-bit range.
 */
export interface Account {
  readonly id: Uuid;
  /** Which asset; numbers as in `ASSET_LEDGERS`. Only accounts of one ledger can transact. */
  readonly ledger: number;
  /** What the account is for; numbers as in `chart.ts`. */
  readonly code: number;
  /** Bits of `AccountFlags`. */
  readonly flags: number;
  readonly userData128: Uuid;
  readonly userData64: bigint;
  readonly userData32: number;
  readonly debitsPending: bigint;
  readonly debitsPosted: bigint;
  readonly creditsPending: bigint;
  readonly creditsPosted: bigint;
  /** Nanoseconds since 1970; unique and strictly increasing over all accounts and transfers. */
  readonly timestamp: bigint;
}

/** The four counters of an account. */
export interface Balances {
  readonly debitsPending: bigint;
  readonly debitsPosted: bigint;
  readonly creditsPending: bigint;
  readonly creditsPosted: bigint;
}

/**
 * An account as the caller asks for it. A new account starts empty, at the time the ledger says: an event that
 * brings its own balances, timestamp or reserved field is refused, by name.
 */
export interface AccountEvent extends Partial<Balances> {
  readonly id: Uuid;
  readonly ledger: number;
  readonly code: number;
  /** Bits of `AccountFlags`. */
  readonly flags: number;
  readonly userData128: Uuid;
  readonly userData64: bigint;
  readonly userData32: number;
  readonly timestamp?: bigint;
  readonly reserved?: number;
}

/** Account flags, with TigerBeetle's numbers. */
export const AccountFlags = {
  linked: 1,
  debitsMustNotExceedCredits: 2,
  creditsMustNotExceedDebits: 4,
  history: 8,
  imported: 16,
  closed: 32,
} as const;
