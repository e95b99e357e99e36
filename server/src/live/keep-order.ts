import { newId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { Queryable } from '../db/database.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { cleanText, type Person, personByHandle } from '../identity/index.ts';
import { Allowance } from '../realtime/allowance.ts';
import type { NewRoomEvent } from '../realtime/room-event.ts';
import { appendRoomEvents } from '../realtime/room-events.ts';
import type { Living } from './living.ts';
import { type Act, insertAct, isModerator, touchRoom } from './moderation-store.ts';
import { MODERATION_INVALID, NOT_A_MODERATOR, NOT_THEIRS_TO_MODERATE, TOO_MANY_ACTS } from './refusals.ts';
import type { StandingView } from './schema.ts';
import { type StageRow, stageById } from './store.ts';

/** What a verb that keeps order in a room is given. Nobody else changes the room's order until `tx` ends. */
export interface Ordering {
  readonly tx: Queryable;
  readonly stage: StageRow;
  readonly byUser: Uuid;
  readonly role: 'host' | 'moderator';
  readonly at: Date;
}

/** What was done, for the record and for the room. Nothing at all when it was so before. */
export interface Done {
  readonly acts: readonly ActDone[];
  readonly events: readonly NewRoomEvent[];
}

export type ActDone = Pick<Act, 'act'> &
  Partial<Pick<Act, 'userId' | 'lineId' | 'reason' | 'until' | 'rules'>>;

export const NOTHING_DONE: Done = { acts: [], events: [] };

/**
 * Lets the creator of a stage, or one of its moderators, keep order there: the change, its record and what the room is
 * told are one commit. Refuses with `not_found`, `not_a_moderator`, `too_many_acts`, and as `work` does.
 */
export async function keepOrder(
  living: Living,
  byUser: Uuid,
  handle: string,
  work: (ordering: Ordering) => Promise<Done>,
): Promise<void> {
  const { db, clock, hub } = living.house;
  const stage = await living.stages.named(handle);
  if (stage === undefined) throw new Refusal(NOT_FOUND);
  const role = await roleOn(db, stage, byUser);
  if (!living.order.mayAct(byUser)) throw new Refusal(TOO_MANY_ACTS);
  const at = new Date(clock.now());
  const { acts, events } = await db.transaction(async (tx) => {
    await touchRoom(tx, stage.id);
    // Whoever was dismissed while waiting for the room is one no more.
    if (role === 'moderator') await roleOn(tx, stage, byUser);
    const done = await work({ tx, stage, byUser, role, at });
    const kept = done.acts.map(
      (act): Act => ({ ...NO_DETAILS, ...act, id: newId(), stageId: stage.id, byUser, at }),
    );
    for (const act of kept) await insertAct(tx, act);
    return { acts: kept, events: await appendRoomEvents(tx, stage.id, done.events) };
  });
  living.stages.forget(stage.id);
  hub.publish(stage.id, events, { now: true });
  for (const act of acts) {
    living.press.markShown(act.id);
    if (act.userId !== null) await tellStanding(living, stage.id, act.userId);
  }
}

const NO_DETAILS = { userId: null, lineId: null, reason: null, until: null, rules: null };

async function roleOn(db: Queryable, stage: StageRow, userId: Uuid): Promise<Ordering['role']> {
  if (stage.creatorId === userId) return 'host';
  if (await isModerator(db, stage.id, userId)) return 'moderator';
  throw new Refusal(NOT_A_MODERATOR);
}

/** The person by that handle, on whom this one may act. Refuses with `not_found` or `not_theirs_to_moderate`. */
export async function personToModerate({ tx, stage, role }: Ordering, handle: string): Promise<Person> {
  const person = await personByHandle(tx, handle.toLowerCase());
  if (person === undefined) throw new Refusal(NOT_FOUND, {}, '/user');
  await requireBelow(tx, stage, role, person.id);
  return person;
}

/** Nobody acts on the creator, and moderators do not on each other. Refuses with `not_theirs_to_moderate`. */
export async function requireBelow(
  db: Queryable,
  stage: StageRow,
  role: Ordering['role'],
  userId: Uuid,
): Promise<void> {
  const isHost = stage.creatorId === userId;
  if (isHost || (role === 'moderator' && (await isModerator(db, stage.id, userId)))) {
    throw new Refusal(NOT_THEIRS_TO_MODERATE);
  }
}

const REASON_LENGTH_MAX = 200;

/** Why somebody does it, as it is recorded; `null` when they do not say. Refuses with `moderation_invalid`. */
export function readReason(raw: string | undefined): string | null {
  if (raw === undefined || raw.trim() === '') return null;
  const clean = cleanText(raw, { lengthMin: 1, lengthMax: REASON_LENGTH_MAX });
  if ('rule' in clean) throw new Refusal(MODERATION_INVALID, { what: 'reason', rule: clean.rule }, '/reason');
  return clean.text;
}

/** Tells a person's pages how they stand on a stage now, and puts them out when they are banned. */
export async function tellStanding(living: Living, stageId: Uuid, userId: Uuid): Promise<void> {
  const { db, hub } = living.house;
  const stage = await stageById(db, stageId);
  if (stage === undefined) return;
  const you = await standingView(living, stage, userId);
  hub.toUser(userId, { t: 'you', stage: stage.handle, you });
  if (you.banned) hub.putOut(stageId, userId);
}

/** How a person stands on a stage, as their page shows it. */
export async function standingView(living: Living, stage: StageRow, userId: Uuid): Promise<StandingView> {
  const { role, mutedUntilMs, banned } = await living.moderation.standing(stage, userId);
  return { role, mutedUntil: mutedUntilMs === null ? null : new Date(mutedUntilMs).toISOString(), banned };
}

const ACTS_PER_SECOND = 2;
const ACTS_AT_ONCE = 30;
const PEOPLE_MAX = 10_000;

/** How fast one person keeps order: faster than a thumb, slower than a script. */
export class OrderPace {
  readonly #allowances = new Map<Uuid, Allowance>();

  mayAct(userId: Uuid): boolean {
    const nowMs = performance.now();
    let allowance = this.#allowances.get(userId);
    if (allowance === undefined) {
      if (this.#allowances.size >= PEOPLE_MAX) this.#allowances.clear();
      allowance = new Allowance(ACTS_PER_SECOND, ACTS_AT_ONCE, nowMs);
      this.#allowances.set(userId, allowance);
    }
    return allowance.take(nowMs);
  }
}
