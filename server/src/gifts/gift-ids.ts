import { hash } from 'node:crypto';
import { type Uuid, uuidFromHex } from '../core/ids.ts';

/**
 * Ids of gifts are worked out from what was asked, so that a retry over any process, by socket or HTTP, asks the
 * ledger for the very same transfers. 32 hexadecimal digits, a UUID of version 8:
 *
 * ```
 *            12 digits      1   3      1        9        5        1
 * streak     time of the    8   hash   variant  hash     count    leg
 *            streak id                                   before
 * single     time of the    8   hash   variant  hash              leg
 *            key, or hash
 * ```
 *
 * Time comes first so that ids made together are neighbours in the ledger's index. The gifts of one streak are
 * neighbours in the order of their counts, so "how far is it" is one step in the index of ids.
 * The last digit is 0 for the gift, 1 for its Coin leg and 2 for its Diamond leg.
 */

/** The largest count before a request that fits an id: 20 bits. */
export const STREAK_COUNT_MAX = 0xfffff;

const COIN_LEG = '1';
const DIAMOND_LEG = '2';

/** The id of the gift that carries this sender's streak on from `fromCount`. `streakId` is a UUIDv7. */
export function streakGiftId(senderId: Uuid, streakId: Uuid, fromCount: number): Uuid {
  return `${streakStem(senderId, streakId)}${fromCount.toString(16).padStart(5, '0')}0`;
}

/** The ids between which all gifts of a streak lie, both ends included. */
export function streakGiftIds(senderId: Uuid, streakId: Uuid): { first: Uuid; last: Uuid } {
  const stem = streakStem(senderId, streakId);
  return { first: `${stem}000000`, last: `${stem}ffffff` };
}

/** The id of a gift sent on its own, from the sender and the idempotency key. */
export function singleGiftId(senderId: Uuid, key: string): Uuid {
  const hex = hash('sha256', `gift ${senderId} ${key}`, 'hex');
  // Whether a key holds a time is read from the key alone: "is it recent" would answer a late retry differently.
  const time = isUuidV7(key) ? timeDigits(key) : hex.slice(20, 32);
  return uuidFromHex(`${time}8${hex.slice(0, 3)}${variantDigit(hex)}${hex.slice(4, 18)}0`);
}

export function coinTransferId(giftId: Uuid): Uuid {
  return giftId.slice(0, -1) + COIN_LEG;
}

export function diamondTransferId(giftId: Uuid): Uuid {
  return giftId.slice(0, -1) + DIAMOND_LEG;
}

/** The gift that a transfer of code `gift` or `gift_earned` belongs to. */
export function giftIdOfTransfer(transferId: Uuid): Uuid {
  return `${transferId.slice(0, -1)}0`;
}

/** What was asked for, as a number that the ledger keeps with the transfers and compares on a retry: 60 bits. */
export function requestHash(asked: {
  stageId: Uuid;
  catalogueId: string;
  /** `null` for a streak: there the counts say how many. */
  quantity: number | null;
}): bigint {
  const text = `${asked.stageId} ${asked.catalogueId} ${asked.quantity ?? 'streak'}`;
  return BigInt(`0x${hash('sha256', text, 'hex').slice(0, 15)}`);
}

/** Whether a text is a UUIDv7 in lower case. */
export function isUuidV7(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(text);
}

/** The first 26 digits, as text with the dashes in place: what all gifts of one streak share. */
function streakStem(senderId: Uuid, streakId: Uuid): string {
  const hex = hash('sha256', `streak ${senderId} ${streakId}`, 'hex');
  return `${streakId.slice(0, 13)}-8${hex.slice(0, 3)}-${variantDigit(hex)}${hex.slice(4, 7)}-${hex.slice(7, 13)}`;
}

function timeDigits(uuid: Uuid): string {
  return uuid.slice(0, 8) + uuid.slice(9, 13);
}

/** The digit that holds the variant: binary 10 and two bits of the hash. */
function variantDigit(hex: string): string {
  return '89ab'[Number.parseInt(hex.charAt(3), 16) & 3] ?? '8';
}
