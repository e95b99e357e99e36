import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import { moveWithdrawal } from './move-withdrawal.ts';
import { WITHDRAWAL_MOVED_ON } from './refusals.ts';
import { isHoldLeft, STATE_WORDS } from './states.ts';
import type { WithdrawalNow } from './withdrawal.ts';

/**
 * Ends the hold of a withdrawal that its creator canceled while it was held, so that they can ask anew before the hold's
 * latest date. Refuses with `not_found`, `withdrawal_is_your_own` or `withdrawal_moved_on`: nothing of it is held.
 */
export async function liftHold(house: House, id: Uuid, byUser: Uuid): Promise<WithdrawalNow> {
  return moveWithdrawal(house, id, {
    move: 'lift_hold',
    by: byUser,
    guard: async (withdrawal) => {
      if (isHoldLeft(withdrawal, house.clock.now())) return [];
      throw new Refusal(WITHDRAWAL_MOVED_ON, { state: STATE_WORDS[withdrawal.state] });
    },
  });
}
