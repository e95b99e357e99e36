import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import { returnReason } from './methods/return-codes.ts';
import { moveWithdrawal } from './move-withdrawal.ts';
import { returnWithdrawal } from './return-withdrawal.ts';
import { withdrawalByReference } from './store.ts';
import type { WithdrawalNow } from './withdrawal.ts';

/**
 * The bank sent a payment back with this code: the Diamonds are available again. A code that nobody here knows moves no
 * money: the withdrawal is parked until a person has asked the bank. Refuses as `returnWithdrawal` does.
 */
export function bounce(
  house: House,
  id: Uuid,
  asked: { readonly code: string; readonly by: Uuid },
): Promise<WithdrawalNow> {
  const code = asked.code.trim().toUpperCase();
  if (returnReason(code) !== null) return returnWithdrawal(house, id, { code, by: asked.by });
  const note = `The bank says ${code}, and we do not know what that means. We ask.`;
  return moveWithdrawal(house, id, { move: 'park', by: asked.by, code, note });
}

export interface BounceLine {
  readonly reference: string;
  readonly code: string;
}

export interface BounceOutcome {
  readonly reference: string;
  readonly outcome: 'returned' | 'parked' | 'unknown_reference' | 'refused';
  readonly detail: string;
}

/** What a bank says of many, line by line; a line that cannot be taken keeps none of the others. */
export async function bounceAll(
  house: House,
  lines: readonly BounceLine[],
  by: Uuid,
): Promise<BounceOutcome[]> {
  const outcomes: BounceOutcome[] = [];
  for (const line of lines) {
    const reference = line.reference.trim().toUpperCase();
    const withdrawal = await withdrawalByReference(house.db, reference);
    if (withdrawal === undefined) {
      const detail = 'No withdrawal has this reference.';
      outcomes.push({ reference, outcome: 'unknown_reference', detail });
      continue;
    }
    try {
      const { state } = await bounce(house, withdrawal.id, { code: line.code, by });
      const reason = returnReason(line.code);
      outcomes.push({
        reference,
        outcome: state === 'returned' ? 'returned' : 'parked',
        detail: reason?.words ?? 'a code that nobody knows: ask the bank',
      });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      outcomes.push({ reference, outcome: 'refused', detail: error.message });
    }
  }
  return outcomes;
}
