import { MINUTE_MS, SECOND_MS } from '../core/clock.ts';

/** Creators who may be live together: a host and four guests. */
export const TOGETHER_MAX = 5;
/** How long an invitation can be accepted. */
export const INVITATION_MS = 2 * MINUTE_MS;
/** Whoever was asked in vain is not asked again for so long, by the same host: each time a bell rings. */
export const ASK_AGAIN_MS = { declined: MINUTE_MS, withdrawn: 10 * SECOND_MS } as const;

/** What became of an invitation. */
export type InvitationState = 'open' | 'accepted' | 'declined' | 'withdrawn' | 'expired' | 'live_ended';

/** An invitation with what is known of its end. */
export interface InvitationFacts {
  readonly answer: 'accepted' | 'declined' | 'withdrawn' | null;
  readonly expiresAt: Date;
  /** Whether the live that it came from still runs. */
  readonly hostIsLive: boolean;
}

export function stateOf({ answer, expiresAt, hostIsLive }: InvitationFacts, nowMs: number): InvitationState {
  if (answer !== null) return answer;
  if (!hostIsLive) return 'live_ended';
  return nowMs < expiresAt.getTime() ? 'open' : 'expired';
}

/** Why an invitation cannot be answered any more, as the end of a sentence. */
export const WHY_OVER: Readonly<Record<Exclude<InvitationState, 'open'>, string>> = {
  accepted: 'it was accepted.',
  declined: 'it was declined.',
  withdrawn: 'it was taken back.',
  expired: 'it came more than two minutes ago.',
  live_ended: 'the live it came from has ended.',
};

/** How somebody was asked in vain, and when; what else may have come of it makes nobody wait. */
export interface AskedInVain {
  readonly answer: InvitationFacts['answer'];
  readonly answeredAt: Date | null;
}

/** How long until they may be asked again, in whole seconds; 0 = now. */
export function secondsUntilAskAgain({ answer, answeredAt }: AskedInVain, nowMs: number): number {
  if (answeredAt === null || answer === null || answer === 'accepted') return 0;
  return Math.max(0, Math.ceil((answeredAt.getTime() + ASK_AGAIN_MS[answer] - nowMs) / 1_000));
}
