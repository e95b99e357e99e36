import { MINUTE_MS } from '../core/clock.ts';
import type { Uuid } from '../core/ids.ts';
import { type Gift, groupIdOf, liveOfGift, type Streak } from './gift.ts';
import { streakKeyOfGift } from './gift-ids.ts';

/** What one turn of the relay is made from. */
export interface Turn {
  /** Gifts not yet shown, in the order of their commits. */
  readonly gifts: readonly Gift[];
  /** The newest group of every streak that has a gift here or is due. */
  readonly streaks: readonly Streak[];
  /**
   * Whether `gifts` is all there is. A streak may be closed only then: a gift further back in the queue may
   * belong to it.
   */
  readonly caughtUp: boolean;
  readonly nowMs: number;
  /** How long a streak stays open after its last gift. */
  readonly closeMs: number;
}

/** One thing to show on a stage, and if it is for a guest there, on theirs too. */
export interface Moment {
  readonly stageId: Uuid;
  readonly sessionId: Uuid;
  readonly senderId: Uuid;
  readonly creatorId: Uuid;
  /** Of a gift to a guest: the receiver's own stage; see `Gift`. */
  readonly homeStageId: Uuid | null;
  readonly catalogueId: string;
  readonly policyVersion: number;
  /** The gift it ends with. */
  readonly giftId: Uuid;
  readonly groupId: string;
  /** Of the group, absolute: what the banner shows. */
  readonly repeatCount: number;
  /** How many came with this moment; 0 when it only closes the streak. */
  readonly deltaCount: number;
  /** Diamond units that came with this moment. */
  readonly diamondUnits: bigint;
  readonly final: boolean;
  readonly atMs: number;
}

/** What a turn shows and what it leaves behind. */
export interface Merged {
  /** In the order in which the room is told. */
  readonly moments: readonly Moment[];
  /** Every streak group that changed or began. */
  readonly streaks: readonly Streak[];
  readonly given: readonly Given[];
}

/** What one gift of the catalogue brought one live session of its receiver in one minute, to be added to what it brought before. */
export interface Given {
  readonly sessionId: Uuid;
  readonly catalogueId: string;
  /** When the minute began; milliseconds since 1970. */
  readonly minuteMs: number;
  readonly coins: bigint;
  readonly diamondUnits: bigint;
  readonly gifts: bigint;
}

/**
 * Turns gifts into moments: all gifts of one streak in a turn become one moment with the absolute count, and every
 * streak that is due gets its one final moment. Knows nothing but its arguments.
 */
export function mergeGifts(turn: Turn): Merged {
  const newest = new Map(turn.streaks.map((streak) => [streak.id, streak]));
  const changed = new Map<string, Streak>();
  const moments = new Map<string, Moment>();
  const given = new Map<string, Given>();
  const keep = (streak: Streak) => {
    newest.set(streak.id, streak);
    changed.set(`${streak.id} ${streak.groupNo}`, streak);
  };

  for (const gift of turn.gifts) {
    addUp(given, gift);
    if (gift.streakId === null) {
      moments.set(gift.id, singleMoment(gift));
      continue;
    }
    const id = streakKeyOfGift(gift.id);
    const streak = continued(newest.get(id), id, gift, gift.streakId, turn.closeMs);
    keep(streak);
    const key = `${id} ${streak.groupNo}`;
    moments.set(key, streakMoment(streak, gift, moments.get(key)));
  }
  const told = [...moments.values()];
  if (turn.caughtUp) {
    for (const streak of newest.values()) {
      if (streak.finalAt !== null || streak.dueAt.getTime() > turn.nowMs) continue;
      const closed = { ...streak, finalAt: new Date(turn.nowMs) };
      keep(closed);
      told.push(finalMoment(closed, turn.nowMs));
    }
  }
  return { moments: told, streaks: [...changed.values()], given: [...given.values()] };
}

function addUp(given: Map<string, Given>, gift: Gift): void {
  const { catalogueId } = gift;
  const sessionId = liveOfGift(gift);
  const minuteMs = Math.floor(gift.sentAt.getTime() / MINUTE_MS) * MINUTE_MS;
  const key = `${sessionId} ${minuteMs} ${catalogueId}`;
  const before = given.get(key);
  given.set(key, {
    sessionId,
    catalogueId,
    minuteMs,
    coins: (before?.coins ?? 0n) + gift.coins,
    diamondUnits: (before?.diamondUnits ?? 0n) + gift.diamondUnits,
    gifts: (before?.gifts ?? 0n) + BigInt(gift.quantity),
  });
}

function singleMoment(gift: Gift): Moment {
  return {
    ...partsOf(gift),
    giftId: gift.id,
    groupId: gift.id,
    repeatCount: gift.quantity,
    deltaCount: gift.quantity,
    diamondUnits: gift.diamondUnits,
    final: true,
    atMs: gift.sentAt.getTime(),
  };
}

/** The group that the gift belongs to: the open one with the gift added, or a new one. */
function continued(
  before: Streak | undefined,
  id: Uuid,
  gift: Gift,
  streakId: Uuid,
  closeMs: number,
): Streak {
  const open = before !== undefined && before.finalAt === null ? before : undefined;
  return {
    id,
    groupNo: open?.groupNo ?? (before === undefined ? 0 : before.groupNo + 1),
    streakId,
    ...partsOf(gift),
    base: open?.base ?? gift.streakFrom,
    count: gift.streakTo,
    lastGiftId: gift.id,
    lastAt: gift.sentAt,
    dueAt: new Date(gift.sentAt.getTime() + closeMs),
    finalAt: null,
  };
}

function streakMoment(streak: Streak, gift: Gift, before: Moment | undefined): Moment {
  return {
    ...partsOf(streak),
    giftId: gift.id,
    groupId: groupIdOf(streak),
    repeatCount: streak.count - streak.base,
    deltaCount: (before?.deltaCount ?? 0) + gift.quantity,
    diamondUnits: (before?.diamondUnits ?? 0n) + gift.diamondUnits,
    final: false,
    atMs: gift.sentAt.getTime(),
  };
}

function finalMoment(streak: Streak, nowMs: number): Moment {
  return {
    ...partsOf(streak),
    giftId: streak.lastGiftId,
    groupId: groupIdOf(streak),
    repeatCount: streak.count - streak.base,
    deltaCount: 0,
    diamondUnits: 0n,
    final: true,
    atMs: nowMs,
  };
}

type Parts = Pick<
  Moment,
  'stageId' | 'sessionId' | 'senderId' | 'creatorId' | 'homeStageId' | 'catalogueId' | 'policyVersion'
>;

function partsOf(of: Parts): Parts {
  const { stageId, sessionId, senderId, creatorId, homeStageId, catalogueId, policyVersion } = of;
  return { stageId, sessionId, senderId, creatorId, homeStageId, catalogueId, policyVersion };
}
