import { createHash } from 'node:crypto';
import type { Uuid } from '../core/ids.ts';
import { uuidFromHex } from '../core/ids.ts';
import type { Asset } from '../core/money.ts';
import { AccountFlags } from './account.ts';
import { NIL_ID } from './transfer.ts';

/** The ledger number of each asset. Only accounts of one ledger can transact. */
export const ASSET_LEDGERS: Readonly<Record<Asset, number>> = { COIN: 1, DIAMOND: 2, USD: 3 };

/** The asset of a ledger number. */
export function assetOfLedger(ledger: number): Asset {
  for (const [asset, number] of Object.entries(ASSET_LEDGERS)) if (number === ledger) return asset as Asset;
  throw new RangeError(`no asset has ledger number ${ledger}`);
}

/** What a person's account is for; its number is the account's `code`. */
export const UserPurposes = {
  coins: 1,
  diamonds_purchased: 2,
  diamonds_pending: 3,
  diamonds_available: 4,
  cash: 5,
} as const;
export type UserPurpose = keyof typeof UserPurposes;

/** What an account of the house is for. `*_issued` are contra accounts and may run negative. */
export const PlatformPurposes = {
  cash: 20,
  provider_fees: 21,
  coins_issued: 22,
  coins_spent: 23,
  diamonds_issued: 24,
  diamond_revenue: 25,
  diamonds_redeemed: 26,
  reserve: 27,
  fund_diamonds: 28,
  fund_cash: 29,
  /** Withheld from payouts, for the tax office. */
  tax_withheld: 30,
} as const;
export type PlatformPurpose = keyof typeof PlatformPurposes;

/** `code` of the account of a provider (`world:stripe`): money outside the house; may run negative. */
export const WORLD_CODE = 60;

/** Why a transfer happened; its number is the transfer's `code`. */
export const TransferCodes = {
  purchase: 1,
  provider_fee: 2,
  coins_issued: 3,
  diamonds_bought: 4,
  gift: 10,
  gift_earned: 11,
  gift_undone: 12,
  gift_reversed: 13,
  tip: 14,
  diamond_revenue: 15,
  question: 16,
  question_earned: 17,
  maturity: 20,
  exchange: 30,
  exchange_coins: 31,
  withdrawal: 40,
  payout: 41,
  payout_fee: 42,
  withdrawal_returned: 43,
  tax_withheld: 44,
  /** Set aside of the house's cash while a provider is asked to pay. */
  payout_reserved: 45,
  /** Paid to a creator who has not got it, and not given back: the house bears it. */
  payout_lost: 46,
  escrow: 50,
  escrow_released: 51,
  escrow_returned: 52,
  fund: 60,
  market_order: 70,
  market_trade: 71,
  market_fee: 72,
  refund: 80,
  dispute: 81,
  reserve: 82,
  /** A refund that a bank could not deliver after all: the opposite of one. */
  refund_failed: 83,
  /** What the owner of the house puts in when its cash does not reach. */
  owner_funds: 84,
  opening: 90,
} as const;
export type TransferCodeName = keyof typeof TransferCodes;

const transferCodeNames = new Map<number, TransferCodeName>(
  Object.entries(TransferCodes).map(([name, code]) => [code, name as TransferCodeName]),
);

/** The name of a transfer code, `null` for a number that no flow of the house uses. */
export function transferCodeName(code: number): TransferCodeName | null {
  return transferCodeNames.get(code) ?? null;
}

/** What opening an account needs. The same owner, purpose and asset always give the same id. */
export interface AccountSpec {
  readonly id: Uuid;
  /** The asset, as in `ASSET_LEDGERS`. */
  readonly ledger: number;
  readonly code: number;
  /** Bits of `AccountFlags`. */
  readonly flags: number;
  /** Whose account: a person's id, the nil UUID for the house and the world. */
  readonly userData128: Uuid;
}

/**
 * The id of an account.
 *
 * - a person's: `accountId(userId, 'coins', 'COIN')`
 * - the house's: `accountId('platform', 'coins_spent', 'COIN')`
 * - a provider's: `accountId('world', 'stripe', 'USD')`
 *
 * A person's account ids keep the time order and the randomness of the person's id, so accounts opened
 * together are neighbours in the index; asking costs no hash.
 */
export function accountId(owner: 'platform', purpose: PlatformPurpose, asset: Asset): Uuid;
export function accountId(owner: 'world', provider: string, asset: Asset): Uuid;
export function accountId(owner: Uuid, purpose: UserPurpose, asset: Asset): Uuid;
export function accountId(owner: Uuid | 'platform' | 'world', purpose: string, asset: Asset): Uuid {
  if (owner === 'platform') {
    if (!(purpose in PlatformPurposes)) throw new RangeError(`not an account of the house: ${purpose}`);
    return namedId(`platform:${purpose}:${asset}`);
  }
  if (owner === 'world') {
    if (!/^[a-z][a-z0-9_]*$/.test(purpose)) throw new RangeError(`not a provider's name: ${purpose}`);
    return namedId(`world:${purpose}:${asset}`);
  }
  const code = UserPurposes[purpose as UserPurpose];
  if (code === undefined) throw new RangeError(`not an account of a person: ${purpose}`);
  return ownedId(owner, code, asset);
}

/** The account of a person, ready to open. Never goes below zero. */
export function userAccount(userId: Uuid, purpose: UserPurpose, asset: Asset): AccountSpec {
  return {
    id: accountId(userId, purpose, asset),
    ledger: ASSET_LEDGERS[asset],
    code: UserPurposes[purpose],
    flags: AccountFlags.debitsMustNotExceedCredits,
    userData128: userId,
  };
}

/** All accounts of a person. */
export function userAccounts(userId: Uuid): AccountSpec[] {
  return [
    userAccount(userId, 'coins', 'COIN'),
    userAccount(userId, 'diamonds_purchased', 'DIAMOND'),
    userAccount(userId, 'diamonds_pending', 'DIAMOND'),
    userAccount(userId, 'diamonds_available', 'DIAMOND'),
    userAccount(userId, 'cash', 'USD'),
  ];
}

/** An account of the house, ready to open. Only the contra accounts may run negative. */
export function platformAccount(purpose: PlatformPurpose, asset: Asset): AccountSpec {
  return {
    id: accountId('platform', purpose, asset),
    ledger: ASSET_LEDGERS[asset],
    code: PlatformPurposes[purpose],
    flags: purpose.endsWith('_issued') ? 0 : AccountFlags.debitsMustNotExceedCredits,
    userData128: NIL_ID,
  };
}

/** The account of a provider of money, ready to open: what came from it and went to it. */
export function worldAccount(provider: string, asset: Asset): AccountSpec {
  return {
    id: accountId('world', provider, asset),
    ledger: ASSET_LEDGERS[asset],
    code: WORLD_CODE,
    flags: 0,
    userData128: NIL_ID,
  };
}

/** Every account of the house. Opened when the ledger starts. */
export function platformAccounts(): AccountSpec[] {
  return [
    platformAccount('cash', 'USD'),
    platformAccount('provider_fees', 'USD'),
    platformAccount('fund_cash', 'USD'),
    platformAccount('tax_withheld', 'USD'),
    platformAccount('coins_issued', 'COIN'),
    platformAccount('coins_spent', 'COIN'),
    platformAccount('reserve', 'COIN'),
    platformAccount('diamonds_issued', 'DIAMOND'),
    platformAccount('diamond_revenue', 'DIAMOND'),
    platformAccount('diamonds_redeemed', 'DIAMOND'),
    platformAccount('fund_diamonds', 'DIAMOND'),
    platformAccount('reserve', 'DIAMOND'),
    platformAccount('reserve', 'USD'),
  ];
}

/**
 * The owner's id with version 8 and the twelve bits behind the version mixed with purpose and asset.
 * Two owners would have to agree in all other 112 bits to meet.
 */
function ownedId(owner: Uuid, code: number, asset: Asset): Uuid {
  const mixed = Number.parseInt(owner.slice(15, 18), 16) ^ (code * 16 + ASSET_LEDGERS[asset]);
  return `${owner.slice(0, 14)}8${mixed.toString(16).padStart(3, '0')}${owner.slice(18)}`;
}

const namedIds = new Map<string, Uuid>();

/** The id of an account that has a name rather than an owner: a hash of the name, as UUID version 8. */
function namedId(name: string): Uuid {
  const known = namedIds.get(name);
  if (known !== undefined) return known;
  const hash = createHash('sha256').update(`carat ledger account ${name}`).digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x80;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const id = uuidFromHex(hash.toString('hex', 0, 16));
  namedIds.set(name, id);
  return id;
}
