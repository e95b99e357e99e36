import type { Database } from '../db/database.ts';
import { bookAfter, lockMark } from './store.ts';

/** Gifts in one turn: short enough that nobody waits for it. */
export const TURN_GIFTS = 5_000;

/**
 * Adds the gifts that are not booked yet to the sums of their creators, one turn of them. Each gift is booked once
 * in the order of commits, whichever process takes the turn. Answers how many were booked; 0 when all are, or when
 * another process is at it.
 */
export async function bookEarnings(db: Database): Promise<number> {
  return db.transaction(async (tx) => {
    const mark = await lockMark(tx);
    return mark === null ? 0 : bookAfter(tx, mark, TURN_GIFTS);
  });
}
