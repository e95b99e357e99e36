import {
  ALL_TIME,
  dayPeriod,
  type RankList,
  type RankPeriod,
  startOfDay,
  startOfWeek,
  weekPeriod,
} from '../gifts/index.ts';

/** What a note may be: a few lines. */
export const NOTE_LENGTH_MAX = 500;

/** A list of supporters at an instant: whose sums, and when the period began. */
export interface ListAt {
  /** Names the list in cursors: a cursor goes on in the list that it came from. */
  readonly key: string;
  /** `null`: there is no such list yet, as the creator was never live. */
  readonly list: RankList | null;
  readonly sinceMs: number | null;
}

/** The list of a creator's supporters in a period, as of an instant. */
export function listAt(
  period: RankPeriod,
  of: {
    readonly creatorId: string;
    readonly session: { readonly id: string; readonly startedAt: Date } | null;
  },
  nowMs: number,
): ListAt {
  const { creatorId, session } = of;
  switch (period) {
    case 'live':
      return session === null
        ? { key: 'live', list: null, sinceMs: null }
        : { key: session.id, list: { sessionId: session.id }, sinceMs: session.startedAt.getTime() };
    case 'day':
      return inPeriod(dayPeriod(nowMs), startOfDay(nowMs));
    case 'week':
      return inPeriod(weekPeriod(nowMs), startOfWeek(nowMs));
    case 'all':
      return inPeriod(ALL_TIME, null);
  }

  function inPeriod(name: string, sinceMs: number | null): ListAt {
    return { key: name, list: { creatorId, period: name }, sinceMs };
  }
}

/**
 * Coins until somebody has the place before theirs: one more than it has, as among equals the first to get there comes
 * first. `coinsAhead`: of that place, `null` for none. Who is not in the list yet is in it with the first Coin.
 */
export function coinsToNext(
  own: { readonly coins: bigint; readonly coinsAhead: bigint | null } | undefined,
): bigint | null {
  if (own === undefined) return 1n;
  return own.coinsAhead === null ? null : own.coinsAhead - own.coins + 1n;
}
