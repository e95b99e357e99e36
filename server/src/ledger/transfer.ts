import type { Uuid } from '../core/ids.ts';

/** A transfer as the caller asks for it. Its id is the caller's idempotency key, for ever. */
export interface TransferEvent {
  readonly id: Uuid;
  readonly debitAccountId: Uuid;
  readonly creditAccountId: Uuid;
  /** Whole units, ≥ 0. For a full post or a balancing transfer, `UNITS_MAX` means "all there is". */
  readonly amount: bigint;
  /** The pending transfer that this one posts or voids; the nil UUID otherwise. */
  readonly pendingId: Uuid;
  readonly userData128: Uuid;
  readonly userData64: bigint;
  readonly userData32: number;
  /** Seconds until a pending transfer expires; 0 = never. */
  readonly timeout: number;
  readonly ledger: number;
  readonly code: number;
  /** Bits of `TransferFlags`. */
  readonly flags: number;
  /** The ledger gives the time: an event that brings its own is refused, also a stored transfer handed in again. */
  readonly timestamp?: bigint;
}

/** A transfer that happened. Never updated, never deleted. */
export interface Transfer extends TransferEvent {
  /** Nanoseconds since 1970; unique and strictly increasing over all accounts and transfers. */
  readonly timestamp: bigint;
}

/** Transfer flags, with TigerBeetle's numbers. */
export const TransferFlags = {
  linked: 1,
  pending: 2,
  postPendingTransfer: 4,
  voidPendingTransfer: 8,
  balancingDebit: 16,
  balancingCredit: 32,
  closingDebit: 64,
  closingCredit: 128,
  imported: 256,
} as const;

export const NIL_ID: Uuid = '00000000-0000-0000-0000-000000000000';
export const MAX_ID: Uuid = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
