import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { NOT_THE_HOST } from './refusals.ts';
import { memberOf, membersGone, membersOf, type Stay, type WhyLeft } from './store.ts';
import { leaveCompany, show, type Told, tellTogether } from './together.ts';

/** Leaves those one is live together with; nothing happens to who is by themselves. */
export async function leaveTogether(house: House, userId: Uuid): Promise<void> {
  await take(house, userId, 'left');
}

/** Sends a guest away. Refuses with `not_found` when they are not there, and `not_the_host`. */
export async function sendAway(house: House, hostId: Uuid, guestId: Uuid): Promise<void> {
  const { db } = house;
  const [own, theirs] = [await memberOf(db, hostId), await memberOf(db, guestId)];
  if (own === undefined || theirs?.companyId !== own.companyId || hostId === guestId) {
    throw new Refusal(NOT_FOUND);
  }
  const [first] = await membersOf(db, own.companyId);
  if (first !== undefined && first.userId !== hostId) {
    throw new Refusal(NOT_THE_HOST, { host: first.displayName });
  }
  await take(house, guestId, 'removed', theirs);
}

/** Takes out whoever's live has ended. Any number of processes may do it at once. Answers how many it took out. */
export async function takeOutTheGone(house: House): Promise<number> {
  const gone = await membersGone(house.db, ROUND_MAX);
  for (const member of gone) await take(house, member.userId, 'live_ended', member);
  return gone.length;
}

const ROUND_MAX = 100;

async function take(house: House, userId: Uuid, why: Exclude<WhyLeft, 'alone'>, stay?: Stay): Promise<void> {
  const nowMs = house.clock.now();
  const told = await house.db.transaction(async (tx): Promise<Told> => {
    const left = await leaveCompany(tx, userId, why, new Date(nowMs), stay);
    return left === undefined ? new Map() : tellTogether(tx, left.companyId, left.before, nowMs);
  });
  show(house, told);
}
