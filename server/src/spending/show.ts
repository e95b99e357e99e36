import { HOUR_MS } from '../core/clock.ts';
import type { Uuid } from '../core/ids.ts';
import { amountJson } from '../core/money.ts';
import type { House } from '../house.ts';
import { explainGate } from '../identity/index.ts';
import { currentPolicy } from '../policy/index.ts';
import { limitsOf } from './limits.ts';
import { spentBy } from './measures.ts';
import { spanStart, spans } from './rules.ts';
import type { SpendingJson } from './schema.ts';
import { BREAK_DAYS } from './take-break.ts';

/** A person's limits with what counts against them, and their break. */
export async function showSpending(house: House, userId: Uuid): Promise<SpendingJson> {
  const nowMs = house.clock.now();
  const [limits, bought, open, given, checks, policy] = await Promise.all([
    limitsOf(house, userId),
    spentBy(house, userId, 'bought'),
    spentBy(house, userId, 'open'),
    spentBy(house, userId, 'given'),
    explainGate(house, 'buy', userId),
    currentPolicy(house.db, nowMs),
  ]);
  const money = (cents: bigint | null) => (cents === null ? null : amountJson('USD', cents));
  return {
    ...spans((span) => ({
      limit: money(limits[span].cents),
      own: limits[span].own,
      next:
        limits[span].next === null
          ? null
          : { limit: money(limits[span].next.cents), from: limits[span].next.from.toISOString() },
      bought: amountJson('USD', bought[span]),
      open: amountJson('USD', open[span]),
      given: amountJson('USD', given[span]),
      since: spanStart(span, nowMs).toISOString(),
    })),
    raiseAfterHours: policy.spending.raiseAfterMs / HOUR_MS,
    breakUntil: checks.find(({ code }) => code === 'on_a_break')?.earliest ?? null,
    breakDays: [...BREAK_DAYS],
  };
}
