import { Refusal } from '../core/refusal.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import type { RoomEvent } from '../realtime/room-event.ts';
import { readFirstSeq, readHead, readRoomEvents } from '../realtime/room-events.ts';
import type { Living } from './living.ts';
import { EVENTS_GONE } from './refusals.ts';

/**
 * One page of what happened on a stage after a number, oldest first.
 * Refuses with `not_found`, or `events_gone` when some of it is older than 30 days.
 */
export async function replay(
  living: Living,
  handle: string,
  asked: { readonly after: number; readonly limit: number },
): Promise<{ items: RoomEvent[]; nextSeq: number; lastSeq: number }> {
  const { db } = living.house;
  const stage = await living.stages.named(handle);
  if (stage === undefined) throw new Refusal(NOT_FOUND);
  const items = await readRoomEvents(db, stage.id, asked.after, asked.limit);
  const lastSeq = Math.max(await readHead(db, stage.id), items.at(-1)?.seq ?? 0);
  const follows = items.length === 0 ? asked.after >= lastSeq : items[0]?.seq === asked.after + 1;
  if (!follows) {
    const firstSeq = (await readFirstSeq(db, stage.id)) ?? lastSeq + 1;
    throw new Refusal(EVENTS_GONE, { firstSeq }, '/after');
  }
  return { items, nextSeq: items.at(-1)?.seq ?? asked.after, lastSeq };
}
