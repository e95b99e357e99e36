import { hash } from 'node:crypto';
import type { Uuid } from '../core/ids.ts';
import { idOfKey } from '../gifts/index.ts';

/**
 * Ids of questions are worked out from who asks under which key, so that a retry names the same transfers. The last
 * digit is 0 for the question, 1 for its Coins in escrow, 2 for the creator's Diamonds, 3 for the post of the escrow,
 * 4 for its void.
 */
export function questionIdOf(askerId: Uuid, key: string): Uuid {
  return idOfKey('question', askerId, key);
}

export function escrowId(questionId: Uuid): Uuid {
  return leg(questionId, '1');
}

export function earningId(questionId: Uuid): Uuid {
  return leg(questionId, '2');
}

export function escrowPostId(questionId: Uuid): Uuid {
  return leg(questionId, '3');
}

export function escrowVoidId(questionId: Uuid): Uuid {
  return leg(questionId, '4');
}

/** The question that a transfer of code `question` or `question_earned` belongs to. */
export function questionIdOfTransfer(transferId: Uuid): Uuid {
  return leg(transferId, '0');
}

/** What was asked for, as a number that the ledger keeps with the escrow and compares on a retry: 60 bits. */
export function requestHash(asked: { stageId: Uuid; text: string; coins: bigint }): bigint {
  const hex = hash('sha256', `${asked.stageId} ${asked.coins} ${asked.text}`, 'hex');
  return BigInt(`0x${hex.slice(0, 15)}`);
}

function leg(id: Uuid, digit: string): Uuid {
  return id.slice(0, -1) + digit;
}
