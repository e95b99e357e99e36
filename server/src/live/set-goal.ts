import { newId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import { diamondsOf } from '../gifts/index.ts';
import { appendRoomEvents, lockRoomHead } from '../realtime/room-events.ts';
import type { Living } from './living.ts';
import { STAGE_NOT_LIVE } from './refusals.ts';
import { readGoalTitle, readGoalUnits } from './rules.ts';
import { goalEvent } from './stage-events.ts';
import { must } from './start-live.ts';
import { endGoals, insertGoal, liveSession, stageOf } from './store.ts';

/** Sets the goal of the creator's running live, in place of the one before; `null` takes it away. Progress starts at 0. */
export async function setGoal(
  living: Living,
  creatorId: Uuid,
  asked: { readonly title: string; readonly targetUnits: string } | null,
): Promise<void> {
  const { db, clock, hub } = living.house;
  const wish =
    asked === null
      ? null
      : {
          title: must(readGoalTitle(asked.title), 'title of the goal', '/title'),
          targetUnits: must(readGoalUnits(asked.targetUnits), 'goal', '/targetUnits'),
        };
  const nowMs = clock.now();
  const at = new Date(nowMs);
  const { stageId, events } = await db.transaction(async (tx) => {
    const stage = await stageOf(tx, creatorId);
    const session = stage === undefined ? null : liveSession(stage);
    if (stage === undefined || session === null) throw new Refusal(STAGE_NOT_LIVE);
    // From here on no gift can be numbered: the total read next is the total of all numbered before the goal.
    await lockRoomHead(tx, stage.id);
    const units = await diamondsOf(tx, session.id);
    const goal = wish === null ? null : { id: newId(), fromUnits: units, ...wish };
    await endGoals(tx, session.id, at);
    if (goal !== null) await insertGoal(tx, goal, session.id, at);
    return {
      stageId: stage.id,
      events: await appendRoomEvents(tx, stage.id, [goalEvent(stage, goal, units, nowMs)]),
    };
  });
  hub.publish(stageId, events);
}
