import type { Queryable } from '../db/database.ts';
import type { Spent, Versions } from '../wallet/index.ts';
import type { Gift } from './gift.ts';
import { coinTransferId } from './gift-ids.ts';

/** Where the money of a gift went, in millionths of a dollar: `paid = fee + platform + creator`, always. */
export interface GiftMoney {
  /** What had been paid for just these Coins; nothing for Coins that were a present. */
  readonly paidMicros: bigint;
  /** What payment providers kept of that. */
  readonly feeMicros: bigint;
  readonly creatorMicros: bigint;
  /** What is left for the house; negative where it gave more than was paid. */
  readonly platformMicros: bigint;
}

/** A gift as the papers price it. */
type Priced = { readonly spent: Spent; readonly versions: Versions };
/** Says where the money of a spend went. What it said once of a spend it says for ever. */
export type MoneyTeller = (db: Queryable, spend: Priced) => Promise<GiftMoney | null>;

let teller: MoneyTeller | undefined;

/** The slice that makes statements stands below this one: a gift's page says what they say. Called when it is loaded. */
export function useGiftMoney(tell: MoneyTeller): void {
  teller = tell;
}

/** Where the money of this gift went; `null` in a house that makes no statements. */
export async function moneyOf(db: Queryable, gift: Gift): Promise<GiftMoney | null> {
  return (await teller?.(db, { spent: spentOn(gift), versions: versionsOf(gift) })) ?? null;
}

/** What was spent by a gift, so that its money can be found. */
export function spentOn(gift: Gift): Spent {
  return {
    payerId: gift.senderId,
    coinTransferId: coinTransferId(gift.id),
    coins: gift.coins,
    creatorUnits: gift.diamondUnits,
  };
}

/** The versions that a gift was priced by. */
export function versionsOf(gift: Gift): Versions {
  return { policy: gift.policyVersion, rate: gift.rateVersion };
}
