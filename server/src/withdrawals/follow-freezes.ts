import { DAY_MS } from '../core/clock.ts';
import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import { activeFreeze, whenFrozen } from '../identity/index.ts';
import type { CompanionStatement } from '../ledger/index.ts';
import { currentPolicy } from '../policy/index.ts';
import { FREEZING_GATES } from './frozen.ts';
import { moveWithdrawal } from './move-withdrawal.ts';
import { WITHDRAWAL_MOVED_ON } from './refusals.ts';
import { FROZEN_RULE, STATE_WORDS } from './states.ts';
import { waitingOfFrozen } from './store.ts';
import type { WithdrawalNow } from './withdrawal.ts';

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
      if (freeze === null)
        await moveWithdrawal(house, id, { move: 'end_hold', by: null, guard: heldByFreeze });
      else {
        const until = freeze.until ?? new Date(nowMs + settledWithinDays * DAY_MS);
        const reason = `Your account is frozen: ${freeze.reason}`;
        await moveWithdrawal(house, id, {
          move: 'hold',
          by: null,
          hold: { reason, rule: FROZEN_RULE, until },
          guard: notHeld,
        });
      }
    } catch (error) {
      // It moved on meanwhile: the next round looks again.
      if (!(error instanceof Refusal)) throw error;
    }
  }
  return waiting.length;
}

/** An operator may have held it since it was found: that hold stands, whatever becomes of the freeze. */
async function notHeld({ state }: WithdrawalNow): Promise<readonly CompanionStatement[]> {
  if (state === 'held') throw new Refusal(WITHDRAWAL_MOVED_ON, { state: STATE_WORDS[state] });
  return [];
}

async function heldByFreeze({ id, state, holdRule }: WithdrawalNow): Promise<readonly CompanionStatement[]> {
  if (holdRule !== FROZEN_RULE) throw new Refusal(WITHDRAWAL_MOVED_ON, { state: STATE_WORDS[state] });
  const text = 'update withdrawal_states set since = since where withdrawal_id = $1 and hold_rule = $2';
  return [{ text, values: [id, FROZEN_RULE], expectRows: 1 }];
}

const AT_ONCE = 100;

whenFrozen('withdrawals', async (house, userId) => {
  await followFreezes(house, userId, AT_ONCE);
});
