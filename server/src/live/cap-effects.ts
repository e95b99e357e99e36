import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import { appendRoomEvents } from '../realtime/room-events.ts';
import type { Living } from './living.ts';
import { STAGE_NOT_LIVE } from './refusals.ts';
import { effectsEvent } from './stage-events.ts';
import { liveSession, lockStage, stageOf, writeEffectsCap } from './store.ts';

/** Says how much of the creator's running live gifts may take from now on, and tells the room. Refuses with `stage_not_live`. */
export async function capEffects(living: Living, creatorId: Uuid, effectsCap: number): Promise<void> {
  const { db, clock, hub } = living.house;
  const { stageId, events } = await db.transaction(async (tx) => {
    const known = await stageOf(tx, creatorId);
    if (known === undefined) throw new Refusal(STAGE_NOT_LIVE);
    // The live may not end between the look and the change.
    await lockStage(tx, known.id);
    const stage = await stageOf(tx, creatorId);
    const session = stage === undefined ? null : liveSession(stage);
    if (stage === undefined || session === null) throw new Refusal(STAGE_NOT_LIVE);
    if (session.effectsCap === effectsCap) return { stageId: stage.id, events: [] };
    await writeEffectsCap(tx, session.id, effectsCap);
    return {
      stageId: stage.id,
      events: await appendRoomEvents(tx, stage.id, [effectsEvent(stage, effectsCap, clock.now())]),
    };
  });
  living.stages.forget(stageId);
  if (events.length > 0) hub.publish(stageId, events, { now: true });
}
