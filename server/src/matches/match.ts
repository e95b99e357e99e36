import type { Uuid } from '../core/ids.ts';

/** Asked for, running, over, or never begun. */
export type MatchState = 'invited' | 'running' | 'ended' | 'canceled';

/** Why a match ended: its time was over, or a side left the others, ended their live, or stopped it. */
export type WhyEnded = 'time' | 'left' | 'live_ended' | 'stopped';

/** Why a match never began. */
export type WhyCanceled = 'declined' | 'withdrawn' | 'expired' | 'live_ended';

/** One of the creators who play. */
export interface Side {
  readonly userId: Uuid;
  readonly stageId: Uuid;
  readonly sessionId: Uuid;
  readonly handle: string;
  readonly displayName: string;
  readonly avatar: string;
  /** `null`: they were asked and have not said yes. */
  readonly acceptedAt: Date | null;
  /** The score: Coins of the gifts that count. */
  readonly coins: bigint;
}

export interface Match {
  readonly id: Uuid;
  readonly askedBy: Uuid;
  readonly askedAt: Date;
  /** Until when it can be accepted. */
  readonly expiresAt: Date;
  readonly seconds: number;
  readonly policyVersion: number;
  /** Whoever asked comes first. */
  readonly sides: readonly Side[];
  readonly startedAt: Date | null;
  readonly endsAt: Date | null;
  /** Gifts committed after this count; the ledger's timestamp. */
  readonly fromCommitted: bigint | null;
  readonly endedAt: Date | null;
  /** Gifts committed up to this count. */
  readonly toCommitted: bigint | null;
  readonly whyEnded: WhyEnded | null;
  readonly whyCanceled: WhyCanceled | null;
  readonly canceledAt: Date | null;
  /** Who ended or declined it; `null` when nobody did. */
  readonly byId: Uuid | null;
  readonly winnerId: Uuid | null;
}

export function stateOf(match: Pick<Match, 'startedAt' | 'endedAt' | 'canceledAt'>): MatchState {
  if (match.canceledAt !== null) return 'canceled';
  if (match.endedAt !== null) return 'ended';
  return match.startedAt === null ? 'invited' : 'running';
}
