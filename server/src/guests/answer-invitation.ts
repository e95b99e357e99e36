import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { ownStage } from '../live/index.ts';
import { bellOf } from '../notices/index.ts';
import { requireNoBan } from './invite.ts';
import { GUEST_NOT_LIVE, INVITATION_OVER } from './refusals.ts';
import { stateOf, WHY_OVER } from './rules.ts';
import { type Invitation, insertAnswer, invitationById, memberOf } from './store.ts';
import { joinCompany, lockLives, show, type Told, tellTogether } from './together.ts';

export type Answer = 'accepted' | 'declined' | 'withdrawn';

/**
 * Answers an invitation: its guest accepts or declines it, its host takes it back. The same answer again happens once.
 *
 * Refuses with `not_found` when it is not theirs to answer, `invitation_over`, and when it is accepted with
 * `guest_not_live`, `guest_banned`, `already_together`, `guest_busy`, `not_the_host` and `company_full`.
 */
export async function answerInvitation(
  house: House,
  userId: Uuid,
  invitationId: Uuid,
  answer: Answer,
): Promise<void> {
  const { db, clock } = house;
  const known = await invitationById(db, invitationId);
  const isTheirs = known !== undefined && (answer === 'withdrawn' ? known.hostId : known.guestId) === userId;
  if (!isTheirs) throw new Refusal(NOT_FOUND);
  if (answer === 'accepted') await requireStillWelcome(house, known);
  const nowMs = clock.now();
  const at = new Date(nowMs);
  const told = await db.transaction(async (tx): Promise<Told> => {
    const lives = await lockLives(tx, [known.hostId, known.guestId]);
    const invitation = (await invitationById(tx, invitationId)) ?? known;
    const state = stateOf(invitation, nowMs);
    if (state === answer) return new Map();
    if (state !== 'open') throw new Refusal(INVITATION_OVER, { why: WHY_OVER[state] });
    const [host, guest] = [lives.get(known.hostId), lives.get(known.guestId)];
    if (answer === 'accepted') {
      if (host === undefined) throw new Refusal(INVITATION_OVER, { why: WHY_OVER.live_ended });
      if (guest === undefined) throw new Refusal(GUEST_NOT_LIVE, { name: 'You' });
      const companyId = await joinCompany(tx, host, guest, at);
      await insertAnswer(tx, invitationId, answer, at);
      return tellTogether(tx, companyId, [], nowMs);
    }
    await insertAnswer(tx, invitationId, answer, at);
    if (answer === 'declined') await tellDeclined(house, tx, invitation, at);
    return new Map();
  });
  show(house, told);
}

/** Refuses with `guest_banned` when they are not together yet and one of the two banned the other meanwhile. */
export async function requireStillWelcome(
  house: House,
  { hostId, guestId }: Pick<Invitation, 'hostId' | 'guestId'>,
): Promise<void> {
  const together = await memberOf(house.db, guestId);
  const guest = together === undefined ? await ownStage(house.db, guestId) : undefined;
  if (guest !== undefined) await requireNoBan(house, hostId, guest);
}

async function tellDeclined(
  house: House,
  tx: Parameters<ReturnType<typeof bellOf>['tell']>[0],
  { hostId, guestId }: Invitation,
  at: Date,
): Promise<void> {
  const guest = await ownStage(tx, guestId);
  const news = {
    topic: `guest:${guestId}`,
    kind: 'guest',
    title: `${guest?.displayName ?? 'They'} cannot join now`,
    text: 'You can ask again in a minute.',
    link: '/studio/live',
    about: guestId,
    at,
  };
  await bellOf(house).tell(tx, news, [hostId]);
}
