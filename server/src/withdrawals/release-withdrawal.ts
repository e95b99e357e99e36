import { type Approval, askApproval, type Decision, decideApproval } from '../approvals/index.ts';
import { DAY_MS } from '../core/clock.ts';
import { newId, publicId, type Uuid } from '../core/ids.ts';
import { displayUsd } from '../core/money.ts';
import { Refusal } from '../core/refusal.ts';
import type { Queryable } from '../db/database.ts';
import type { House } from '../house.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { currentPolicy } from '../policy/index.ts';
import { displayMoney } from './currencies.ts';
import { requireUnfrozen } from './frozen.ts';
import { moveWithdrawal } from './move-withdrawal.ts';
import { SECOND_OPERATOR_NEEDED, WITHDRAWAL_IS_YOUR_OWN, WITHDRAWAL_MOVED_ON } from './refusals.ts';
import { MOVES, STATE_WORDS } from './states.ts';
import { insertEvent, letGoCents, moveState, nameApproval, takeTurn, withdrawalById } from './store.ts';
import { turnGuard } from './turns.ts';
import type { WithdrawalNow } from './withdrawal.ts';

export const APPROVAL_KIND = 'withdrawal';
const ASKED_FOR_MS = 7 * DAY_MS;

/**
 * Says that the checks are done. Nobody says so of their own (`withdrawal_is_your_own`), nor while the creator's account is
 * frozen (`payee_frozen`). When this and what went to the same creator or bank account within seven days come to the
 * policy's amount, it takes two operators: it refuses with `second_operator_needed`, and `askForRelease` begins it. Else it refuses with
 * `not_found` or `withdrawal_moved_on`.
 */
export async function releaseWithdrawal(house: House, id: Uuid, by: Uuid): Promise<WithdrawalNow> {
  const from = await secondOperatorFrom(house);
  return moveWithdrawal(house, id, {
    move: 'release',
    by,
    async guard(withdrawal) {
      if (from === null) return [];
      // Read first: of two releases to one creator at once one takes the turn, and the other looks again.
      const turns = await turnGuard(house.db, withdrawal.userId);
      const letGo = await letGoCents(house.db, withdrawal.userId, countedSince(house));
      if (grossOf(withdrawal) + letGo >= from) {
        throw new Refusal(SECOND_OPERATOR_NEEDED, { from: displayUsd(from), before: displayUsd(letGo) });
      }
      return turns;
    },
  });
}

/** Since when what one creator gets is added up, so that nobody cuts a large sum into small ones. */
export function countedSince({ clock }: Pick<House, 'clock'>): Date {
  return new Date(clock.now() - 7 * DAY_MS);
}

/** From which gross amount on, in cents, two operators decide; null = never. */
export async function secondOperatorFrom(house: House): Promise<bigint | null> {
  return (await currentPolicy(house.db, house.clock.now())).payouts.secondOperatorFromCents;
}

/** What the Diamonds of a withdrawal were worth, in cents. */
export function grossOf({ feeCents, taxCents, netCents }: WithdrawalNow): bigint {
  return feeCents + taxCents + netCents;
}

/** Asks another operator to release it. Refuses with `not_found`, `withdrawal_is_your_own` or `withdrawal_moved_on`. */
export async function askForRelease(
  house: House,
  id: Uuid,
  asked: { readonly by: Uuid; readonly creator: string },
): Promise<Approval> {
  const withdrawal = await withdrawalById(house.db, id);
  if (withdrawal === undefined) throw new Refusal(NOT_FOUND);
  if (withdrawal.userId === asked.by) throw new Refusal(WITHDRAWAL_IS_YOUR_OWN);
  const nowMs = house.clock.now();
  return house.db.transaction(async (tx) => {
    const approval = await askApproval(tx, {
      kind: APPROVAL_KIND,
      subjectId: id,
      summary: `Release ${withdrawal.reference}: ${displayUsd(grossOf(withdrawal))} to ${asked.creator}`,
      body: {
        ...bodyOf(withdrawal, asked.creator),
        withinSevenDays: displayUsd(await letGoCents(tx, withdrawal.userId, countedSince(house))),
      },
      by: asked.by,
      nowMs,
      expiresMs: nowMs + ASKED_FOR_MS,
    });
    if (!(await nameApproval(tx, id, approval.id))) await movedOn(tx, id);
    await insertEvent(tx, {
      id: newId(),
      withdrawalId: id,
      at: new Date(nowMs),
      step: 'ask_approval',
      state: withdrawal.state,
      byUser: asked.by,
      note: null,
      code: null,
      holdRule: null,
      holdUntil: null,
    });
    return approval;
  });
}

/**
 * Decides on it: approved, it is released in the same commit as the decision. Of a decision and a cancellation at once one
 * happens.
 *
 * Refuses as `decideApproval` does (whoever asked cannot decide), with `not_found`, `withdrawal_moved_on`, or
 * `withdrawal_is_your_own` to whoever would be paid.
 */
export async function decideRelease(house: House, id: Uuid, decision: Decision): Promise<WithdrawalNow> {
  const nowMs = house.clock.now();
  await house.db.transaction(async (tx) => {
    const approval = await decideApproval(tx, { ...decision, kind: APPROVAL_KIND, nowMs });
    if (approval.subjectId !== id) throw new Refusal(NOT_FOUND);
    if (decision.verdict !== 'approved') return;
    const withdrawal = await withdrawalById(tx, id);
    if (withdrawal?.userId === decision.by) throw new Refusal(WITHDRAWAL_IS_YOUR_OWN);
    // What was asked for before a hold does not know of it.
    if (withdrawal?.state === 'held' && withdrawal.since > approval.askedAt) await movedOn(tx, id);
    if (withdrawal !== undefined) await requireUnfrozen(tx, withdrawal.userId, nowMs);
    // Whoever adds up at this moment looks again.
    if (withdrawal !== undefined) await takeTurn(tx, withdrawal.userId);
    await release(tx, id, decision.by, nowMs);
  });
  const decided = await withdrawalById(house.db, id);
  if (decided === undefined) throw new Refusal(NOT_FOUND);
  return decided;
}

async function release(tx: Queryable, id: Uuid, by: Uuid, nowMs: number): Promise<void> {
  const at = new Date(nowMs);
  if (!(await moveState(tx, id, MOVES.release.from, 'released', at, null))) await movedOn(tx, id);
  await insertEvent(tx, {
    id: newId(),
    withdrawalId: id,
    at,
    step: 'release',
    state: 'released',
    byUser: by,
    note: null,
    code: null,
    holdRule: null,
    holdUntil: null,
  });
}

async function movedOn(tx: Parameters<typeof withdrawalById>[0], id: Uuid): Promise<never> {
  const now = await withdrawalById(tx, id);
  if (now === undefined) throw new Refusal(NOT_FOUND);
  throw new Refusal(WITHDRAWAL_MOVED_ON, { state: STATE_WORDS[now.state] });
}

function bodyOf(withdrawal: WithdrawalNow, creator: string) {
  return {
    withdrawal: publicId('wd', withdrawal.id),
    creator,
    gross: displayUsd(grossOf(withdrawal)),
    fee: displayUsd(withdrawal.feeCents),
    theyGet: displayMoney(withdrawal.payoutMinor, withdrawal.currency),
    to: `${withdrawal.holder}, ${withdrawal.masked}, ${withdrawal.country}`,
    account: publicId('payacct', withdrawal.accountId),
  };
}
