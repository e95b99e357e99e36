import assert from 'node:assert/strict';
import { SECOND_MS } from '../core/clock.ts';
import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import { GIFT_ACCOUNT_CLOSED, insufficientCoins, STAGE_NOT_LIVE } from '../gifts/index.ts';
import type { House } from '../house.ts';
import { IDEMPOTENCY_KEY_REUSED, NOT_FOUND } from '../http/refusals.ts';
import { explainGate, passesGate, requireGate } from '../identity/index.ts';
import {
  accountId,
  debitRoom,
  LedgerConflict,
  type Posted,
  type Posting,
  pendingEvent,
} from '../ledger/index.ts';
import { liveSession, requireVoiceOn, stageNamed } from '../live/index.ts';
import { currentPolicy } from '../policy/index.ts';
import type { Asking } from './asking.ts';
import { QUESTIONS_CLOSED, type Question, type QuestionNow } from './question.ts';
import { escrowId, questionIdOf, requestHash } from './question-ids.ts';
import { QUESTION_TOO_SOON, QUESTIONS_CLOSED_TO_YOU, QUESTIONS_OFF } from './refusals.ts';
import {
  askRefusal,
  diamondUnitsFor,
  escrowSeconds,
  type QuestionLimits,
  readQuestion,
  tooManyOpen,
} from './rules.ts';
import {
  keepRefusal,
  keptRefusal,
  NEWS_ROWS,
  ONE_FREE,
  OPEN_ROWS,
  openOf,
  QUESTION_ROWS,
  questionById,
  questionValues,
  settingsOf,
} from './store.ts';

/** What a fan asks for. */
export interface QuestionRequest {
  /** The client's name for this intention. */
  readonly key: string;
  /** The creator's handle. */
  readonly stage: string;
  /** As it was typed. */
  readonly text: string;
  /** The price that the fan saw: another one is refused, not charged. */
  readonly coins: bigint;
}

/** The answer to a request, the first time and each time after. */
export interface AskedQuestion {
  readonly question: QuestionNow;
  /** What the asker can still spend, as of now. */
  readonly coinsLeft: bigint;
  /** Whether this was answered before: nothing happened this time. */
  readonly replayed: boolean;
}

/**
 * Asks a question on a live stage. Paid, its Coins go into escrow in the commit that keeps the question: they cannot be
 * spent meanwhile, and they are the asker's until somebody answers. The ids come from the asker and the key, so however
 * often it is repeated it happens once.
 *
 * Refuses as `refusals.ts` lists, with `not_found`, `stage_not_live`, `insufficient_coins`, `gift_account_closed`,
 * `idempotency_key_reused`, as chat there does of who is muted or banned and of hidden words, and for paid questions with
 * what the gate `send` says.
 */
export async function askQuestion(
  asking: Asking,
  askerId: Uuid,
  request: QuestionRequest,
): Promise<AskedQuestion> {
  const { house } = asking;
  const nowMs = house.clock.now();
  const policy = await currentPolicy(house.db, nowMs);
  const limits = policy.questions;
  const text = readQuestion(request.text, limits);
  if (text instanceof Refusal) throw text;
  const stage = await stageNamed(house, request.stage);
  if (stage === undefined) throw new Refusal(NOT_FOUND);
  const id = questionIdOf(askerId, request.key);
  const hash = requestHash({ stageId: stage.id, text, coins: request.coins });
  // Only what was never answered may be refused: the live may have ended since.
  const before = await answeredBefore(asking, id, hash);
  if (before !== null) return before;

  const session = liveSession(stage);
  const [settings, open] =
    session === null
      ? [QUESTIONS_CLOSED, { free: 0, paid: 0 }]
      : await Promise.all([
          settingsOf(house.db, session.id).then((known) => known ?? QUESTIONS_CLOSED),
          openOf(house.db, session.id, askerId),
        ]);
  const refusal = askRefusal({
    askerId,
    creatorId: stage.creatorId,
    isLive: session !== null,
    settings,
    coins: request.coins,
    open,
    limits,
  });
  if (refusal !== null || session === null) {
    // Another try of the same may have been granted since it was looked for.
    const meanwhile = await answeredBefore(asking, id, hash);
    if (meanwhile !== null) return meanwhile;
    throw refusal ?? new Refusal(STAGE_NOT_LIVE);
  }
  await requireVoiceOn(house, stage, { userId: askerId, text, nowMs });
  await requireGates(house, askerId, stage.creatorId, request.coins);
  if (!asking.pace.mayPass(askerId, id, nowMs, limits.intervalMs)) {
    throw new Refusal(QUESTION_TOO_SOON, { seconds: Math.ceil(limits.intervalMs / SECOND_MS) });
  }

  if (request.coins > 0n) await asking.paying.openAccounts([askerId, stage.creatorId]);
  const question: Question = {
    id,
    committed: 0n,
    askedAt: new Date(nowMs),
    stageId: stage.id,
    sessionId: session.id,
    askerId,
    creatorId: stage.creatorId,
    text,
    coins: request.coins,
    diamondUnits: diamondUnitsFor(request.coins, policy.gifts.diamondUnitsPerCoin),
    policyVersion: policy.version,
    rateVersion: await asking.paying.rateVersion(nowMs),
    requestHash: hash,
  };
  const { coins } = question;
  if (coins === 0n) return post(asking, question, limits);
  return asking.paying.within(askerId, coins, () => post(asking, question, limits));
}

/** Whether somebody may ask and vote at all: a frozen account may not. Refuses with `questions_closed_to_you`. */
export async function requireNotFrozen(house: House, userId: Uuid): Promise<void> {
  const checks = await explainGate(house, 'send', userId);
  const frozen = checks.find((check) => check.code === 'account_frozen' && !check.passed);
  if (frozen !== undefined) throw new Refusal(QUESTIONS_CLOSED_TO_YOU, { reason: frozen.have });
}

/** What a person can spend: what is in escrow is not part of it. */
export async function coinsOf(house: House, userId: Uuid): Promise<bigint> {
  const id = accountId(userId, 'coins', 'COIN');
  const account = (await house.ledger.balances([id])).get(id);
  return account === undefined ? 0n : debitRoom(account);
}

/** A paid question passes the gates that a gift passes; a free one is closed to frozen accounts alone. */
async function requireGates(house: House, askerId: Uuid, creatorId: Uuid, coins: bigint): Promise<void> {
  if (coins === 0n) return requireNotFrozen(house, askerId);
  await requireGate(house, 'send', askerId);
  if (await passesGate(house, 'earn', creatorId)) return;
  throw new Refusal(QUESTIONS_OFF, { reason: 'the creator cannot be paid right now.' });
}

/** The same free question twice in one batch: the second is refused a moment before the first is there to be read. */
const TRIES_MAX = 5;

async function post(asking: Asking, question: Question, limits: QuestionLimits): Promise<AskedQuestion> {
  const { house } = asking;
  for (let tries = 1; ; tries += 1) {
    const posted = await tryPost(house, question, limits);
    if (posted instanceof LedgerConflict || posted.kind === 'refused') {
      const before = await answeredBefore(asking, question.id, question.requestHash);
      if (before !== null) return before;
      asking.pace.forget(question.askerId, question.id);
      if (!(posted instanceof LedgerConflict)) throw await ledgerRefusal(asking, question, posted);
      if (posted.constraint === ONE_FREE) throw tooManyOpen('free', limits);
      if (tries === TRIES_MAX) throw posted;
      continue;
    }
    const kept = await questionById(house.db, question.id);
    assert(kept !== undefined, `an escrow without its question: ${question.id}`);
    const coinsLeft = await coinsOf(house, question.askerId);
    if (posted.kind === 'posted') {
      asking.teller.wake();
      if (question.coins > 0n) asking.paying.coinsChanged(question.askerId, coinsLeft);
    }
    return { question: kept, coinsLeft, replayed: posted.kind === 'exists' };
  }
}

/** A free question has no transfer that would say that it was asked before: its rows do. */
async function tryPost(
  house: House,
  question: Question,
  limits: QuestionLimits,
): Promise<Posted | LedgerConflict> {
  try {
    return await house.ledger.post(postingOf(question, limits));
  } catch (error) {
    if (error instanceof LedgerConflict && error.code === '23505') return error;
    throw error;
  }
}

/** The escrow, the question's row, and the news of it, in one commit. */
function postingOf(question: Question, limits: QuestionLimits): Posting {
  const { id, askedAt, sessionId, askerId, coins } = question;
  const escrow = pendingEvent(
    {
      id: escrowId(id),
      from: accountId(askerId, 'coins', 'COIN'),
      to: accountId('platform', 'coins_spent', 'COIN'),
      asset: 'COIN',
      units: coins,
      code: 'question',
    },
    escrowSeconds(limits),
  );
  return {
    // The ledger compares the hash on a retry: the same key for another question is a conflict.
    transfers: coins === 0n ? [] : [{ ...escrow, userData64: question.requestHash }],
    rows: [
      { table: QUESTION_ROWS, values: questionValues(question) },
      { table: OPEN_ROWS, values: [id, null, askedAt, sessionId, askerId, coins] },
      { table: NEWS_ROWS, values: [null, id, 'waiting'] },
    ],
  };
}

/** What this key was answered with before, `null` when it never was. Refuses with `idempotency_key_reused`. */
async function answeredBefore(asking: Asking, id: Uuid, hash: bigint): Promise<AskedQuestion | null> {
  const { house } = asking;
  const question = await questionById(house.db, id);
  if (question === undefined) return null;
  if (question.requestHash !== hash) throw new Refusal(IDEMPOTENCY_KEY_REUSED);
  return { question, coinsLeft: await coinsOf(house, question.askerId), replayed: true };
}

/** Why the ledger said no. The first no stands: the same key is told the same, whatever was bought since. */
async function ledgerRefusal(
  { house }: Asking,
  question: Question,
  { result, replayed }: Posted & { kind: 'refused' },
): Promise<Refusal> {
  const { db } = house;
  switch (result) {
    case 'exceeds_credits': {
      const kept = replayed ? await keptRefusal(db, question.id) : undefined;
      if (kept !== undefined) {
        if (kept.requestHash !== question.requestHash) return new Refusal(IDEMPOTENCY_KEY_REUSED);
        return insufficientCoins(kept.coinsNeeded, kept.coinsHad);
      }
      const has = await coinsOf(house, question.askerId);
      const coinsHad = has < question.coins ? has : question.coins - 1n;
      await keepRefusal(db, {
        id: question.id,
        askerId: question.askerId,
        requestHash: question.requestHash,
        coinsNeeded: question.coins,
        coinsHad,
        refusedAt: question.askedAt,
      });
      return insufficientCoins(question.coins, coinsHad);
    }
    case 'debit_account_already_closed':
      return new Refusal(GIFT_ACCOUNT_CLOSED, { whose: 'the sender' });
    default:
      if (result.startsWith('exists_with_different')) return new Refusal(IDEMPOTENCY_KEY_REUSED);
      throw new Error(`the ledger refused question ${question.id}: ${result}`);
  }
}
