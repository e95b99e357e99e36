import { SECOND_MS } from '../core/clock.ts';
import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import { delayRows } from '../gifts/index.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { requireGate } from '../identity/index.ts';
import {
  accountId,
  LedgerConflict,
  type Posting,
  postEvent,
  type TransferEvent,
  transferEvent,
  voidEvent,
} from '../ledger/index.ts';
import { currentPolicy, policyVersion } from '../policy/index.ts';
import { coinsOf } from './ask-question.ts';
import type { Asking } from './asking.ts';
import type { QuestionNow, ReturnReason } from './question.ts';
import { earningId, escrowId, escrowPostId, escrowVoidId } from './question-ids.ts';
import { QUESTION_BEING_ANSWERED, QUESTION_DECIDED } from './refusals.ts';
import { decideMove, type Move } from './rules.ts';
import { ANSWER_ROWS, EARNING_ROWS, NEWS_ROWS, ONE_ANSWERING, questionById, RETURN_ROWS } from './store.ts';

/**
 * Moves a question on: its creator begins to answer it (`begin`), has answered it (`finish`) or skips it (`skip`), or
 * its asker takes it back (`withdraw`). Of two that decide at once one does, and the other is told what was decided; a
 * move asked for twice happens once.
 *
 * Refuses with `not_found` when it is not theirs to move, `question_decided`, `question_not_being_answered`,
 * `question_being_answered`, and for a paid answer with what the gate `earn` says of the creator.
 */
export async function moveQuestion(
  asking: Asking,
  moverId: Uuid,
  questionId: Uuid,
  move: Move,
): Promise<QuestionNow> {
  const { db } = asking.house;
  for (let look = 0; ; look += 1) {
    const question = await questionById(db, questionId);
    const isTheirs = question !== undefined && moverOf(question, move) === moverId;
    if (!isTheirs) throw new Refusal(NOT_FOUND);
    const decision = decideMove(question, move);
    if (decision instanceof Refusal) throw decision;
    if (decision === 'done') return question;
    // Each time it was not made, somebody else moved the question on, and there are two moves at most.
    if (look === LOOKS_MAX) throw new Refusal(QUESTION_DECIDED, { status: question.status });
    if (await make(asking, question, move)) break;
  }
  const moved = await questionById(db, questionId);
  if (moved === undefined) throw new Error(`a question has vanished: ${questionId}`);
  return moved;
}

const LOOKS_MAX = 4;

/** Returns what is in escrow for a question to its asker, once; whether this did it. `byId` is null for the house. */
export async function returnQuestion(
  asking: Asking,
  question: QuestionNow,
  reason: ReturnReason,
  byId: Uuid | null,
): Promise<boolean> {
  const escrow = question.coins === 0n ? [] : [voidEvent(escrowVoidId(question.id), escrowId(question.id))];
  const outcome = await tryPost(asking, returnPosting(asking, question, reason, byId, escrow));
  // The ledger let go of it by itself; what is left is to write it down.
  const done =
    outcome === 'expired'
      ? await tryPost(asking, returnPosting(asking, question, 'waited_too_long', null, []))
      : outcome;
  if (done !== 'posted') return false;
  if (question.coins > 0n) {
    asking.paying.coinsChanged(question.askerId, await coinsOf(asking.house, question.askerId));
  }
  return true;
}

function moverOf(question: QuestionNow, move: Move): Uuid {
  return move === 'withdraw' ? question.askerId : question.creatorId;
}

/** Whether the move was made; false when the question has been moved by somebody else. */
async function make(asking: Asking, question: QuestionNow, move: Move): Promise<boolean> {
  switch (move) {
    case 'begin':
      return begin(asking, question);
    case 'finish':
      return finish(asking, question);
    case 'skip':
      return returnQuestion(asking, question, 'skipped', question.creatorId);
    case 'withdraw':
      return returnQuestion(asking, question, 'withdrawn', question.askerId);
  }
}

async function begin(asking: Asking, question: QuestionNow): Promise<boolean> {
  const posting: Posting = {
    transfers: [],
    rows: [{ table: NEWS_ROWS, values: [null, question.id, 'answering'] }],
    statements: [
      {
        text: `update open_questions set answering_since = $2 where question_id = $1 and answering_since is null`,
        values: [question.id, new Date(asking.house.clock.now())],
        expectRows: 1,
      },
    ],
  };
  const outcome = await tryPost(asking, posting);
  if (outcome === ONE_ANSWERING) {
    throw new Refusal(QUESTION_BEING_ANSWERED, { what: 'Another question is being answered.' });
  }
  return outcome === 'posted';
}

/** Pays the creator: the escrow is posted and the Diamonds that were promised are credited, in one commit. */
async function finish(asking: Asking, question: QuestionNow): Promise<boolean> {
  const { house } = asking;
  const { id, coins, creatorId, askerId, sessionId, answeringSince } = question;
  if (coins > 0n) await requireGate(house, 'earn', creatorId);
  const nowMs = house.clock.now();
  const policy = policyVersion(house.db, question.policyVersion) ?? (await currentPolicy(house.db, nowMs));
  const clearing = await asking.paying.clearingOf(askerId, policy, nowMs);
  const maturesAt = new Date(clearing.maturesAtMs);
  const at = new Date(nowMs);
  const posting: Posting = {
    transfers: coins === 0n ? [] : [postEvent(escrowPostId(id), escrowId(id)), earning(question, maturesAt)],
    rows: [
      { table: ANSWER_ROWS, values: [id, null, sessionId, answeringSince, at] },
      ...(coins === 0n
        ? []
        : [
            {
              table: EARNING_ROWS,
              values: [id, null, at, maturesAt, askerId, creatorId, coins, question.diamondUnits],
            },
            ...delayRows({ id, creatorId, policyVersion: policy.version }, clearing),
          ]),
      { table: NEWS_ROWS, values: [null, id, 'answered'] },
    ],
    statements: [
      {
        text: 'delete from open_questions where question_id = $1 and answering_since is not null',
        values: [id],
        expectRows: 1,
      },
    ],
  };
  const outcome = await tryPost(asking, posting);
  if (outcome === 'expired') {
    await returnQuestion(asking, question, 'waited_too_long', null);
    return false;
  }
  if (outcome !== 'posted') return false;
  if (coins > 0n) {
    asking.paying.earned(creatorId);
    asking.paying.coinsChanged(askerId, await coinsOf(house, askerId));
  }
  return true;
}

function earning({ id, creatorId, diamondUnits }: QuestionNow, maturesAt: Date): TransferEvent {
  return {
    ...transferEvent({
      id: earningId(id),
      from: accountId('platform', 'diamonds_issued', 'DIAMOND'),
      to: accountId(creatorId, 'diamonds_pending', 'DIAMOND'),
      asset: 'DIAMOND',
      units: diamondUnits,
      code: 'question_earned',
    }),
    // When they mature, in seconds since 1970, as with gifts.
    userData32: Math.floor(maturesAt.getTime() / SECOND_MS),
  };
}

function returnPosting(
  asking: Asking,
  { id }: QuestionNow,
  reason: ReturnReason,
  byId: Uuid | null,
  transfers: readonly TransferEvent[],
): Posting {
  const at = new Date(asking.house.clock.now());
  // Whoever takes a question back must find it waiting; the others may return one that is being answered.
  const waits = reason === 'withdrawn' ? ' and answering_since is null' : '';
  return {
    transfers,
    rows: [
      { table: RETURN_ROWS, values: [id, null, at, reason, byId] },
      { table: NEWS_ROWS, values: [null, id, 'returned'] },
    ],
    statements: [
      { text: `delete from open_questions where question_id = $1${waits}`, values: [id], expectRows: 1 },
    ],
  };
}

/**
 * `posted`; `expired` when the ledger let go of the escrow; `moved` when the question is not where it was thought to be;
 * or the constraint that said no.
 */
async function tryPost(asking: Asking, posting: Posting): Promise<string> {
  try {
    const posted = await asking.house.ledger.post(posting);
    if (posted.kind === 'posted') {
      asking.teller.wake();
      return 'posted';
    }
    if (posted.kind === 'exists') return 'moved';
    switch (posted.result) {
      case 'pending_transfer_expired':
        return 'expired';
      case 'pending_transfer_already_posted':
      case 'pending_transfer_already_voided':
        return 'moved';
      default:
        // Another try of the same, a moment apart: its Diamonds would mature at another second.
        if (posted.result.startsWith('exists_with_different')) return 'moved';
        throw new Error(`the ledger refused a question: ${posted.result}`);
    }
  } catch (error) {
    if (!(error instanceof LedgerConflict)) throw error;
    if (error.code === 'CL002') return 'moved';
    if (error.code === '23505') return error.constraint === ONE_ANSWERING ? ONE_ANSWERING : 'moved';
    throw error;
  }
}
