import { newId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import { requireGate } from '../identity/index.ts';
import { appendRoomEvents } from '../realtime/room-events.ts';
import type { Living } from './living.ts';
import { STAGE_ALREADY_LIVE, STAGE_TEXT_INVALID } from './refusals.ts';
import {
  EFFECTS_CAP_MAX,
  type Read,
  readCategory,
  readGoalTitle,
  readGoalUnits,
  readHashtags,
  readPin,
  readTitle,
  type Scene,
  usualScene,
} from './rules.ts';
import { goalEvent, pinEvent, stageEvent } from './stage-events.ts';
import {
  insertGoal,
  insertPin,
  insertSession,
  insertStage,
  lockStage,
  type StageRow,
  stageOf,
} from './store.ts';
import { takeUpScheduled } from './take-up-scheduled.ts';

/** What a creator says when starting. */
export interface LiveRequest {
  readonly title: string;
  readonly hashtags?: readonly string[];
  readonly category?: string;
  readonly scene?: Scene;
  readonly goal?: { readonly title: string; readonly targetUnits: string };
  readonly pinned?: string;
  /** Whether fans may send gifts; they may unless told. */
  readonly giftsOn?: boolean;
  /** The most that gifts may take of the stage, 1 to 5 as the tiers; everything unless told. */
  readonly effectsCap?: number;
}

/**
 * Starts a live on the creator's own stage and tells the room.
 * Refuses with what the gate `go-live` says, `stage_text_invalid`, or `stage_already_live`.
 */
export async function startLive(living: Living, creatorId: Uuid, asked: LiveRequest): Promise<StageRow> {
  const { db, clock, hub } = living.house;
  await requireGate(living.house, 'go-live', creatorId);
  const wish = readWish(asked);
  const nowMs = clock.now();
  const at = new Date(nowMs);
  await insertStage(db, newId(), creatorId, at);
  const { stageId, events } = await db.transaction(async (tx) => {
    const known = await stageOf(tx, creatorId);
    if (known === undefined) throw new Error('a stage was opened and is not there');
    await lockStage(tx, known.id);
    const stage = (await stageOf(tx, creatorId)) as StageRow;
    if (stage.session !== null && stage.session.endedAt === null) {
      throw new Refusal(STAGE_ALREADY_LIVE, { since: stage.session.startedAt.toISOString() });
    }
    const session = {
      id: newId(),
      stageId: stage.id,
      title: wish.title,
      hashtags: wish.hashtags,
      category: wish.category,
      scene: asked.scene ?? stage.session?.scene ?? usualScene(creatorId),
      giftsOn: asked.giftsOn ?? true,
      effectsCap: asked.effectsCap ?? EFFECTS_CAP_MAX,
      startedAt: at,
      endedAt: null,
    };
    await insertSession(tx, session);
    await takeUpScheduled(tx, stage.id, session.id, nowMs);
    const told = [stageEvent(stage, session, nowMs)];
    if (wish.goal !== null) {
      const goal = { id: newId(), fromUnits: 0n, ...wish.goal };
      await insertGoal(tx, goal, session.id, at);
      told.push(goalEvent(stage, goal, 0n, nowMs));
    }
    if (wish.pinned !== null) {
      await insertPin(tx, { id: newId(), sessionId: session.id, text: wish.pinned, lineId: null, at });
      told.push(pinEvent(stage, { text: wish.pinned, lineId: null, author: null }, nowMs));
    }
    return { stageId: stage.id, events: await appendRoomEvents(tx, stage.id, told) };
  });
  living.stages.forget(stageId);
  hub.publish(stageId, events, { now: true });
  living.announcer.soon();
  return (await stageOf(db, creatorId)) as StageRow;
}

interface Wish {
  readonly title: string;
  readonly hashtags: string[];
  readonly category: string | null;
  readonly goal: { readonly title: string; readonly targetUnits: bigint } | null;
  readonly pinned: string | null;
}

function readWish(asked: LiveRequest): Wish {
  const { goal, category, pinned } = asked;
  return {
    title: must(readTitle(asked.title), 'title', '/title'),
    hashtags: must(readHashtags(asked.hashtags ?? []), 'hashtags', '/hashtags'),
    category: category === undefined ? null : must(readCategory(category), 'category', '/category'),
    goal:
      goal === undefined
        ? null
        : {
            title: must(readGoalTitle(goal.title), 'title of the goal', '/goal/title'),
            targetUnits: must(readGoalUnits(goal.targetUnits), 'goal', '/goal/targetUnits'),
          },
    pinned: pinned === undefined ? null : must(readPin(pinned), 'pinned line', '/pinned'),
  };
}

/** The value that was read, or the refusal `stage_text_invalid` that names what is wrong with it. */
export function must<Value>(read: Read<Value>, what: string, field: string): Value {
  if ('rule' in read) throw new Refusal(STAGE_TEXT_INVALID, { what, rule: read.rule }, field);
  return read.value;
}
