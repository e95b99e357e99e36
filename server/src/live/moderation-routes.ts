import type Type from 'typebox';
import { parsePublicId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { App, House } from '../house.ts';
import { userOf } from '../http/principal.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { ban, letBack, mute } from './exclude.ts';
import { livingOf } from './living.ts';
import { pinLine } from './pin-line.ts';
import { removeLine } from './remove-line.ts';
import { nameModerator, setRules } from './room-rules.ts';
import { MUTE_MINUTES_USUAL } from './rules.ts';
import {
  ActsAnswer,
  ActsQuery,
  FanParams,
  HandleParams,
  LineParams,
  ModeratorParams,
  MuteBody,
  noBody,
  ReasonBody,
  RoomAnswer,
  RulesBody,
} from './schema.ts';
import { listActs, showRoom } from './show-room.ts';

const TAGS = ['live'];

/** Keeping order in a room: by its creator and their moderators, and what the creator sets and reads of it. */
export function moderationRoutes(app: App, house: House): void {
  const living = livingOf(house);

  app.post(
    '/v1/stages/:handle/lines/:id/removal',
    {
      config: { access: 'user' },
      schema: {
        summary: 'Take a chat line down for everybody',
        tags: TAGS,
        params: LineParams,
        body: ReasonBody,
        response: { 204: noBody },
      },
    },
    async (request, reply) => {
      const { handle, id } = request.params;
      await removeLine(living, userOf(request).userId, {
        stage: handle,
        lineId: lineIdOf(id),
        ...request.body,
      });
      return reply.code(204).send(null);
    },
  );

  app.put(
    '/v1/stages/:handle/lines/:id/pin',
    {
      config: { access: 'user' },
      schema: {
        summary: 'Keep a line that somebody said above the chat of a live',
        tags: TAGS,
        params: LineParams,
        response: { 204: noBody },
      },
    },
    async (request, reply) => {
      const { handle, id } = request.params;
      await pinLine(living, userOf(request).userId, handle, { lineId: lineIdOf(id) });
      return reply.code(204).send(null);
    },
  );

  app.delete(
    '/v1/stages/:handle/pin',
    {
      config: { access: 'user' },
      schema: {
        summary: 'Take the line above the chat of a live down',
        tags: TAGS,
        params: HandleParams,
        response: { 204: noBody },
      },
    },
    async (request, reply) => {
      await pinLine(living, userOf(request).userId, request.params.handle, null);
      return reply.code(204).send(null);
    },
  );

  app.put(
    '/v1/stages/:handle/mutes/:user',
    {
      config: { access: 'user' },
      schema: {
        summary: 'Silence a person on a stage for some minutes',
        tags: TAGS,
        params: FanParams,
        body: MuteBody,
        response: { 204: noBody },
      },
    },
    async (request, reply) => {
      const { handle, user } = request.params;
      const { minutes = MUTE_MINUTES_USUAL, ...why } = request.body;
      await mute(living, userOf(request).userId, { stage: handle, user, minutes, ...why });
      return reply.code(204).send(null);
    },
  );

  app.put(
    '/v1/stages/:handle/bans/:user',
    {
      config: { access: 'user' },
      schema: {
        summary: 'Ban a person from a stage: no joining, writing or gifts, and their lines are taken down',
        tags: TAGS,
        params: FanParams,
        body: ReasonBody,
        response: { 204: noBody },
      },
    },
    async (request, reply) => {
      const { handle, user } = request.params;
      await ban(living, userOf(request).userId, { stage: handle, user, ...request.body });
      return reply.code(204).send(null);
    },
  );

  for (const [kind, summary] of [
    ['mute', 'Let a person write on a stage again'],
    ['ban', 'Let a person come to a stage again'],
  ] as const) {
    app.delete(
      `/v1/stages/:handle/${kind}s/:user`,
      {
        config: { access: 'user' },
        schema: { summary, tags: TAGS, params: FanParams, response: { 204: noBody } },
      },
      async (request, reply) => {
        const { handle, user } = request.params as Type.Static<typeof FanParams>;
        await letBack(living, userOf(request).userId, { stage: handle, user, kind });
        return reply.code(204).send(null);
      },
    );
  }

  app.get(
    '/v1/me/stage/room',
    {
      config: { access: 'creator' },
      schema: {
        summary: 'How you want your room, and whom you named, muted or banned',
        tags: TAGS,
        response: { 200: RoomAnswer },
      },
    },
    async (request) => ({ room: await showRoom(living, userOf(request).handle) }),
  );

  app.patch(
    '/v1/me/stage/room',
    {
      config: { access: 'creator' },
      schema: {
        summary: 'Set the slow mode and the filtered words of your room',
        tags: TAGS,
        body: RulesBody,
        response: { 200: RoomAnswer },
      },
    },
    async (request) => {
      const user = userOf(request);
      await setRules(living, user, request.body);
      return { room: await showRoom(living, user.handle) };
    },
  );

  for (const [method, summary] of [
    ['put', 'Name a moderator of your stage'],
    ['delete', 'Dismiss a moderator of your stage'],
  ] as const) {
    app[method](
      '/v1/me/stage/moderators/:user',
      {
        config: { access: 'creator' },
        schema: { summary, tags: TAGS, params: ModeratorParams, response: { 200: RoomAnswer } },
      },
      async (request) => {
        const user = userOf(request);
        const asked = request.params as Type.Static<typeof ModeratorParams>;
        await nameModerator(living, user, { user: asked.user, named: method === 'put' });
        return { room: await showRoom(living, user.handle) };
      },
    );
  }

  app.get(
    '/v1/me/stage/acts',
    {
      config: { access: 'creator' },
      schema: {
        summary: 'What was done to keep order on your stage, by whom and why, newest first',
        tags: TAGS,
        querystring: ActsQuery,
        response: { 200: ActsAnswer },
      },
    },
    async (request) => listActs(living, userOf(request).handle, request.query),
  );
}

function lineIdOf(id: string): Uuid {
  const lineId = parsePublicId('chat', id);
  if (lineId === null) throw new Refusal(NOT_FOUND);
  return lineId;
}
