import type { Uuid } from '../core/ids.ts';
import { convertUp } from '../core/money.ts';
import type { GateCheck } from '../identity/index.ts';
import { currentPolicy } from '../policy/index.ts';
import { limitCheck, limitsOf } from '../spending/index.ts';
import { onTray } from './catalogue.ts';
import type { Gifting } from './gifting.ts';

/** Whether a person's spending limits leave room for the cheapest gift on the tray, by what counts when one is sent. */
export async function explainGivingLimits(
  { house, catalogue, room }: Pick<Gifting, 'house' | 'catalogue' | 'room'>,
  userId: Uuid,
): Promise<GateCheck[]> {
  const nowMs = house.clock.now();
  const [cheapest] = onTray(await catalogue.now(), nowMs).toSorted(
    (a, b) => Number(a.priceCoins) - Number(b.priceCoins),
  );
  if (cheapest === undefined) return [];
  const [spent, limits, { coins }] = await Promise.all([
    room.spentWith(userId, cheapest.priceCoins),
    limitsOf(house, userId),
    currentPolicy(house.db, nowMs),
  ]);
  const cents = convertUp(cheapest.priceCoins, coins.centsPerCoin);
  return [limitCheck(limits, spent, { name: 'the smallest gift', cents })];
}
