import type { Uuid } from '../core/ids.ts';
import { convertUp, displayAmount } from '../core/money.ts';
import type { GateCheck } from '../identity/index.ts';
import { accountId, debitRoom } from '../ledger/index.ts';
import { currentPolicy } from '../policy/index.ts';
import { limitCheck, limitsOf } from '../spending/index.ts';
import { onTray } from './catalogue.ts';
import type { Gifting } from './gifting.ts';
import { INSUFFICIENT_COINS, insufficientCoins } from './refusals.ts';

/**
 * Whether a person can pay the cheapest gift on the tray, and whether their spending limits leave room for it, by what
 * counts when one is sent.
 */
export async function explainGiving(
  { house, catalogue, room }: Pick<Gifting, 'house' | 'catalogue' | 'room'>,
  userId: Uuid,
): Promise<GateCheck[]> {
  const nowMs = house.clock.now();
  const [cheapest] = onTray(await catalogue.now(), nowMs).toSorted(
    (a, b) => Number(a.priceCoins) - Number(b.priceCoins),
  );
  if (cheapest === undefined) return [];
  const account = accountId(userId, 'coins', 'COIN');
  const [spent, limits, { coins }, balances] = await Promise.all([
    room.spentWith(userId, cheapest.priceCoins),
    limitsOf(house, userId),
    currentPolicy(house.db, nowMs),
    house.ledger.balances([account]),
  ]);
  const cents = convertUp(cheapest.priceCoins, coins.centsPerCoin);
  const own = balances.get(account);
  return [
    limitCheck(limits, spent, { name: 'the smallest gift', cents }),
    coinsCheck(cheapest.priceCoins, own === undefined ? 0n : debitRoom(own)),
  ];
}

/** As a gift is refused that costs more than somebody has. */
function coinsCheck(needed: bigint, had: bigint): GateCheck {
  const coins = (units: bigint) => displayAmount({ asset: 'COIN', units });
  const passed = had >= needed;
  return {
    kind: INSUFFICIENT_COINS,
    data: passed ? {} : insufficientCoins(needed, had).data,
    check: {
      code: INSUFFICIENT_COINS.code,
      passed,
      rule: `The smallest gift costs ${coins(needed)}.`,
      have: coins(had),
      need: coins(needed),
      remedy: passed ? null : 'Top up.',
      whoCanChange: 'you',
      earliest: null,
    },
  };
}
