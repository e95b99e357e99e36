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
  // The limit holds whatever becomes of what follows from it.
  await lowered?.(house, userId).catch((error: unknown) => {
    house.log.error(
      { err: error },
      'pages that do not fit a limit any more stay open until they are checked',
    );
  });
}

let lowered: ((house: House, userId: Uuid) => Promise<void>) | undefined;

/** Has the slice that sells know when a person's limits changed. Its rounds look as well, should this process die. */
export function whenLowered(follow: (house: House, userId: Uuid) => Promise<void>): void {
  lowered = follow;
}
