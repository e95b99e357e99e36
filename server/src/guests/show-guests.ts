import { publicId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { Queryable } from '../db/database.ts';
import type { House } from '../house.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { type Person, peopleByIds } from '../identity/index.ts';
import { stageNamed } from '../live/index.ts';
import { readHead } from '../realtime/room-events.ts';
import type { InvitationJson, MemberJson } from './schema.ts';
import {
  companyOnStage,
  type Invitation,
  memberOf,
  membersOf,
  openInvitations,
  type ShownMember,
} from './store.ts';

/** Who is live together on a stage. Refuses with `not_found`. */
export async function showGuests(
  house: House,
  handle: string,
): Promise<{ readonly guests: MemberJson[]; readonly seq: number }> {
  const stage = await stageNamed(house, handle);
  if (stage === undefined) throw new Refusal(NOT_FOUND);
  // The number first: what is read afterwards includes at least the events up to it.
  const seq = await readHead(house.db, stage.id);
  return { guests: membersJson(await companyOnStage(house.db, stage.id)), seq };
}

/** Whom a creator is live together with, and the invitations that wait for an answer. */
export async function showOwnGuests(house: House, userId: Uuid) {
  const { db, clock } = house;
  const member = await memberOf(db, userId);
  const guests = member === undefined ? [] : await membersOf(db, member.companyId);
  const open = await openInvitations(db, userId, new Date(clock.now()));
  const shown = await invitationsJson(db, open);
  return {
    guests: membersJson(guests),
    received: shown.filter((_one, index) => open[index]?.guestId === userId),
    sent: shown.filter((_one, index) => open[index]?.hostId === userId),
  };
}

export async function invitationsJson(
  db: Queryable,
  invitations: readonly Invitation[],
): Promise<InvitationJson[]> {
  const people = await peopleByIds(
    db,
    invitations.flatMap(({ hostId, guestId }) => [hostId, guestId]),
  );
  return invitations.map(({ id, hostId, guestId, invitedAt, expiresAt }) => ({
    id: publicId('invite', id),
    host: personJson(hostId, people.get(hostId)),
    guest: personJson(guestId, people.get(guestId)),
    invitedAt: invitedAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  }));
}

function membersJson(members: readonly ShownMember[]): MemberJson[] {
  return members.map((member, index) => ({
    id: publicId('user', member.userId),
    handle: member.handle,
    displayName: member.displayName,
    avatar: member.avatar,
    stageId: publicId('stage', member.stageId),
    title: member.title,
    scene: member.scene,
    host: index === 0,
    since: member.joinedAt.toISOString(),
  }));
}

function personJson(id: Uuid, person: Person | undefined) {
  return {
    id: publicId('user', id),
    handle: person?.handle ?? '',
    displayName: person?.displayName ?? 'Somebody',
    avatar: person?.avatar ?? '',
  };
}
