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
import type { CompanionStatement } from '../ledger/index.ts';
import { returnReason } from './methods/return-codes.ts';
import { moveWithdrawal } from './move-withdrawal.ts';
import { FAILURE_TAKES_TWO, RETURN_TAKES_TWO, WITHDRAWAL_IS_YOUR_OWN } from './refusals.ts';
import { countedSince, grossOf, secondOperatorFrom } from './release-withdrawal.ts';
import { decideMove } from './states.ts';
import { givenBackCents, wasReleased, withdrawalById } from './store.ts';
import { turnGuard } from './turns.ts';
import type { WithdrawalNow } from './withdrawal.ts';

/** The kind of an approval that what was to be paid by hand is not paid. */
export const FAILURE_KIND = 'withdrawal_failure';
/** The kind of an approval that what was sent came back. */
export const RETURN_KIND = 'withdrawal_return';
const ASKED_FOR_MS = 7 * DAY_MS;

/**
 * It came back from the bank with this code: the Diamonds are available again. One operator says so up to the policy's
 * amount, added up over seven days: whoever was paid and gets the Diamonds back has both. From there on it refuses with
 * `return_takes_two`, and `askForReturn` begins it. Else as `moveWithdrawal` does.
 */
export async function returnWithdrawal(
  house: House,
  id: Uuid,
  { code, by }: { readonly code: string; readonly by: Uuid },
): Promise<WithdrawalNow> {
  const guard = (withdrawal: WithdrawalNow) => aloneGuard(house, withdrawal, RETURN_TAKES_TWO);
  return moveWithdrawal(house, id, { move: 'return', by, code, guard });
}

/**
 * It is not paid: the Diamonds are available again. What is paid by hand may have been paid from its release on, so from
 * then on two operators say so from the policy's amount on: it refuses with `failure_takes_two`, and `askForFailure`
 * begins it. Else as `moveWithdrawal` does.
 */
export async function failWithdrawal(
  house: House,
  id: Uuid,
  { note, by }: { readonly note: string; readonly by: Uuid },
): Promise<WithdrawalNow> {
  return moveWithdrawal(house, id, {
    move: 'fail',
    by,
    note,
    guard: async (withdrawal) =>
      (await mayBePaidByHand(house, withdrawal)) ? aloneGuard(house, withdrawal, FAILURE_TAKES_TWO) : [],
  });
}

async function mayBePaidByHand({ db }: House, { id, method }: WithdrawalNow): Promise<boolean> {
  return method === 'manual' && (await wasReleased(db, id));
}

/** Refuses where one operator is not enough; else what makes the second of two at once look again. */
async function aloneGuard(
  house: House,
  withdrawal: WithdrawalNow,
  refusal: typeof RETURN_TAKES_TWO | typeof FAILURE_TAKES_TWO,
): Promise<readonly CompanionStatement[]> {
  const from = await secondOperatorFrom(house);
  if (from === null) return [];
  const turns = await turnGuard(house.db, withdrawal.userId);
  if (await isTooMuch(house, withdrawal, from)) throw new Refusal(refusal, { from: displayUsd(from) });
  return turns;
}

async function isTooMuch(house: House, withdrawal: WithdrawalNow, from: bigint): Promise<boolean> {
  const before = await givenBackCents(house.db, withdrawal.userId, countedSince(house));
  return grossOf(withdrawal) + before >= from;
}

/** Whether one operator is not enough to say that it came back. */
export async function returnTakesTwo(house: House, withdrawal: WithdrawalNow): Promise<boolean> {
  const from = await secondOperatorFrom(house);
  return from !== null && isTooMuch(house, withdrawal, from);
}

/** Whether one operator is not enough to say that it is not paid. */
export async function failureTakesTwo(house: House, withdrawal: WithdrawalNow): Promise<boolean> {
  return (await mayBePaidByHand(house, withdrawal)) && returnTakesTwo(house, withdrawal);
}

/**
 * Asks another operator to say that it is not paid, which was to be paid by hand. Refuses with `not_found`,
 * `withdrawal_is_your_own` or `withdrawal_moved_on`.
 */
export async function askForFailure(
  house: House,
  id: Uuid,
  asked: { readonly by: Uuid; readonly creator: string; readonly reason: string },
): Promise<Approval> {
  const withdrawal = await withdrawalById(house.db, id);
  if (withdrawal === undefined) throw new Refusal(NOT_FOUND);
  if (withdrawal.userId === asked.by) throw new Refusal(WITHDRAWAL_IS_YOUR_OWN);
  const decision = decideMove(withdrawal.state, 'fail');
  if (decision instanceof Refusal) throw decision;
  const nowMs = house.clock.now();
  return house.db.transaction((tx) =>
    askApproval(tx, {
      kind: FAILURE_KIND,
      subjectId: id,
      summary: `${withdrawal.reference} is not paid: ${displayUsd(grossOf(withdrawal))} of ${asked.creator}`,
      body: {
        withdrawal: publicId('wd', id),
        creator: asked.creator,
        gross: displayUsd(grossOf(withdrawal)),
        reason: asked.reason,
        effect: 'The Diamonds are available to the creator again, though it was released to be paid by hand.',
      },
      by: asked.by,
      nowMs,
      expiresMs: nowMs + ASKED_FOR_MS,
    }),
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
        effect: 'The Diamonds are available to the creator again, though this was marked as sent.',
      },
      by: asked.by,
      nowMs,
      expiresMs: nowMs + ASKED_FOR_MS,
    }),
  );
}

/**
 * Decides on either: approved, the Diamonds are back in the same commit as the decision. Refuses as `decideApproval`
 * does, and as `moveWithdrawal` does.
 */
export async function decideGivingBack(
  house: House,
  asked: Approval,
  decision: Decision,
): Promise<WithdrawalNow> {
  const { kind, subjectId: id, body } = asked;
  const about = { ...decision, kind };
  if (decision.verdict === 'rejected') {
    await house.db.transaction((tx) => decideApproval(tx, { ...about, nowMs: house.clock.now() }));
    const kept = await withdrawalById(house.db, id);
    if (kept === undefined) throw new Refusal(NOT_FOUND);
    return kept;
  }
  // Says so of a decision that is over even when the withdrawal has moved on since.
  await requireDecidable(house.db, { ...about, nowMs: house.clock.now() });
  return moveWithdrawal(house, id, {
    ...(kind === FAILURE_KIND
      ? { move: 'fail' as const, note: String(body.reason) }
      : { move: 'return' as const, code: String(body.code) }),
    by: decision.by,
    isOnce: true,
    guard: async () => {
      const nowMs = house.clock.now();
      const approval = await requireDecidable(house.db, { ...about, nowMs });
      return [decisionStatement(approval, decision, new Date(nowMs))];
    },
  });
}
