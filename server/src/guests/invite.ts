import { newId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import { findStage, STAGE_NOT_LIVE } from '../gifts/index.ts';
import type { House } from '../house.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { ownStage, type StageRow, stageNamed } from '../live/index.ts';
import { bellOf } from '../notices/index.ts';
import { GUEST_BANNED, GUEST_NOT_LIVE, INVITED_TOO_SOON, OWN_INVITATION } from './refusals.ts';
import { INVITATION_MS, secondsUntilAskAgain, stateOf } from './rules.ts';
import { type Invitation, insertInvitation, lastInvitation } from './store.ts';
import { lockLives, requireRoom } from './together.ts';

/**
 * Invites another live creator to be live together. Whoever has been asked already and has not answered is not asked
 * twice: the answer is the same invitation.
 *
 * Refuses with `not_found`, `own_invitation`, `stage_not_live`, `guest_not_live`, `guest_banned`, `already_together`,
 * `guest_busy`, `not_the_host`, `company_full` and `invited_too_soon`.
 */
export async function inviteGuest(house: House, hostId: Uuid, handle: string): Promise<Invitation> {
  const { db, clock } = house;
  const known = await guestNamed(house, hostId, handle);
  const nowMs = clock.now();
  const invitation = await db.transaction(async (tx) => {
    const lives = await lockLives(tx, [hostId, known.creatorId]);
    const [host, guest] = [lives.get(hostId), lives.get(known.creatorId)];
    if (host === undefined) throw new Refusal(STAGE_NOT_LIVE);
    if (guest === undefined) throw new Refusal(GUEST_NOT_LIVE, { name: known.displayName }, '/handle');
    await requireRoom(tx, host.stage, guest.stage);
    const asked = { hostId, hostSessionId: host.session.id, guestId: known.creatorId };
    const before = await lastInvitation(tx, asked);
    if (before !== undefined && stateOf(before, nowMs) === 'open') return before;
    const seconds = before === undefined ? 0 : secondsUntilAskAgain(before, nowMs);
    if (seconds > 0) throw new Refusal(INVITED_TOO_SOON, { name: known.displayName, seconds });
    const fresh = {
      ...asked,
      id: newId(),
      hostStageId: host.stage.id,
      invitedAt: new Date(nowMs),
      expiresAt: new Date(nowMs + INVITATION_MS),
    };
    await insertInvitation(tx, fresh);
    await bellOf(house).tell(
      tx,
      {
        topic: `guest:${hostId}`,
        kind: 'guest',
        title: `${host.stage.displayName} invites you to be live together`,
        text: 'You have two minutes to say yes.',
        link: '/studio/live',
        about: hostId,
        at: fresh.invitedAt,
      },
      [known.creatorId],
    );
    return { ...fresh, answer: null, answeredAt: null, hostIsLive: true };
  });
  await bellOf(house).ring();
  return invitation;
}

/**
 * The stage of somebody who may be asked to be live together. Refuses with `not_found`, `own_invitation` and
 * `guest_banned`.
 */
export async function guestNamed(house: House, hostId: Uuid, handle: string): Promise<StageRow> {
  const guest = await stageNamed(house, handle);
  if (guest === undefined) throw new Refusal(NOT_FOUND, {}, '/handle');
  if (guest.creatorId === hostId) throw new Refusal(OWN_INVITATION, {}, '/handle');
  await requireNoBan(house, hostId, guest);
  return guest;
}

/** Refuses with `guest_banned` when one of the two may not be on the other's stage. */
export async function requireNoBan(house: House, hostId: Uuid, guest: StageRow): Promise<void> {
  const host = await ownStage(house.db, hostId);
  const [hosts, guests] = [
    host === undefined ? undefined : await findStage(house, host.id),
    await findStage(house, guest.id),
  ];
  const banned = hosts?.refusalOf?.(guest.creatorId) ?? guests?.refusalOf?.(hostId) ?? null;
  if (banned !== null) throw new Refusal(GUEST_BANNED, { name: guest.displayName });
}
