import {
  type Approval,
  askApproval,
  type Decision,
  decideApproval,
  decisionStatement,
  requireDecidable,
} from '../approvals/index.ts';
import { DAY_MS } from '../core/clock.ts';
import { publicId, type Uuid } from '../core/ids.ts';
import { displayUsd } from '../core/money.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import { INVALID_REQUEST, NOT_FOUND } from '../http/refusals.ts';
import { returnReason } from './methods/return-codes.ts';
import { moveWithdrawal } from './move-withdrawal.ts';
import { RETURN_TAKES_TWO, WITHDRAWAL_IS_YOUR_OWN } from './refusals.ts';
import { countedSince, grossOf, secondOperatorFrom } from './release-withdrawal.ts';
import { decideMove } from './states.ts';
import { cameBackCents, turnOf, turnStatement, wasPaid, withdrawalById } from './store.ts';
import type { WithdrawalNow } from './withdrawal.ts';

/** The kind of an approval that what was paid came back. */
export const RETURN_KIND = 'withdrawal_return';
const ASKED_FOR_MS = 7 * DAY_MS;

/**
 * It came back from the bank with this code: the Diamonds are available again. Of what was paid before one operator says
 * so up to the policy's amount, added up per creator over seven days: whoever was paid and gets the Diamonds back has
 * both. From there on it refuses with `return_takes_two`, and `askForReturn` begins it. Else as `moveWithdrawal` does.
 */
export async function returnWithdrawal(
  house: House,
  id: Uuid,
  { code, by }: { readonly code: string; readonly by: Uuid },
): Promise<WithdrawalNow> {
  const from = await secondOperatorFrom(house);
  return moveWithdrawal(house, id, {
    move: 'return',
    by,
    code,
    async guard(withdrawal) {
      if (from === null || !(await wasPaid(house.db, id))) return [];
      const turn = await turnOf(house.db, withdrawal.userId);
      const cameBack = await cameBackCents(house.db, withdrawal.userId, countedSince(house));
      if (grossOf(withdrawal) + cameBack >= from) {
        throw new Refusal(RETURN_TAKES_TWO, { from: displayUsd(from) });
      }
      return [turnStatement(withdrawal.userId, turn)];
    },
  });
}

/** Whether one operator is not enough to say that it came back. */
export async function returnTakesTwo(house: House, withdrawal: WithdrawalNow): Promise<boolean> {
  const from = await secondOperatorFrom(house);
  if (from === null || !(await wasPaid(house.db, withdrawal.id))) return false;
  return (
    grossOf(withdrawal) + (await cameBackCents(house.db, withdrawal.userId, countedSince(house))) >= from
  );
}

/**
 * Asks another operator to say that it came back with this code. Refuses with `not_found`, `withdrawal_is_your_own`,
 * `invalid_request` (nobody knows the code), `withdrawal_moved_on` or `no_second_operator`.
 */
export async function askForReturn(
  house: House,
  id: Uuid,
  asked: { readonly by: Uuid; readonly creator: string; readonly code: string },
): Promise<Approval> {
  const withdrawal = await withdrawalById(house.db, id);
  if (withdrawal === undefined) throw new Refusal(NOT_FOUND);
  if (withdrawal.userId === asked.by) throw new Refusal(WITHDRAWAL_IS_YOUR_OWN);
  const decision = decideMove(withdrawal.state, 'return');
  if (decision instanceof Refusal) throw decision;
  const code = asked.code.trim().toUpperCase();
  const reason = returnReason(code);
  if (reason === null) {
    throw new Refusal(INVALID_REQUEST, { field: 'code', rule: 'is none that banks use' }, '/code');
  }
  const nowMs = house.clock.now();
  return house.db.transaction((tx) =>
    askApproval(tx, {
      kind: RETURN_KIND,
      subjectId: id,
      summary: `${withdrawal.reference} came back: ${displayUsd(grossOf(withdrawal))} of ${asked.creator}`,
      body: {
        withdrawal: publicId('wd', id),
        creator: asked.creator,
        gross: displayUsd(grossOf(withdrawal)),
        code,
        means: reason.words,
        effect: 'The Diamonds are available to the creator again, though this was marked as paid.',
      },
      by: asked.by,
      nowMs,
      expiresMs: nowMs + ASKED_FOR_MS,
    }),
  );
}

/**
 * Decides on it: approved, the Diamonds are back in the same commit as the decision. Refuses as `decideApproval` does,
 * and as `moveWithdrawal` does.
 */
export async function decideReturn(
  house: House,
  asked: Approval,
  decision: Decision,
): Promise<WithdrawalNow> {
  const id = asked.subjectId;
  const about = { ...decision, kind: RETURN_KIND };
  if (decision.verdict === 'rejected') {
    await house.db.transaction((tx) => decideApproval(tx, { ...about, nowMs: house.clock.now() }));
    const kept = await withdrawalById(house.db, id);
    if (kept === undefined) throw new Refusal(NOT_FOUND);
    return kept;
  }
  // Says so of a decision that is over even when the withdrawal has moved on since.
  await requireDecidable(house.db, { ...about, nowMs: house.clock.now() });
  return moveWithdrawal(house, id, {
    move: 'return',
    by: decision.by,
    code: String(asked.body.code),
    guard: async () => {
      const nowMs = house.clock.now();
      const approval = await requireDecidable(house.db, { ...about, nowMs });
      return [decisionStatement(approval, decision, new Date(nowMs))];
    },
  });
}
