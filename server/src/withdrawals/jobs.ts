import { DAY_MS, MINUTE_MS, SECOND_MS } from '../core/clock.ts';
import { Refusal } from '../core/refusal.ts';
import { goRounds, type Rounds } from '../core/rounds.ts';
import type { House } from '../house.ts';
import { followFreezes } from './follow-freezes.ts';
import { sendFiled } from './make-file.ts';
import { moveWithdrawal } from './move-withdrawal.ts';
import { dropLeftovers } from './providers/drop-leftovers.ts';
import { handOver } from './providers/hand-over.ts';
import { lookBack } from './providers/look-back.ts';
import { reconcilePayoutDays } from './providers/reconcile-payouts.ts';
import { lookAtSetUps } from './providers/set-up.ts';
import { checkPayouts } from './providers/settle-payout.ts';
import { holdsOver, sweepQuotes } from './store.ts';
import { tellWithdrawals } from './tell-withdrawals.ts';

const ASK_EVERY_MS = SECOND_MS;
const LOOK_EVERY_MS = 2 * SECOND_MS;
const FOLLOW_EVERY_MS = 5 * SECOND_MS;
const SWEEP_EVERY_MS = 10 * MINUTE_MS;
const TURN = 500;

/** What withdrawals need done by themselves, now and every few seconds. */
export function startWithdrawals(house: House): Rounds[] {
  return [
    goRounds('news of withdrawals', LOOK_EVERY_MS, house.log, () => tellWithdrawals(house)),
    goRounds('holds that are over', LOOK_EVERY_MS, house.log, () => endHolds(house)),
    goRounds('holds of frozen accounts', FOLLOW_EVERY_MS, house.log, async () => {
      const moved = await followFreezes(house, null, TURN);
      return moved === TURN ? moved : 0;
    }),
    goRounds('payments of files', LOOK_EVERY_MS, house.log, async () => {
      const sent = await sendFiled(house, TURN);
      // Payments that cannot be booked now are looked at again after a pause.
      return sent === TURN ? sent : 0;
    }),
    goRounds('payouts to be handed over', LOOK_EVERY_MS, house.log, async () => {
      await handOver(house);
      return 0;
    }),
    goRounds('payouts at providers', ASK_EVERY_MS, house.log, () => checkPayouts(house)),
    goRounds('payouts nobody goes on with', SWEEP_EVERY_MS, house.log, () => dropLeftovers(house)),
    goRounds('accounts at providers', SWEEP_EVERY_MS, house.log, () => lookAtSetUps(house)),
    goRounds('payouts taken back', SWEEP_EVERY_MS, house.log, async () => {
      await lookBack(house);
      return 0;
    }),
    goRounds('books of payouts', SWEEP_EVERY_MS, house.log, () => reconcilePayoutDays(house)),
    goRounds('quotes nobody used', SWEEP_EVERY_MS, house.log, () =>
      sweepQuotes(house.db, new Date(house.clock.now() - 7 * DAY_MS)),
    ),
  ];
}

/** Puts withdrawals whose hold has reached its latest date back in review; how many. */
export async function endHolds(house: House): Promise<number> {
  const over = await holdsOver(house.db, new Date(house.clock.now()), TURN);
  for (const id of over) {
    try {
      await moveWithdrawal(house, id, { move: 'end_hold', by: null });
    } catch (error) {
      // Somebody decided at the same moment.
      if (!(error instanceof Refusal)) throw error;
    }
  }
  return over.length === TURN ? over.length : 0;
}
