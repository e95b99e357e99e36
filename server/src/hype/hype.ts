import type { Uuid } from '../core/ids.ts';

/** Why it ended. */
export type HypeEnd = 'time' | 'live_ended' | 'switched_off';

/** A hype with where it is now. */
export interface HypeNow {
  readonly id: Uuid;
  readonly stageId: Uuid;
  readonly sessionId: Uuid;
  readonly startedAt: Date;
  /** It counts the gifts of its live after this one. */
  readonly fromCommitted: bigint;
  readonly policyVersion: number;
  /** `closing`: it takes no more gifts and is being counted. */
  readonly state: 'running' | 'closing' | 'ended';
  /** Coins so far, or in all. */
  readonly coins: bigint;
  /** Levels that are filled, 0 to 5. */
  readonly filled: number;
  /** When its countdown is over; when it ended. */
  readonly endsAt: Date;
  readonly endedHow: HypeEnd | null;
  readonly toCommitted: bigint | null;
  /** Different people who gave. */
  readonly supporters: number;
}

/** What somebody gave to a hype. */
export interface Contribution {
  readonly senderId: Uuid;
  readonly coins: bigint;
}
