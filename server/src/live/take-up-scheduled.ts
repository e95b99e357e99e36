import { HOUR_MS } from '../core/clock.ts';
import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import { stillToCome } from './schedule-rules.ts';
import { endScheduled, scheduledOf } from './schedule-store.ts';

/** A live that begins so long before the time is the announced one. */
const EARLY_MS = HOUR_MS;

/** Ends the announced live that this session is: the one that is due soonest, when it is due about now. */
export async function takeUpScheduled(
  tx: Queryable,
  stageId: Uuid,
  sessionId: Uuid,
  atMs: number,
): Promise<void> {
  const [next] = await scheduledOf(tx, stageId, stillToCome(atMs), null);
  if (next === undefined || next.startsAt.getTime() > atMs + EARLY_MS) return;
  await endScheduled(tx, next.id, sessionId, new Date(atMs));
}
