import type { PaymentMode } from '../config.ts';
import type { Uuid } from '../core/ids.ts';

/** Where a refund stands. */
export type RefundState =
  | 'waiting'
  | 'asked'
  | 'to_pay'
  | 'sent'
  | 'parked'
  | 'rejecting'
  | 'refunded'
  | 'failed'
  | 'rejected';

/** How two operators end a refund that is parked. */
export type RefundVerdict = 'refunded' | 'failed';

/** Its units are reserved, and nobody knows yet how it ends. */
export const OPEN_REFUNDS: readonly RefundState[] = [
  'waiting',
  'asked',
  'to_pay',
  'sent',
  'parked',
  'rejecting',
];

/** A refund as it was asked for; it never changes. */
export interface Refund {
  readonly id: Uuid;
  readonly committed: bigint;
  readonly orderId: Uuid;
  readonly userId: Uuid;
  readonly asset: 'COIN' | 'DIAMOND';
  readonly units: bigint;
  readonly cents: bigint;
  readonly road: 'provider' | 'hand';
  /** The fan, or an operator for them. */
  readonly askedBy: Uuid;
  readonly reason: string | null;
  /** Who asked under which key: the same for each try, and for each retry. */
  readonly keyId: Uuid;
  readonly requestHash: bigint;
  readonly askedAt: Date;
}

/** A refund with everything that has become of it. */
export interface RefundNow extends Refund {
  readonly state: RefundState;
  readonly since: Date;
  readonly refundRef: string | null;
  readonly rawStatus: string | null;
  readonly failure: string | null;
  /** Of a payment by hand that was sent: what names it at the bank or in the wallet. */
  readonly reference: string | null;
  /** Of one that came to nothing: units that a lost case of the same order keeps. */
  readonly claimedUnits: bigint;
  readonly approvalId: Uuid | null;
  /** Of one that is parked: what was decided and is about to be done. */
  readonly verdict: RefundVerdict | null;
  readonly firstTriedAt: Date | null;
  readonly nextCheckAt: Date | null;
  readonly checks: number;
}

export type RecallKind = 'dispute' | 'provider_refund';
export type RecallState = 'held' | 'parked' | 'released' | 'taken';

/** Whether the money of one is away: it is booked, and did not come back. */
export function isLost({ state, returnedAt }: Pick<RecallNow, 'state' | 'returnedAt'>): boolean {
  return state === 'taken' && returnedAt === null;
}

/** Money that a provider took back: a dispute, or a refund that was made at the provider itself. */
export interface Recall {
  readonly id: Uuid;
  readonly kind: RecallKind;
  readonly provider: string;
  readonly mode: PaymentMode;
  readonly providerRef: string;
  readonly orderId: Uuid;
  readonly userId: Uuid;
  readonly asset: 'COIN' | 'DIAMOND';
  readonly cents: bigint;
  readonly reason: string;
  readonly openedAt: Date;
  readonly foundAt: Date;
}

export interface RecallNow extends Recall {
  readonly state: RecallState;
  readonly since: Date;
  readonly rawStatus: string;
  readonly evidenceDueAt: Date | null;
  readonly feeCents: bigint;
  readonly heldUnits: bigint;
  readonly heldCents: bigint;
  readonly beyondCents: bigint;
  readonly note: string | null;
  /** Since when it is lost and waits for units in escrow; `null` when it does not. */
  readonly awaitsSince: Date | null;
  readonly needsPerson: boolean;
  /** When its units and its money came back after they were taken; `null` while they have not. */
  readonly returnedAt: Date | null;
  /** What of that the fan has: the rest was claimed at once by another lost case of the order. */
  readonly returnedUnits: bigint;
  /** Units that came free with its end, or came back, and that other lost cases of the order claimed at once. */
  readonly claimedUnits: bigint;
  readonly pardonedAt: Date | null;
  /** Raised by each hold, each reversal and the end. */
  readonly turn: bigint;
  readonly nextCheckAt: Date | null;
  readonly checks: number;
}

/** What is said of each state, to stand after "This refund is … now". */
export const REFUND_WORDS: Readonly<Record<RefundState, string>> = {
  waiting: 'waiting for a second operator',
  asked: 'about to be sent',
  to_pay: 'waiting to be paid by hand',
  sent: 'with the provider',
  parked: 'being asked about at the provider',
  rejecting: 'being taken back',
  refunded: 'refunded',
  failed: 'not possible',
  rejected: 'rejected',
};
