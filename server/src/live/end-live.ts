import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import { appendRoomEvents } from '../realtime/room-events.ts';
import type { Living } from './living.ts';
import { STAGE_NOT_LIVE } from './refusals.ts';
import { stageEvent, streamEndEvent } from './stage-events.ts';
import { endSession, liveSession, lockStage, type StageRow, stageOf } from './store.ts';

/** Ends the creator's own live and tells the room. Refuses with `stage_not_live`. */
export async function endLive(living: Living, creatorId: Uuid): Promise<StageRow> {
  const { db, clock, hub } = living.house;
  const nowMs = clock.now();
  await living.likes.flush();
  const { stageId, events } = await db.transaction(async (tx) => {
    const known = await stageOf(tx, creatorId);
    if (known === undefined) throw new Refusal(STAGE_NOT_LIVE);
    await lockStage(tx, known.id);
    const stage = (await stageOf(tx, creatorId)) as StageRow;
    const session = liveSession(stage);
    if (session === null) throw new Refusal(STAGE_NOT_LIVE);
    await endSession(tx, session.id, new Date(nowMs));
    return {
      stageId: stage.id,
      events: await appendRoomEvents(tx, stage.id, [
        stageEvent(stage, null, nowMs),
        streamEndEvent(stage, nowMs),
      ]),
    };
  });
  living.stages.forget(stageId);
  hub.publish(stageId, events, { now: true });
  return (await stageOf(db, creatorId)) as StageRow;
}
