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

/**
 * What names a streak, whoever's client made its id: the lowest id that one of its gifts can have.
 * `streakId` is a UUIDv7.
 */
export function streakKeyOf(senderId: Uuid, streakId: Uuid): Uuid {
  const hex = hash('sha256', `streak ${senderId} ${streakId}`, 'hex');
  return `${streakId.slice(0, 13)}-8${hex.slice(0, 3)}-${variantDigit(hex)}${hex.slice(4, 7)}-${hex.slice(7, 13)}000000`;
}

/** The streak that a gift belongs to, read off its id. */
export function streakKeyOfGift(giftId: Uuid): Uuid {
  return `${giftId.slice(0, -6)}000000`;
}

/** The id of the gift that carries a streak on from `fromCount`. */
export function streakGiftId(streakKey: Uuid, fromCount: number): Uuid {
  return `${streakKey.slice(0, -6)}${fromCount.toString(16).padStart(5, '0')}0`;
}

/** The highest id that a gift of this streak, or one of its legs, can have. The lowest is the streak's key. */
export function lastOfStreakKey(streakKey: Uuid): Uuid {
  return `${streakKey.slice(0, -6)}ffffff`;
}

/** The id of a gift sent on its own, from the sender and the idempotency key. */
export function singleGiftId(senderId: Uuid, key: string): Uuid {
  return idOfKey('gift', senderId, key);
}

/** The id of what somebody asks for under an idempotency key; its last digit is 0. `kind` keeps keys of kinds apart. */
export function idOfKey(kind: string, userId: Uuid, key: string): Uuid {
  const hex = hash('sha256', `${kind} ${userId} ${key}`, 'hex');
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
  /** Whom it is for; `null` = the stage's own creator. */
  receiverId: Uuid | null;
}): bigint {
  const whom = asked.receiverId === null ? '' : ` to ${asked.receiverId}`;
  const text = `${asked.stageId} ${asked.catalogueId} ${asked.quantity ?? 'streak'}${whom}`;
  const known = requestHashes.get(text);
  if (known !== undefined) return known;
  const made = BigInt(`0x${hash('sha256', text, 'hex').slice(0, 15)}`);
  if (requestHashes.size >= REQUEST_HASHES_MAX) requestHashes.clear();
  requestHashes.set(text, made);
  return made;
}

/** The same few gifts are sent on the same few stages. */
const requestHashes = new Map<string, bigint>();
const REQUEST_HASHES_MAX = 10_000;

/** Whether a text is a UUIDv7 in lower case. */
export function isUuidV7(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(text);
}

function timeDigits(uuid: Uuid): string {
  return uuid.slice(0, 8) + uuid.slice(9, 13);
}

/** The digit that holds the variant: binary 10 and two bits of the hash. */
function variantDigit(hex: string): string {
  return '89ab'[Number.parseInt(hex.charAt(3), 16) & 3] ?? '8';
}
