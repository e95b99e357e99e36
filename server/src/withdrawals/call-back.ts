import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import { payerWord } from './methods/words.ts';
import { moveWithdrawal } from './move-withdrawal.ts';
import { calledBackStatement } from './providers/attempts-store.ts';
import { UNCLAIMED } from './providers/provider.ts';
import { PAYOUT_NOT_UNCLAIMED } from './refusals.ts';
import { isUnclaimed } from './states.ts';
import type { WithdrawalNow } from './withdrawal.ts';

/** Who asks for it, and why: an operator says so, and the creator reads it; their own reason is nobody's business. */
export interface CallBackAsked {
  readonly by: Uuid;
  readonly reason?: string;
}

/**
 * Asks that a payment which nobody has accepted at its provider comes back. It is written down and its try is looked at at once:
 * that look asks the provider, and what is fetched then decides. Back, the Diamonds are available again; accepted meanwhile, it
 * has arrived. Asked for before, it is answered as done.
 *
 * Refuses with `not_found`, `withdrawal_moved_on`, or `payout_not_unclaimed`: nothing is waiting to be accepted.
 */
export function callBack(house: House, id: Uuid, { by, reason }: CallBackAsked): Promise<WithdrawalNow> {
  return moveWithdrawal(house, id, {
    move: 'call_back',
    by,
    ...(reason === undefined ? {} : { note: reason }),
    guard: async (withdrawal) => {
      if (isUnclaimed(withdrawal)) {
        return [calledBackStatement(id, UNCLAIMED, new Date(house.clock.now()))];
      }
      throw new Refusal(PAYOUT_NOT_UNCLAIMED, { provider: payerWord(withdrawal.method) });
    },
  });
}
