import { HOUR_MS, MINUTE_MS } from '../../core/clock.ts';
import { newId } from '../../core/ids.ts';
import { Refusal } from '../../core/refusal.ts';
import type { House } from '../../house.ts';
import { moveWithdrawal } from '../move-withdrawal.ts';
import { ATTEMPT_ROWS, ATTEMPT_STATE_ROWS, type Waiting, waitingFor } from './attempts-store.ts';
import { payersOf } from './payers.ts';
import type { PayoutProvider } from './provider.ts';
import { bankWaitsUntil } from './set-up.ts';

const TOGETHER = 50;
/** How long a try that did not happen is left alone, by how many there were: the reason is seldom gone at once. */
const AGAIN_MS = [5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS, 6 * HOUR_MS] as const;

/**
 * Hands what is released to the provider that pays it: the try is written down in the commit that moves the withdrawal on,
 * before anybody is asked. Of two processes one does. How many.
 */
export async function handOver(house: House): Promise<number> {
  let handed = 0;
  for (const payer of payersOf(house)) {
    const { id: provider, method, mode } = payer;
    const waiting = await waitingFor(house.db, { method, provider, mode, limit: TOGETHER });
    for (const one of waiting)
      if (isDue(one, house.clock.now()) && (await handOne(house, payer, one))) handed += 1;
  }
  return handed;
}

function isDue({ tries, lastClosedAt }: Waiting, nowMs: number): boolean {
  if (lastClosedAt === null) return true;
  const waitsMs = AGAIN_MS[Math.min(tries, AGAIN_MS.length) - 1] ?? 0;
  return lastClosedAt.getTime() + waitsMs <= nowMs;
}

async function handOne(house: House, payer: PayoutProvider, waiting: Waiting): Promise<boolean> {
  // The account is the one that was asked for; what stands behind it may be another since then.
  const until = await bankWaitsUntil(house, waiting.accountId);
  if (until === null) return submit(house, payer, waiting);
  const reason = 'The bank account behind your account was changed after you asked.';
  const rule = 'A changed bank account waits before it is paid, so that its owner notices.';
  try {
    await moveWithdrawal(house, waiting.id, { move: 'hold', by: null, hold: { reason, rule, until } });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
  return false;
}

async function submit(house: House, payer: PayoutProvider, waiting: Waiting): Promise<boolean> {
  const attemptId = newId();
  const madeAt = new Date(house.clock.now());
  const { id, ref, minor, currency, tries } = waiting;
  try {
    await moveWithdrawal(house, id, {
      move: 'submit',
      by: null,
      rows: [
        {
          table: ATTEMPT_ROWS,
          values: [attemptId, id, tries + 1, payer.id, payer.mode, payer.world, ref, minor, currency, madeAt],
        },
        { table: ATTEMPT_STATE_ROWS, values: [attemptId, id, madeAt] },
      ],
    });
    return true;
  } catch (error) {
    // It was canceled, held or frozen at the same moment.
    if (error instanceof Refusal) return false;
    throw error;
  }
}
