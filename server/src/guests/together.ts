import { newId, publicId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { Queryable } from '../db/database.ts';
import type { House } from '../house.ts';
import { flat, liveSession, lockStage, ownStage, type SessionRow, type StageRow } from '../live/index.ts';
import type { NewRoomEvent, RoomEvent } from '../realtime/room-event.ts';
import { appendRoomEvents } from '../realtime/room-events.ts';
import { ALREADY_TOGETHER, COMPANY_FULL, GUEST_BUSY, NOT_THE_HOST } from './refusals.ts';
import { TOGETHER_MAX } from './rules.ts';
import {
  endStays,
  insertCompany,
  insertMember,
  lockCompany,
  type Member,
  memberOf,
  membersOf,
  type ShownMember,
  type Stay,
  type WhyLeft,
} from './store.ts';

/** A creator's stage and the live that runs on it. */
export interface LiveStage {
  readonly stage: StageRow;
  readonly session: SessionRow;
}

/** What rooms were told in a transaction, to be shown after its commit. */
export type Told = ReadonlyMap<Uuid, readonly RoomEvent[]>;

export function show({ hub }: House, told: Told): void {
  for (const [roomId, events] of told) hub.publish(roomId, events, { now: true });
}

/**
 * Holds these creators' stages until `tx` ends, so that none of their lives can start or end meanwhile, and answers
 * those that are live. Stages are locked in the order of their ids, before companies and the heads of rooms.
 */
export async function lockLives(tx: Queryable, userIds: readonly Uuid[]): Promise<Map<Uuid, LiveStage>> {
  const stages: StageRow[] = [];
  for (const userId of new Set(userIds)) {
    const stage = await ownStage(tx, userId);
    if (stage !== undefined) stages.push(stage);
  }
  stages.sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const { id } of stages) await lockStage(tx, id);
  const lives = new Map<Uuid, LiveStage>();
  for (const { creatorId } of stages) {
    // Read again: they may have started or ended while the lock was waited for.
    const stage = await ownStage(tx, creatorId);
    const session = stage === undefined ? null : liveSession(stage);
    if (stage !== undefined && session !== null) lives.set(creatorId, { stage, session });
  }
  return lives;
}

/**
 * Says whether this host may take this guest in: refuses with `already_together`, `guest_busy`, `not_the_host` or
 * `company_full`. Both stages are locked by `tx`.
 */
export async function requireRoom(
  tx: Queryable,
  host: StageRow,
  guest: StageRow,
): Promise<Member | undefined> {
  const [own, theirs] = [await memberOf(tx, host.creatorId), await memberOf(tx, guest.creatorId)];
  if (own !== undefined && own.companyId === theirs?.companyId) {
    throw new Refusal(ALREADY_TOGETHER, { name: guest.displayName });
  }
  if (theirs !== undefined) throw new Refusal(GUEST_BUSY, { name: guest.displayName });
  if (own === undefined) return undefined;
  const members = await membersOf(tx, own.companyId);
  const [first] = members;
  if (first !== undefined && first.userId !== host.creatorId) {
    throw new Refusal(NOT_THE_HOST, { host: first.displayName });
  }
  if (members.length >= TOGETHER_MAX) throw new Refusal(COMPANY_FULL, { max: TOGETHER_MAX });
  return own;
}

/**
 * Makes a guest a member of the host's company, which begins with them if there is none. Refuses as `requireRoom`.
 * Both stages are locked by `tx`. Answers the company.
 */
export async function joinCompany(tx: Queryable, host: LiveStage, guest: LiveStage, at: Date): Promise<Uuid> {
  const before = await memberOf(tx, host.stage.creatorId);
  if (before !== undefined) await lockCompany(tx, before.companyId);
  // Read after the lock: the last one but the host may just have left.
  const own = await requireRoom(tx, host.stage, guest.stage);
  const companyId = own?.companyId ?? newId();
  const member = ({ stage, session }: LiveStage) => ({
    userId: stage.creatorId,
    companyId,
    stageId: stage.id,
    sessionId: session.id,
    joinedAt: at,
  });
  if (own === undefined) {
    await insertCompany(tx, companyId, at);
    await insertMember(tx, member(host));
  }
  await insertMember(tx, member(guest));
  return companyId;
}

/**
 * Takes somebody out of their company; whoever is left alone is by themselves again. `undefined` when they are in none.
 * Answers everybody who was there.
 * @param stay the one that ends; whoever has left it and come to somebody since stays there. Without it, any.
 */
export async function leaveCompany(
  tx: Queryable,
  userId: Uuid,
  why: Exclude<WhyLeft, 'alone'>,
  at: Date,
  stay?: Stay,
): Promise<{ readonly companyId: Uuid; readonly before: readonly ShownMember[] } | undefined> {
  const companyId = stay?.companyId ?? (await memberOf(tx, userId))?.companyId;
  if (companyId === undefined) return undefined;
  await lockCompany(tx, companyId);
  const before = await membersOf(tx, companyId);
  const member = before.find((one) => one.userId === userId);
  if (member === undefined || (stay !== undefined && member.place !== stay.place)) return undefined;
  await endStays(tx, companyId, [userId], why, at);
  const left = before.filter((one) => one.userId !== userId);
  if (left.length === 1) await endStays(tx, companyId, [left[0]?.userId ?? ''], 'alone', at);
  return { companyId, before };
}

/** Tells every stage of a company, and those that just left it, who is live together there now. */
export async function tellTogether(
  tx: Queryable,
  companyId: Uuid,
  before: readonly ShownMember[],
  nowMs: number,
): Promise<Told> {
  const members = await membersOf(tx, companyId);
  const news = new Map<Uuid, NewRoomEvent>();
  for (const gone of before) news.set(gone.stageId, guestsEvent(gone, [], nowMs));
  for (const member of members) news.set(member.stageId, guestsEvent(member, members, nowMs));
  const told = new Map<Uuid, RoomEvent[]>();
  // In the order of their ids: that is how the heads of rooms are locked.
  for (const [stageId, event] of [...news].sort(([a], [b]) => (a < b ? -1 : 1))) {
    told.set(stageId, await appendRoomEvents(tx, stageId, [event]));
  }
  return told;
}

/** Who is live together on a stage from now on, its own creator among them; nobody = the creator is alone again. */
function guestsEvent(own: ShownMember, members: readonly ShownMember[], nowMs: number): NewRoomEvent {
  const [host] = members;
  return {
    ...flat({ ...own, id: own.userId }),
    type: 'guests',
    createTime: String(nowMs),
    guests: members.map((member) => ({
      ...flat({ ...member, id: member.userId }),
      stageId: publicId('stage', member.stageId),
      scene: member.scene,
      host: member.userId === host?.userId,
    })),
  };
}
