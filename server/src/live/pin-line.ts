import { newId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import { appendRoomEvents } from '../realtime/room-events.ts';
import type { Living } from './living.ts';
import { STAGE_NOT_LIVE } from './refusals.ts';
import { readPin } from './rules.ts';
import { pinEvent } from './stage-events.ts';
import { must } from './start-live.ts';
import { endPins, insertPin, liveSession, stageOf } from './store.ts';

/** Keeps a line above the chat of the creator's running live; `null` takes it down. */
export async function pinLine(living: Living, creatorId: Uuid, raw: string | null): Promise<void> {
  const { db, clock, hub } = living.house;
  const text = raw === null ? null : must(readPin(raw), 'pinned line', '/text');
  const nowMs = clock.now();
  const at = new Date(nowMs);
  const { stageId, events } = await db.transaction(async (tx) => {
    const stage = await stageOf(tx, creatorId);
    const session = stage === undefined ? null : liveSession(stage);
    if (stage === undefined || session === null) throw new Refusal(STAGE_NOT_LIVE);
    await endPins(tx, session.id, at);
    if (text !== null) await insertPin(tx, { id: newId(), sessionId: session.id, text, at });
    return {
      stageId: stage.id,
      events: await appendRoomEvents(tx, stage.id, [pinEvent(stage, text, nowMs)]),
    };
  });
  hub.publish(stageId, events);
}
