import type { Uuid } from '../core/ids.ts';
import type { House } from '../house.ts';
import type { Policy } from '../policy/index.ts';
import { rateNow } from '../rates/index.ts';
import type { Clearing } from './clearing.ts';
import { clearingFor } from './clearing-dates.ts';
import { giftingOf } from './gifting.ts';

/** What paying a creator in Coins needs, whatever it is for: the same accounts and news of balances as gifts. */
export interface Paying {
  /** Sees to it that the accounts of these people are open. */
  openAccounts(userIds: readonly Uuid[]): Promise<void>;
  /** Does what costs so many Coins, if their spending limits leave room. Refuses with `spending_limit_reached`. */
  within<Answer>(userId: Uuid, coins: bigint, work: () => Promise<Answer>): Promise<Answer>;
  /** When what somebody pays for, earned at an instant, becomes available. */
  clearingOf(payerId: Uuid, policy: Policy, earnedAtMs: number): Promise<Clearing>;
  /** The version of the rate in force at an instant, milliseconds since 1970. */
  rateVersion(atMs: number): Promise<number>;
  /** The person has so many Coins left: their other windows are told in a moment. */
  coinsChanged(userId: Uuid, coinsLeft: bigint): void;
  /** The creator has more pending Diamonds: their windows are told in a moment. */
  earned(userId: Uuid): void;
}

export function payingOf(house: House): Paying {
  const { senders, room, notices } = giftingOf(house);
  return {
    openAccounts: (userIds) => senders.openAccounts(userIds),
    within: (userId, coins, work) => room.within(userId, coins, work),
    clearingOf: async (id, policy, earnedAtMs) => {
      const givenCoins = await room.givenNow(id);
      const payer = { id, givenCoins, givenNow: async () => givenCoins };
      return clearingFor(house.db, policy, payer, earnedAtMs);
    },
    rateVersion: async (atMs) => (await rateNow(house.db, atMs)).version,
    coinsChanged: (userId, coinsLeft) => notices.spent(userId, coinsLeft),
    earned: (userId) => notices.earned(userId),
  };
}
