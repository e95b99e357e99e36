import type { Uuid } from '../core/ids.ts';
import { convertUp } from '../core/money.ts';
import type { GateCheck } from '../identity/index.ts';
import { currentPolicy } from '../policy/index.ts';
import { limitCheck, limitsNow, spans } from '../spending/index.ts';
import { countedSpending } from './open-order.ts';
import { fewestOf, type Shop } from './shop.ts';

/** Whether a person's spending limits leave room for the smallest order of Coins, by what counts when one is opened. */
export async function explainBuyingLimits(shop: Shop, userId: Uuid): Promise<GateCheck[]> {
  const { house } = shop;
  const nowMs = house.clock.now();
  const [now, limits, { coins }] = await Promise.all([
    countedSpending(house.db, userId, nowMs),
    limitsNow(house, house.db, userId),
    currentPolicy(house.db, nowMs),
  ]);
  const cents = convertUp(fewestOf(shop, coins.exactMinCoins, coins.centsPerCoin), coins.centsPerCoin);
  const after = spans((span) => now[span] + cents);
  return [limitCheck(limits, { now, after }, { name: 'the smallest order', cents })];
}
