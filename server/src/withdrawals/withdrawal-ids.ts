import { hash } from 'node:crypto';
import type { Uuid } from '../core/ids.ts';
import { idOfKey } from '../gifts/index.ts';

/**
 * Ids of withdrawals are worked out from who asks under which key, so that a retry names the same transfers. The last
 * digit is 0 for the withdrawal, 1 for its Diamonds reserved, 2 for their post, 3 for their void, 7 for their return.
 * Payments of money have ids of their own, for one that was refused is tried again under another.
 */
export function withdrawalIdOf(userId: Uuid, key: string): Uuid {
  return idOfKey('withdrawal', userId, key);
}

export function reserveId(withdrawalId: Uuid): Uuid {
  return leg(withdrawalId, '1');
}

export function reservePostId(withdrawalId: Uuid): Uuid {
  return leg(withdrawalId, '2');
}

export function reserveVoidId(withdrawalId: Uuid): Uuid {
  return leg(withdrawalId, '3');
}

export function diamondsBackId(withdrawalId: Uuid): Uuid {
  return leg(withdrawalId, '7');
}

/** The withdrawal that a transfer of its Diamonds belongs to. */
export function withdrawalIdOfTransfer(transferId: Uuid): Uuid {
  return leg(transferId, '0');
}

/** What was asked for, as a number that the ledger keeps and compares on a retry: 60 bits. */
export function requestHash(quoteId: Uuid): bigint {
  return BigInt(`0x${hash('sha256', `withdrawal of ${quoteId}`, 'hex').slice(0, 15)}`);
}

/** Crockford's letters: none that reads like another. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** What names the payment at the bank: 50 bits of the id's hash. */
export function referenceOf(withdrawalId: Uuid): string {
  const bytes = hash('sha256', `reference of ${withdrawalId}`, 'buffer');
  return `CAR-${[...bytes.subarray(0, 10)].map((byte) => LETTERS[byte % 32]).join('')}`;
}

function leg(id: Uuid, digit: string): Uuid {
  return id.slice(0, -1) + digit;
}
