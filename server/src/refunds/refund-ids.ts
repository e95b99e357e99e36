import { hash } from 'node:crypto';
import { newId, type Uuid } from '../core/ids.ts';
import { idOfKey } from '../gifts/index.ts';

/** Who asks under which key: a retry is found by it. */
export function refundKeyId(userId: Uuid, key: string): Uuid {
  return idOfKey('refund', userId, key);
}

/**
 * The id of a try, whose last digit is 0; its units and its cash have 1 and 2 reserved, 3 and 4 posted, 5 and 6 voided, 7
 * and 8 given back after it had gone; 9 and a are what the owner put in for it, and had back. Each try has its own: the ledger never takes an id again that it refused.
 */
export function newRefundId(): Uuid {
  return refundIdOfTransfer(newId());
}

export type RefundLeg = 'reserve' | 'post' | 'void' | 'back';

const FIRST_DIGIT: Readonly<Record<RefundLeg, number>> = { reserve: 1, post: 3, void: 5, back: 7 };

/** The id of a leg: of its units, or of its cash. */
export function refundLegId(refundId: Uuid, leg: RefundLeg, of: 'units' | 'cash'): Uuid {
  return `${refundId.slice(0, -1)}${FIRST_DIGIT[leg] + (of === 'cash' ? 1 : 0)}`;
}

/** The ids of what the owner puts in for a refund, and has back when it comes to nothing. */
export function ownerLegs(refundId: Uuid): { readonly put: Uuid; readonly back: Uuid } {
  const stem = refundId.slice(0, -1);
  return { put: `${stem}9`, back: `${stem}a` };
}

/** The refund that a transfer belongs to, if it is of one. */
export function refundIdOfTransfer(transferId: Uuid): Uuid {
  return `${transferId.slice(0, -1)}0`;
}

/** What was asked for, as a number that is kept and compared on a retry: 60 bits. */
export function refundHash(asked: {
  readonly orderId: Uuid;
  readonly units: bigint | null;
  readonly shownCents: bigint | null;
  readonly reason: string | null;
}): bigint {
  const { orderId, units, shownCents, reason } = asked;
  const text = JSON.stringify([orderId, units?.toString() ?? null, shownCents?.toString() ?? null, reason]);
  return BigInt(`0x${hash('sha256', `refund of ${text}`, 'hex').slice(0, 15)}`);
}
