import { HOUR_MS, SECOND_MS } from '../core/clock.ts';
import { convertDown, displayAmount, groupDigits, type Ratio } from '../core/money.ts';
import { Refusal } from '../core/refusal.ts';
import { STAGE_NOT_LIVE } from '../gifts/index.ts';
import { cleanText } from '../identity/index.ts';
import type { Policy } from '../policy/index.ts';
import type { QuestionNow, QuestionSettings, ReturnReason } from './question.ts';
import {
  OWN_QUESTION,
  QUESTION_BEING_ANSWERED,
  QUESTION_DECIDED,
  QUESTION_INVALID,
  QUESTION_NOT_BEING_ANSWERED,
  QUESTION_PRICE_CHANGED,
  QUESTION_PRICE_OUT_OF_RANGE,
  QUESTIONS_OFF,
  TOO_MANY_OPEN_QUESTIONS,
} from './refusals.ts';

/** What the policy says of questions. */
export type QuestionLimits = Policy['questions'];

/** The ledger's own end of an escrow, in seconds: an hour after the house should have returned it. */
export function escrowSeconds({ waitMs }: Pick<QuestionLimits, 'waitMs'>): number {
  return (waitMs + HOUR_MS) / SECOND_MS;
}

/** The text as it is kept, or `question_invalid`. */
export function readQuestion(
  raw: string,
  { lengthMax }: Pick<QuestionLimits, 'lengthMax'>,
): string | Refusal {
  const clean = cleanText(raw, { lengthMin: 1, lengthMax });
  return 'rule' in clean ? new Refusal(QUESTION_INVALID, { rule: clean.rule }, '/text') : clean.text;
}

/** The price that a creator sets, or `question_price_out_of_range`. */
export function priceRefusal(
  coins: bigint,
  { coinsMin, coinsMax }: Pick<QuestionLimits, 'coinsMin' | 'coinsMax'>,
): Refusal | null {
  if (coins === 0n || (coins >= coinsMin && coins <= coinsMax)) return null;
  const [min, max] = [groupDigits(coinsMin), groupDigits(coinsMax)];
  return new Refusal(QUESTION_PRICE_OUT_OF_RANGE, { min, max }, '/coins');
}

/** What the creator is promised for an answer, in Diamond units, rounded down; the rest stays with the house. */
export function diamondUnitsFor(coins: bigint, diamondUnitsPerCoin: Ratio): bigint {
  return convertDown(coins, diamondUnitsPerCoin);
}

/** What a question is decided on, apart from gates and what only the ledger knows. */
export interface AskFacts {
  readonly askerId: string;
  readonly creatorId: string;
  readonly isLive: boolean;
  readonly settings: QuestionSettings;
  /** The price that the asker saw. */
  readonly coins: bigint;
  /** Questions of theirs that are open in this live. */
  readonly open: { readonly free: number; readonly paid: number };
  readonly limits: QuestionLimits;
}

/** Why a question cannot be asked; `null` when it can. In the order of `refusals.ts`. */
export function askRefusal(facts: AskFacts): Refusal | null {
  const { askerId, creatorId, isLive, settings, coins, open, limits } = facts;
  if (!isLive) return new Refusal(STAGE_NOT_LIVE);
  if (!settings.isOn) return new Refusal(QUESTIONS_OFF, { reason: 'the creator has not opened them.' });
  // The price was set before the numbers changed.
  if (priceRefusal(settings.coins, limits) !== null) {
    return new Refusal(QUESTIONS_OFF, {
      reason: 'the creator’s price is no longer one that is allowed here.',
    });
  }
  if (coins !== settings.coins) {
    const price = displayAmount({ asset: 'COIN', units: settings.coins });
    return new Refusal(QUESTION_PRICE_CHANGED, { price, coins: settings.coins.toString() }, '/coins');
  }
  if (askerId === creatorId) return new Refusal(OWN_QUESTION, { action: 'ask yourself' });
  if (coins === 0n && open.free >= 1) return tooManyOpen('free', limits);
  if (coins > 0n && open.paid >= limits.paidOpenMax) return tooManyOpen('paid', limits);
  return null;
}

export function tooManyOpen(
  kind: 'free' | 'paid',
  { paidOpenMax }: Pick<QuestionLimits, 'paidOpenMax'>,
): Refusal {
  const max = kind === 'free' ? 1 : paidOpenMax;
  const open = `${max} ${kind} ${max === 1 ? 'question' : 'questions'}`;
  return new Refusal(TOO_MANY_OPEN_QUESTIONS, { open, max });
}

/** Whether somebody may ask again now. A clock that was set back silences nobody. */
export function mayAsk(lastMs: number | undefined, nowMs: number, intervalMs: number): boolean {
  return lastMs === undefined || nowMs < lastMs || nowMs - lastMs >= intervalMs;
}

/** What somebody wants to do with a question. */
export type Move = 'begin' | 'finish' | 'skip' | 'withdraw';

/**
 * What a move makes of a question: `go` when it is to be made, `done` when it has been, or why it cannot be.
 * A move that is asked for twice is answered twice and made once.
 */
export function decideMove(
  question: Pick<QuestionNow, 'status' | 'returnReason'>,
  move: Move,
): 'go' | 'done' | Refusal {
  const { status, returnReason } = question;
  if (hasHappened(status, returnReason, move)) return 'done';
  if (status === 'answered' || status === 'returned') return new Refusal(QUESTION_DECIDED, { status });
  if (move === 'finish' && status === 'waiting') return new Refusal(QUESTION_NOT_BEING_ANSWERED);
  if (move === 'withdraw' && status === 'answering') {
    return new Refusal(QUESTION_BEING_ANSWERED, { what: 'This question is being answered right now.' });
  }
  return 'go';
}

function hasHappened(status: QuestionNow['status'], reason: ReturnReason | null, move: Move): boolean {
  switch (move) {
    case 'begin':
      return status === 'answering';
    case 'finish':
      return status === 'answered';
    case 'skip':
      return status === 'returned' && reason === 'skipped';
    case 'withdraw':
      return status === 'returned' && reason === 'withdrawn';
  }
}

/** Why the Coins are back, for the person who asked. */
export function returnSentence(reason: ReturnReason): string {
  switch (reason) {
    case 'skipped':
      return 'The creator skipped it.';
    case 'withdrawn':
      return 'You took it back.';
    case 'live_ended':
      return 'The live ended before it was answered.';
    case 'waited_too_long':
      return 'It was not answered in time.';
  }
}
