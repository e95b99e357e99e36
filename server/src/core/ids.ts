import { uuidv7obj } from 'uuidv7';

/** A UUID in its canonical lower-case text form, `0190b2c4-…`. */
export type Uuid = string;

/** The readable prefixes of ids in the API: `gift_0190b2c4…` names a gift. */
export type IdPrefix =
  | 'user'
  | 'gift'
  | 'streak'
  | 'stage'
  | 'live'
  | 'order'
  | 'recon'
  | 'pay'
  | 'tx'
  | 'chat'
  | 'act'
  | 'sched'
  | 'evt'
  | 'policy'
  | 'rate'
  | 'fiat'
  | 'wd'
  | 'payacct'
  | 'quote'
  | 'payfile'
  | 'notice'
  | 'freeze'
  | 'question'
  | 'okey'
  | 'poll'
  | 'hype'
  | 'invite'
  | 'company'
  | 'match'
  | 'approval'
  | 'refund'
  | 'recall'
  | 'idcase'
  | 'sim';

/** A new time-ordered id (UUIDv7). Time order keeps the ledger's index append-mostly. */
export function newId(): Uuid {
  return uuidv7obj().toString();
}

/** `gift` + UUID → `gift_0190b2c4…` (32 hexadecimal digits, no dashes). */
export function publicId(prefix: IdPrefix, id: Uuid): string {
  return `${prefix}_${id.replaceAll('-', '')}`;
}

/** The UUID behind a public id, or `null` when it is not one with this prefix. Upper case is refused. */
export function parsePublicId(prefix: IdPrefix, text: string): Uuid | null {
  if (!text.startsWith(`${prefix}_`)) return null;
  const hex = text.slice(prefix.length + 1);
  if (!/^[0-9a-f]{32}$/.test(hex)) return null;
  return uuidFromHex(hex);
}

/** Whether text from outside is a UUID as it is written here. */
export function isUuid(text: string): text is Uuid {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

/** The pattern of a public id, for schemas. */
export function publicIdPattern(prefix: IdPrefix): string {
  return `^${prefix}_[0-9a-f]{32}$`;
}

/** 32 hexadecimal digits → canonical UUID text. */
export function uuidFromHex(hex: string): Uuid {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
