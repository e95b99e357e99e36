import type { Uuid } from '../core/ids.ts';

/** One accepted request: so many of one gift, from one person to one creator. Never changes. */
export interface Gift {
  readonly id: Uuid;
  /** The ledger's timestamp of its Coin leg, nanoseconds since 1970. Unique; the order of commits. */
  readonly committed: bigint;
  readonly sentAt: Date;
  /** When its Diamonds become available. */
  readonly maturesAt: Date;
  readonly stageId: Uuid;
  readonly sessionId: Uuid;
  readonly senderId: Uuid;
  readonly creatorId: Uuid;
  /**
   * The receiver's own stage and live, when the gift was given to a guest on somebody else's; `null` when it was given
   * on the receiver's own. What it brought is counted there.
   */
  readonly homeStageId: Uuid | null;
  readonly homeSessionId: Uuid | null;
  readonly catalogueId: string;
  readonly quantity: number;
  readonly coins: bigint;
  readonly diamondUnits: bigint;
  /** The id that the sender's client made for the streak; `null` for a gift on its own. */
  readonly streakId: Uuid | null;
  /** The gift covers the counts after `streakFrom` up to and with `streakTo`. */
  readonly streakFrom: number;
  readonly streakTo: number;
  readonly policyVersion: number;
  readonly rateVersion: number;
  readonly requestHash: bigint;
  /** The tier of the receiver that it was given under; `null` where it made no difference. */
  readonly tierId: Uuid | null;
}

/** The live whose sums a gift is in: its receiver's own. */
export function liveOfGift(gift: Pick<Gift, 'sessionId' | 'homeSessionId'>): Uuid {
  return gift.homeSessionId ?? gift.sessionId;
}

/** One group of a streak as the room has been told of it. A streak normally is one group. */
export interface Streak {
  /** The same for all groups of a streak. */
  readonly id: Uuid;
  /** 0, and one more each time a gift commits after the group before was closed. */
  readonly groupNo: number;
  readonly streakId: Uuid;
  readonly stageId: Uuid;
  readonly sessionId: Uuid;
  readonly senderId: Uuid;
  readonly creatorId: Uuid;
  /** Of a gift to a guest: the receiver's own stage; see `Gift`. */
  readonly homeStageId: Uuid | null;
  readonly catalogueId: string;
  readonly policyVersion: number;
  /** Counts of the streak that earlier groups showed. */
  readonly base: number;
  /** The absolute count of the whole streak shown so far. */
  readonly count: number;
  readonly lastGiftId: Uuid;
  readonly lastAt: Date;
  readonly dueAt: Date;
  /** When its final event was made; `null` while it is open. */
  readonly finalAt: Date | null;
}

/** The name of a group in events: the streak's id, with `.2`, `.3` … from the second group on. */
export function groupIdOf(streak: Pick<Streak, 'streakId' | 'groupNo'>): string {
  return streak.groupNo === 0 ? streak.streakId : `${streak.streakId}.${streak.groupNo + 1}`;
}
