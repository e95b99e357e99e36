import { smaller } from '../core/bigints.ts';
import type { Uuid } from '../core/ids.ts';
import { convertUp, UNITS_PER_DIAMOND } from '../core/money.ts';
import { Refusal } from '../core/refusal.ts';
import type { GateCheck } from '../identity/index.ts';
import { currentPolicy, type Policy } from '../policy/index.ts';
import { currentRate, type Rate } from '../rates/index.ts';
import { limitCheck, limitsNow, spans } from '../spending/index.ts';
import { countedSpending } from './open-order.ts';
import { BUYING_NOT_SET_UP, PROVIDER_UNAVAILABLE, TOO_MANY_OPEN_ORDERS } from './refusals.ts';
import { fewestOf, OPEN_ORDERS_MAX, type Shop } from './shop.ts';
import { countOpenOrders, type OpenOrders } from './store.ts';

/**
 * What an order would be refused for, however small it is and of whatever: nobody who takes money, too many open orders,
 * and spending limits, by what counts when one is opened. In the order in which they refuse.
 */
export async function explainBuying(shop: Shop, userId: Uuid): Promise<GateCheck[]> {
  const { house } = shop;
  const nowMs = house.clock.now();
  const [now, limits, policy, rate, open] = await Promise.all([
    countedSpending(house.db, userId, nowMs),
    limitsNow(house, house.db, userId),
    currentPolicy(house.db, nowMs),
    currentRate(house.db, nowMs),
    countOpenOrders(house.db, userId, new Date(nowMs)),
  ]);
  const cents = smallestOrder(shop, policy, rate);
  const after = spans((span) => now[span] + cents);
  return [
    takerCheck(shop),
    openOrdersCheck(open),
    limitCheck(limits, { now, after }, { name: 'the smallest order', cents }),
  ];
}

/** Cents of the smallest order that somebody may open, of Coins or of Diamonds. */
function smallestOrder(shop: Shop, { coins, buying }: Policy, { centsPerUnit }: Rate): bigint {
  const perDiamond = {
    numerator: centsPerUnit.numerator * UNITS_PER_DIAMOND,
    denominator: centsPerUnit.denominator,
  };
  return smaller(
    convertUp(fewestOf(shop, coins.exactMinCoins, coins.centsPerCoin), coins.centsPerCoin),
    convertUp(fewestOf(shop, buying.diamondsMin, perDiamond), perDiamond),
  );
}

/** Whether anybody takes money here, and answers now. */
function takerCheck({ providers }: Shop): GateCheck {
  const passed = providers.some((provider) => provider.available());
  const kind = providers.length === 0 ? BUYING_NOT_SET_UP : PROVIDER_UNAVAILABLE;
  return {
    kind,
    data: {},
    check: {
      code: kind.code,
      passed,
      rule: 'Somebody must take payments for this site.',
      have: providers.length === 0 ? 'nobody' : passed ? 'somebody does' : 'no answer just now',
      need: 'a payment provider that answers',
      remedy: passed ? null : new Refusal(kind).remedy,
      whoCanChange: providers.length === 0 ? 'operator' : 'time',
      earliest: null,
    },
  };
}

function openOrdersCheck({ orders, firstOverAt }: OpenOrders): GateCheck {
  const passed = orders < OPEN_ORDERS_MAX;
  const from = firstOverAt?.toISOString() ?? null;
  return {
    kind: TOO_MANY_OPEN_ORDERS,
    data: { most: OPEN_ORDERS_MAX, from },
    check: {
      code: TOO_MANY_OPEN_ORDERS.code,
      passed,
      rule: `You may have ${OPEN_ORDERS_MAX} orders at once that are not paid yet.`,
      have: orders === 0 ? 'none' : `${orders} not paid yet`,
      need: `fewer than ${OPEN_ORDERS_MAX}`,
      remedy: passed ? null : 'Pay or cancel one of them.',
      whoCanChange: 'you',
      earliest: passed ? null : from,
    },
  };
}
