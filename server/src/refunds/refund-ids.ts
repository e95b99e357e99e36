import { hash } from 'node:crypto';
import type { Uuid } from '../core/ids.ts';
import { idOfKey } from '../gifts/index.ts';

/**
 * Ids of refunds are worked out from who asks under which key, so that a retry names the same transfers. The last digit is
 * 0 for the refund; its units and its cash have 1 and 2 reserved, 3 and 4 posted, 5 and 6 voided, 7 and 8 given back
 * after it had gone.
 */
export function refundIdOf(userId: Uuid, key: string): Uuid {
  return idOfKey('refund', userId, key);
}

export type RefundLeg = 'reserve' | 'post' | 'void' | 'back';

const FIRST_DIGIT: Readonly<Record<RefundLeg, number>> = { reserve: 1, post: 3, void: 5, back: 7 };

/** The id of a leg: of its units, or of its cash. */
export function refundLegId(refundId: Uuid, leg: RefundLeg, of: 'units' | 'cash'): Uuid {
  return `${refundId.slice(0, -1)}${FIRST_DIGIT[leg] + (of === 'cash' ? 1 : 0)}`;
}

/** The refund that a transfer belongs to, if it is of one. */
export function refundIdOfTransfer(transferId: Uuid): Uuid {
  return `${transferId.slice(0, -1)}0`;
}

/** What was asked for, as a number that the ledger keeps and compares on a retry: 60 bits. */
export function refundHash(orderId: Uuid, units: bigint | null): bigint {
  return BigInt(`0x${hash('sha256', `refund of ${orderId} ${units ?? 'all'}`, 'hex').slice(0, 15)}`);
}
