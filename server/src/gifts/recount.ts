import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';

/** A stretch of the ledger: the gifts of one live that committed after `from` and up to `to`. */
export interface GiftRange {
  readonly sessionId: Uuid;
  readonly from: bigint;
  readonly to: bigint;
}

/** Nanoseconds read by one statement: the busiest minute of all stages together is read well within its time. */
const STEP_NS = 60_000_000_000n;

/**
 * Adds the Coins of a range up anew from the gifts themselves, by gift of the catalogue or by sender. Whoever counts
 * gifts as they are shown compares with it.
 */
export async function recountGifts(
  db: Queryable,
  range: GiftRange,
  by: 'catalogue_id' | 'sender_id',
): Promise<Map<string, bigint>> {
  const sums = new Map<string, bigint>();
  for (let from = range.from; from < range.to; ) {
    const to = from + STEP_NS < range.to ? from + STEP_NS : range.to;
    const rows = await db.query<{ key: string; coins: bigint }>(
      `select ${by} as key, sum(coins)::bigint as coins from gifts
        where committed > $2 and committed <= $3 and session_id = $1 group by 1`,
      [range.sessionId, from, to],
    );
    for (const { key, coins } of rows) sums.set(key, (sums.get(key) ?? 0n) + coins);
    from = to;
    if (rows.length > 0) continue;
    // Nothing for a while: the next gift of all is where to go on.
    const [next] = await db.query<{ committed: bigint }>(
      'select committed from gifts where committed > $1 order by committed limit 1',
      [from],
    );
    if (next === undefined) break;
    if (next.committed - 1n > from) from = next.committed - 1n;
  }
  return sums;
}
