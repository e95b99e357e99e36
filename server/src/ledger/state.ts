import type { Uuid } from '../core/ids.ts';
import type { Account } from './account.ts';
import type { AccountResult, TransferResult } from './results.ts';
import type { Transfer } from './transfer.ts';

/** What became of a pending transfer. All but `pending` are final. */
export type PendingState = 'pending' | 'posted' | 'voided' | 'expired';

/** The committed state, as the state machine reads it. It never writes here: what changes is in the effects. */
export interface StateView {
  account(id: Uuid): Account | undefined;
  transfer(id: Uuid): Transfer | undefined;
  /** What became of a pending transfer; `undefined` reads as `pending`. */
  resolution(pendingId: Uuid): PendingState | undefined;
  /** Whether a transfer with this id was refused for a transient reason, so that the id is used up. */
  hasFailed(id: Uuid): boolean;
}

/** The answer to one transfer event. */
export interface TransferOutcome {
  readonly result: TransferResult;
  /** Of the transfer for `created` and `exists` (the first one's), of the event otherwise. */
  readonly timestamp: bigint;
}

/** A transfer that happened, with both accounts as they were just after it. */
export interface Created {
  readonly transfer: Transfer;
  readonly debitAfter: Account;
  readonly creditAfter: Account;
}

/** What a batch of transfers did. The view plus the effects is the next state. */
export interface Effects {
  /** One per event, in the order of the events. */
  readonly results: readonly TransferOutcome[];
  /** In order of timestamp. */
  readonly created: readonly Created[];
  /** The new state of each touched account. */
  readonly accounts: ReadonlyMap<Uuid, Account>;
  /** The new state of each pending transfer that was created (`pending`) or resolved. */
  readonly resolutions: ReadonlyMap<Uuid, PendingState>;
  /** The ids that transient refusals used up. */
  readonly failedIds: readonly Uuid[];
}

/** The answer to one account event. */
export interface AccountOutcome {
  readonly result: AccountResult;
  /** Of the account for `created` and `exists` (the first one's), of the event otherwise. */
  readonly timestamp: bigint;
}

/** What a batch of new accounts did. */
export interface AccountEffects {
  /** One per event, in the order of the events. */
  readonly results: readonly AccountOutcome[];
  /** In order of timestamp. */
  readonly created: readonly Account[];
}

/** A pending transfer whose time ran out, with both accounts just after its amount was released. */
export interface Expired {
  readonly pending: Transfer;
  readonly debitAfter: Account;
  readonly creditAfter: Account;
}

/** What an expiry run did. */
export interface ExpiryEffects {
  /** In the order asked for. */
  readonly expired: readonly Expired[];
  /** The new state of each touched account. */
  readonly accounts: ReadonlyMap<Uuid, Account>;
  /** `expired` for each of them. */
  readonly resolutions: ReadonlyMap<Uuid, PendingState>;
}
