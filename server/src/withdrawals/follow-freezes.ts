import { DAY_MS } from '../core/clock.ts';
import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import { activeFreeze, whenFrozen } from '../identity/index.ts';
import { currentPolicy } from '../policy/index.ts';
import { FREEZING_GATES } from './frozen.ts';
import { moveWithdrawal } from './move-withdrawal.ts';
import { FROZEN_RULE, waitingOfFrozen } from './store.ts';

/**
 * Holds what waits for people whose account is frozen, with the reason that they read, and lets go what a freeze held
 * that is over: it is looked at again. Of one person, or of everybody. How many were moved. What is in a bank's file is
 * at the bank; what is held for another reason is held.
 */
export async function followFreezes(house: House, userId: Uuid | null, limit: number): Promise<number> {
  const nowMs = house.clock.now();
  const { settledWithinDays } = (await currentPolicy(house.db, nowMs)).withdrawals;
  const waiting = await waitingOfFrozen(house.db, {
    userId,
    gates: FREEZING_GATES,
    now: new Date(nowMs),
    limit,
  });
  for (const { id, userId: payee, isFrozen } of waiting) {
    try {
      const freeze = isFrozen ? await activeFreeze(house.db, payee, FREEZING_GATES, new Date(nowMs)) : null;
      if (freeze === null) await moveWithdrawal(house, id, { move: 'end_hold', by: null });
      else {
        const until = freeze.until ?? new Date(nowMs + settledWithinDays * DAY_MS);
        const reason = `Your account is frozen: ${freeze.reason}`;
        await moveWithdrawal(house, id, {
          move: 'hold',
          by: null,
          hold: { reason, rule: FROZEN_RULE, until },
        });
      }
    } catch (error) {
      // It moved on meanwhile: the next round looks again.
      if (!(error instanceof Refusal)) throw error;
    }
  }
  return waiting.length;
}

const AT_ONCE = 100;

whenFrozen('withdrawals', async (house, userId) => {
  await followFreezes(house, userId, AT_ONCE);
});
