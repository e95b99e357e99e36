import type { Uuid } from '../core/ids.ts';

/** One accepted question, from one person to one creator, in one live. Never changes. */
export interface Question {
  readonly id: Uuid;
  /** The ledger's timestamp of its commit, nanoseconds since 1970. Unique; the order of commits. */
  readonly committed: bigint;
  readonly askedAt: Date;
  readonly stageId: Uuid;
  readonly sessionId: Uuid;
  readonly askerId: Uuid;
  readonly creatorId: Uuid;
  readonly text: string;
  /** What is in escrow while it is open; 0 for a free question. */
  readonly coins: bigint;
  /** Promised to the creator for an answer. */
  readonly diamondUnits: bigint;
  readonly policyVersion: number;
  readonly rateVersion: number;
  readonly requestHash: bigint;
}

/** `waiting` → `answering` → `answered`, or from either of the first two `returned`. The last two are final. */
export type QuestionStatus = 'waiting' | 'answering' | 'answered' | 'returned';

/** Why the Coins went back. */
export type ReturnReason = 'skipped' | 'withdrawn' | 'live_ended' | 'waited_too_long';

/** A question with where it is now. */
export interface QuestionNow extends Question {
  readonly status: QuestionStatus;
  /** When the creator began to answer; `null` before. */
  readonly answeringSince: Date | null;
  readonly answeredAt: Date | null;
  /** When its Diamonds become available; `null` unless it was paid and is answered. */
  readonly maturesAt: Date | null;
  readonly returnedAt: Date | null;
  readonly returnReason: ReturnReason | null;
  readonly votes: number;
}

/** What a creator asks for a question in one live. */
export interface QuestionSettings {
  readonly isOn: boolean;
  /** 0 = free. */
  readonly coins: bigint;
}

/** A live whose creator said nothing of questions. */
export const QUESTIONS_CLOSED: QuestionSettings = { isOn: false, coins: 0n };
