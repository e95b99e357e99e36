import { parsePublicId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { App, House } from '../house.ts';
import { userOf } from '../http/principal.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { stageNamed } from '../live/index.ts';
import { answerInvitation } from './answer-invitation.ts';
import { inviteGuest } from './invite.ts';
import { leaveTogether, sendAway } from './leave.ts';
import {
  guestsAnswer,
  invitationAnswer,
  invitationParams,
  inviteBody,
  ownGuestsAnswer,
  stageParams,
} from './schema.ts';
import { invitationsJson, showGuests, showOwnGuests } from './show-guests.ts';

const TAGS = ['guests'];

export function guestRoutes(app: App, house: House): void {
  app.get(
    '/v1/stages/:handle/guests',
    {
      config: { access: 'public' },
      schema: {
        summary: 'Who is live together on a stage',
        description: 'Gifts on it can be for any of them: `to` of `POST /v1/gifts`.',
        tags: TAGS,
        params: stageParams,
        response: { 200: guestsAnswer },
      },
    },
    async (request) => showGuests(house, request.params.handle),
  );

  app.get(
    '/v1/me/guests',
    {
      config: { access: 'creator' },
      schema: {
        summary: 'Whom you are live together with, and the invitations that wait',
        tags: TAGS,
        response: { 200: ownGuestsAnswer },
      },
    },
    async (request) => showOwnGuests(house, userOf(request).userId),
  );

  app.post(
    '/v1/me/guests/invitations',
    {
      config: { access: 'creator' },
      schema: {
        summary: 'Invite another creator who is live to be live together',
        description: 'They have two minutes. Asked again meanwhile, the answer is the same invitation.',
        tags: TAGS,
        body: inviteBody,
        response: { 201: invitationAnswer },
      },
    },
    async (request, reply) => {
      const invitation = await inviteGuest(house, userOf(request).userId, request.body.handle);
      const [shown] = await invitationsJson(house.db, [invitation]);
      if (shown === undefined) throw new Error('an invitation is there and is not');
      return reply.code(201).send({ invitation: shown });
    },
  );

  for (const [answer, summary] of [
    ['accepted', 'Come: from now on you are live together'],
    ['declined', 'Say no'],
    ['withdrawn', 'Take your invitation back'],
  ] as const) {
    app.put(
      `/v1/guests/invitations/:id/${answer}`,
      {
        config: { access: 'creator' },
        schema: { summary, tags: TAGS, params: invitationParams, response: { 200: ownGuestsAnswer } },
      },
      async (request) => {
        const { userId } = userOf(request);
        await answerInvitation(house, userId, idOf(request.params.id), answer);
        return showOwnGuests(house, userId);
      },
    );
  }

  app.delete(
    '/v1/me/guests',
    {
      config: { access: 'creator' },
      schema: {
        summary: 'Leave those you are live together with; your own live goes on',
        tags: TAGS,
        response: { 200: ownGuestsAnswer },
      },
    },
    async (request) => {
      const { userId } = userOf(request);
      await leaveTogether(house, userId);
      return showOwnGuests(house, userId);
    },
  );

  app.delete(
    '/v1/me/guests/:handle',
    {
      config: { access: 'creator' },
      schema: {
        summary: 'Send a guest away',
        tags: TAGS,
        params: stageParams,
        response: { 200: ownGuestsAnswer },
      },
    },
    async (request) => {
      const { userId } = userOf(request);
      const guest = await stageNamed(house, request.params.handle);
      if (guest === undefined) throw new Refusal(NOT_FOUND);
      await sendAway(house, userId, guest.creatorId);
      return showOwnGuests(house, userId);
    },
  );
}

function idOf(text: string): Uuid {
  const id = parsePublicId('invite', text);
  if (id === null) throw new Refusal(NOT_FOUND);
  return id;
}
