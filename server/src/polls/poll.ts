import type { Uuid } from '../core/ids.ts';

/** `poll`: one free vote a person. `giftVote`: every Coin given with the gift of an option is a vote for it. */
export type PollKind = 'poll' | 'giftVote';

/** Why it ended. What was canceled has no result. */
export type PollEnd = 'time' | 'creator' | 'live_ended' | 'canceled';

/** A gift of the catalogue as an option names it. Name and price never change for an id. */
export interface OptionGift {
  readonly id: string;
  readonly name: string;
  readonly art: string;
  readonly coins: bigint;
}

export interface PollOption {
  readonly text: string;
  /** `null` in a free poll. */
  readonly gift: OptionGift | null;
}

/** What a creator puts to the vote in one live. Never changes. */
export interface Poll {
  readonly id: Uuid;
  readonly stageId: Uuid;
  readonly sessionId: Uuid;
  readonly creatorId: Uuid;
  readonly kind: PollKind;
  readonly title: string;
  /** Whether the results show only when it has ended. */
  readonly hidden: boolean;
  /** Two to five; an option is named by its place, from 1. */
  readonly options: readonly PollOption[];
  readonly startedAt: Date;
  readonly endsAt: Date;
  /** A gift vote counts the gifts of its live after this one; `null` for a free poll. */
  readonly fromCommitted: bigint | null;
  readonly requestHash: bigint;
}

/** A poll with where it is now. */
export interface PollNow extends Poll {
  /** `closing`: it takes no more votes and is being counted. */
  readonly state: 'running' | 'closing' | 'ended';
  readonly endedAt: Date | null;
  readonly endedHow: PollEnd | null;
  readonly toCommitted: bigint | null;
  /** By place: people, or Coins. Of a running one those counted so far. */
  readonly votes: readonly bigint[];
}
