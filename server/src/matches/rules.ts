import { MINUTE_MS, SECOND_MS } from '../core/clock.ts';
import type { Uuid } from '../core/ids.ts';
import type { Match, Side, WhyEnded } from './match.ts';

/** How long a match can be accepted. */
export const ASK_MS = 2 * MINUTE_MS;
/** How long stages show the result. */
export const RESULT_MS = 15 * SECOND_MS;
/** The rule as everybody reads it. */
export const RULE =
  'Each Coin of a gift to a side is one point, on whichever of their stages it was given. The gifts that count are ' +
  'those the ledger took between the start and the end. Likes do not count, and nothing counts double. ' +
  'A result stays as it was shown, also where a payment is taken back later.';

/** Who has the most; `null` when nobody has more than all others. */
export function leaderOf(sides: readonly Pick<Side, 'userId' | 'coins'>[]): Uuid | null {
  const most = sides.reduce((max, { coins }) => larger(coins, max), 0n);
  const first = sides.filter(({ coins }) => coins === most);
  return first.length === 1 ? (first[0]?.userId ?? null) : null;
}

/** The larger of two amounts. */
export function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

/** Who won: whoever leads when the time is over. One that ended early has no winner, so leaving never wins. */
export function winnerOf(sides: readonly Pick<Side, 'userId' | 'coins'>[], why: WhyEnded): Uuid | null {
  return why === 'time' ? leaderOf(sides) : null;
}

/** Until when the result is shown; `null` while there is none. */
export function resultUntil({ endedAt }: Pick<Match, 'endedAt'>): Date | null {
  return endedAt === null ? null : new Date(endedAt.getTime() + RESULT_MS);
}
