import { DAY_MS, MINUTE_MS } from '../core/clock.ts';
import { newId, parsePublicId, publicId, type Uuid } from '../core/ids.ts';
import { decodeCursor, encodeCursor, type Page } from '../core/page.ts';
import { Refusal } from '../core/refusal.ts';
import type { Principal } from '../http/principal.ts';
import { INVALID_REQUEST, NOT_FOUND } from '../http/refusals.ts';
import type { Living } from './living.ts';
import { SCHEDULE_FULL, SCHEDULE_INVALID } from './refusals.ts';
import { readTitle, searchPattern } from './rules.ts';
import { nextView, stillToCome } from './schedule-rules.ts';
import {
  deleteReminder,
  endScheduled,
  insertReminder,
  insertScheduled,
  openScheduled,
  scheduledOf,
  scheduledPage,
} from './schedule-store.ts';
import type { NextView, StageCard } from './schema.ts';
import { cardOf } from './show-stage.ts';
import { must } from './start-live.ts';
import { lockStage, type StageRow, stageById } from './store.ts';

const ANNOUNCED_MAX = 10;
const AHEAD_MIN_MS = MINUTE_MS;
const AHEAD_MAX_MS = 90 * DAY_MS;

/** Announces a live on the creator's own stage. Refuses with `stage_text_invalid`, `schedule_invalid` or `schedule_full`. */
export async function scheduleLive(
  living: Living,
  creator: { readonly userId: Uuid; readonly handle: string },
  asked: { readonly title: string; readonly startsAt: string },
): Promise<NextView> {
  const { db, clock } = living.house;
  const title = must(readTitle(asked.title), 'title', '/title');
  const nowMs = clock.now();
  const startsAt = new Date(asked.startsAt);
  const aheadMs = startsAt.getTime() - nowMs;
  if (!(aheadMs >= AHEAD_MIN_MS && aheadMs <= AHEAD_MAX_MS)) {
    throw new Refusal(SCHEDULE_INVALID, { rule: 'must be a minute to 90 days from now' }, '/startsAt');
  }
  const stage = await living.stages.named(creator.handle);
  if (stage === undefined) throw new Refusal(NOT_FOUND);
  const live = { id: newId(), stageId: stage.id, title, startsAt };
  await db.transaction(async (tx) => {
    await lockStage(tx, stage.id);
    const announced = await scheduledOf(tx, stage.id, stillToCome(nowMs), null);
    if (announced.length >= ANNOUNCED_MAX) throw new Refusal(SCHEDULE_FULL, { most: ANNOUNCED_MAX });
    if (announced.some((one) => one.startsAt.getTime() === startsAt.getTime())) {
      throw new Refusal(SCHEDULE_INVALID, { rule: 'is the start of another one of yours' }, '/startsAt');
    }
    await insertScheduled(tx, live, new Date(nowMs));
  });
  return nextView({ ...live, reminders: 0, reminded: false });
}

/** What the creator announced and is still to come, the next one first. */
export async function ownSchedule(living: Living, creatorHandle: string): Promise<NextView[]> {
  const { db, clock } = living.house;
  const stage = await living.stages.named(creatorHandle);
  if (stage === undefined) return [];
  return (await scheduledOf(db, stage.id, stillToCome(clock.now()), null)).map(nextView);
}

/** Takes an announced live of the creator's own back. Refuses with `not_found`. */
export async function cancelScheduled(living: Living, creatorHandle: string, id: Uuid): Promise<void> {
  const { db, clock } = living.house;
  const stage = await living.stages.named(creatorHandle);
  const live = await openScheduled(db, id);
  if (stage === undefined || live?.stageId !== stage.id) throw new Refusal(NOT_FOUND);
  await endScheduled(db, id, null, new Date(clock.now()));
}

/** Has a person told when an announced live begins, or no more. Refuses with `not_found`. */
export async function remind(living: Living, userId: Uuid, id: Uuid, on: boolean): Promise<void> {
  const { db, clock } = living.house;
  if ((await openScheduled(db, id)) === undefined) throw new Refusal(NOT_FOUND);
  if (on) await insertReminder(db, id, userId, new Date(clock.now()));
  else await deleteReminder(db, id, userId);
}

/** One page of the lives that are announced, the next one first. Refuses with `invalid_request` (cursor). */
export async function listScheduled(
  living: Living,
  asker: Principal,
  asked: { readonly q?: string; readonly cursor?: string; readonly limit: number },
): Promise<Page<StageCard>> {
  const { db, clock } = living.house;
  const lives = await scheduledPage(db, {
    from: stillToCome(clock.now()),
    after: asked.cursor === undefined ? null : readCursor(asked.cursor),
    pattern: asked.q === undefined || asked.q.trim() === '' ? null : searchPattern(asked.q),
    asker: asker.kind === 'user' ? asker.userId : null,
    limit: asked.limit + 1,
  });
  const shown = lives.slice(0, asked.limit);
  const items: StageCard[] = [];
  const stages = new Map<Uuid, StageRow | undefined>();
  for (const live of shown) {
    if (!stages.has(live.stageId)) stages.set(live.stageId, await stageById(db, live.stageId));
    const stage = stages.get(live.stageId);
    if (stage !== undefined) items.push(cardOf(living, stage, live));
  }
  const last = shown.at(-1);
  return {
    items,
    nextCursor:
      lives.length > asked.limit && last !== undefined
        ? encodeCursor([last.startsAt.getTime(), publicId('sched', last.id)])
        : null,
  };
}

function readCursor(cursor: string): { startsAt: Date; id: Uuid } {
  const [startsAtMs, publicSchedId] = decodeCursor(cursor, 2) ?? [];
  const id = typeof publicSchedId === 'string' ? parsePublicId('sched', publicSchedId) : null;
  const isInstant =
    typeof startsAtMs === 'number' && Number.isSafeInteger(startsAtMs) && Math.abs(startsAtMs) <= 8.64e12;
  if (!isInstant || id === null) {
    throw new Refusal(
      INVALID_REQUEST,
      { field: 'cursor', rule: 'is not one that this list gave' },
      '/cursor',
    );
  }
  return { startsAt: new Date(startsAtMs), id };
}
