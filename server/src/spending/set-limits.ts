import { newId, type Uuid } from '../core/ids.ts';
import type { House } from '../house.ts';
import { currentPolicy } from '../policy/index.ts';
import { forgetLimits } from './limits.ts';
import { effectiveFrom, limitsAt, SPANS, type Spans } from './rules.ts';
import { insertLimit, limitChanges, lockSpending } from './store.ts';

/**
 * Writes down what a person wants their limits to be. A lower one holds at once and takes back a higher one that was
 * waiting; a higher one waits as long as the policy says. Spans that are not named stay as they are.
 */
export async function setLimits(
  house: House,
  userId: Uuid,
  wanted: Partial<Spans<bigint | null>>,
): Promise<void> {
  const nowMs = house.clock.now();
  const policy = (await currentPolicy(house.db, nowMs)).spending;
  const askedAt = new Date(nowMs);
  await house.db.transaction(async (tx) => {
    await lockSpending(tx, userId);
    const limits = limitsAt((await limitChanges(tx, [userId], askedAt)).get(userId) ?? [], policy, nowMs);
    for (const span of SPANS) {
      const cents = wanted[span];
      if (cents === undefined) continue;
      const from = effectiveFrom(limits[span], cents, policy, nowMs);
      if (from !== null)
        await insertLimit(tx, { id: newId(), userId, span, cents, askedAt, effectiveFrom: from });
    }
  });
  forgetLimits(house, userId);
}
