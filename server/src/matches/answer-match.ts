import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { Queryable } from '../db/database.ts';
import { lockRelay } from '../gifts/index.ts';
import {
  GUEST_NOT_LIVE,
  joinCompany,
  type LiveStage,
  lockLives,
  memberOf,
  requireStillWelcome,
  tellTogether,
} from '../guests/index.ts';
import type { House } from '../house.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import type { RoomEvent } from '../realtime/room-event.ts';
import type { Match, WhyCanceled } from './match.ts';
import { show, type Told, tellMatch } from './match-event.ts';
import { MATCH_OVER } from './refusals.ts';
import { acceptSide, insertCancel, insertStart, lastCommitted, lockMatch, matchById } from './store.ts';

/**
 * Says yes to a match. Whoever was not live together with the asker is from now on; with the last yes it begins. Twice
 * is once.
 *
 * Refuses with `not_found`, `match_over`, `guest_banned`, `guest_not_live`, `guest_busy`, `not_the_host` and
 * `company_full`.
 */
export async function acceptMatch(house: House, userId: Uuid, matchId: Uuid): Promise<void> {
  const { db, clock } = house;
  const known = await matchOf(db, userId, matchId);
  if (hasAccepted(known, userId)) return;
  await requireStillWelcome(house, { hostId: known.askedBy, guestId: userId });
  const nowMs = clock.now();
  const told = await db.transaction(async (tx): Promise<Told> => {
    // Gifts stand still from here on: it counts those after the last one that the ledger has taken now.
    await lockRelay(tx);
    const lives = await lockLives(
      tx,
      known.sides.map((side) => side.userId),
    );
    const isOpen = await lockMatch(tx, matchId);
    const match = (await matchById(tx, matchId)) ?? known;
    if (hasAccepted(match, userId)) return new Map();
    if (!isOpen) throw new Refusal(MATCH_OVER, { why: whyOver(match) });
    if (match.expiresAt.getTime() <= nowMs) throw new Refusal(MATCH_OVER, { why: WHY.expired });
    const [asker, own] = [liveOf(match, lives, match.askedBy), liveOf(match, lives, userId)];
    if (asker === undefined) throw new Refusal(MATCH_OVER, { why: WHY.live_ended });
    if (own === undefined) throw new Refusal(GUEST_NOT_LIVE, { name: 'You' });
    const at = new Date(nowMs);
    const together = await comeTogether(tx, asker, own, nowMs);
    await acceptSide(tx, matchId, userId, at);
    const waitsFor = match.sides.some((side) => side.userId !== userId && side.acceptedAt === null);
    if (!waitsFor) {
      await insertStart(tx, {
        id: matchId,
        at,
        endsAt: new Date(nowMs + match.seconds * 1_000),
        fromCommitted: await lastCommitted(tx),
      });
    }
    return joined(together, await tellMatch(tx, matchId, nowMs));
  });
  show(house, told);
}

/**
 * Calls a match off that has not begun: one of those who were asked declines it, or who asked takes it back. Refuses with
 * `not_found` and `match_over`; twice is once.
 */
export async function callOff(
  house: House,
  userId: Uuid,
  matchId: Uuid,
  why: 'declined' | 'withdrawn',
): Promise<void> {
  const known = await matchOf(house.db, userId, matchId);
  if ((known.askedBy === userId) !== (why === 'withdrawn')) throw new Refusal(NOT_FOUND);
  await cancel(house, matchId, why, userId);
  const match = (await matchById(house.db, matchId)) ?? known;
  if (match.whyCanceled !== why) throw new Refusal(MATCH_OVER, { why: whyOver(match) });
}

/** Calls a match off, if it has not begun; whether this did it. */
export async function cancel(
  house: House,
  matchId: Uuid,
  why: WhyCanceled,
  byId: Uuid | null,
): Promise<boolean> {
  const nowMs = house.clock.now();
  const told = await house.db.transaction(async (tx): Promise<Told | null> => {
    if (!(await lockMatch(tx, matchId))) return null;
    const match = await matchById(tx, matchId);
    if (match === undefined || match.startedAt !== null) return null;
    await insertCancel(tx, { id: matchId, at: new Date(nowMs), why, byId });
    return tellMatch(tx, matchId, nowMs);
  });
  if (told !== null) show(house, told);
  return told !== null;
}

/** A match in which this person plays. Refuses with `not_found`. */
export async function matchOf(db: Queryable, userId: Uuid, matchId: Uuid): Promise<Match> {
  const match = await matchById(db, matchId);
  if (match === undefined || !match.sides.some((side) => side.userId === userId)) {
    throw new Refusal(NOT_FOUND);
  }
  return match;
}

/** Why a match cannot be changed, as the end of a sentence. */
export function whyOver({ whyCanceled, endedAt, startedAt }: Match): string {
  if (whyCanceled !== null) return WHY[whyCanceled];
  if (endedAt !== null) return 'it has ended.';
  return startedAt === null ? WHY.expired : 'it runs already.';
}

const WHY: Readonly<Record<WhyCanceled, string>> = {
  declined: 'it was declined.',
  withdrawn: 'it was taken back.',
  expired: 'it was asked for more than two minutes ago.',
  live_ended: 'the live of a side has ended.',
};

function hasAccepted({ sides }: Match, userId: Uuid): boolean {
  return sides.some((side) => side.userId === userId && side.acceptedAt !== null);
}

/** The live with which somebody was asked, if it still runs. */
function liveOf(match: Match, lives: ReadonlyMap<Uuid, LiveStage>, userId: Uuid): LiveStage | undefined {
  const side = match.sides.find((one) => one.userId === userId);
  const live = lives.get(userId);
  return live?.session.id === side?.sessionId ? live : undefined;
}

async function comeTogether(
  tx: Queryable,
  asker: LiveStage,
  own: LiveStage,
  nowMs: number,
): Promise<ReadonlyMap<Uuid, readonly RoomEvent[]>> {
  const [theirs, mine] = [await memberOf(tx, asker.stage.creatorId), await memberOf(tx, own.stage.creatorId)];
  if (theirs !== undefined && theirs.companyId === mine?.companyId) return new Map();
  const companyId = await joinCompany(tx, asker, own, new Date(nowMs));
  return tellTogether(tx, companyId, [], nowMs);
}

/** What rooms were told first, and then. */
function joined(first: ReadonlyMap<Uuid, readonly RoomEvent[]>, then: Told): Told {
  const all: Told = new Map([...first].map(([stageId, events]) => [stageId, [...events]]));
  for (const [stageId, events] of then) all.set(stageId, [...(all.get(stageId) ?? []), ...events]);
  return all;
}
