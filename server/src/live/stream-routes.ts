import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { publicId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { App, House } from '../house.ts';
import { publicNetworkOf } from '../http/network.ts';
import { userOf } from '../http/principal.ts';
import { FORBIDDEN, INVALID_REQUEST, NOT_FOUND } from '../http/refusals.ts';
import { strictObject } from '../http/schemas.ts';
import { openRoad } from '../realtime/stream-door.ts';
import { placeOf } from './channel.ts';
import { livingOf } from './living.ts';
import { OTHER_STAGE, TESTS_NOT_ALLOWED } from './refusals.ts';
import { replay } from './replay.ts';
import { HandleParams } from './schema.ts';
import { liveSession } from './store.ts';
import { bearerOf, keyOf } from './stream-keys.ts';
import { sendTestEvent, TEST_TYPES } from './test-events.ts';

const StreamQuery = strictObject({
  after: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description:
        'The last seq that was seen; everything after it comes first. `Last-Event-ID` goes before it.',
    }),
  ),
  tests: Type.Optional(Type.Boolean({ description: 'Whether the creator’s test events are wanted, too.' })),
});

const TestBody = strictObject({
  type: Type.Enum([...TEST_TYPES]),
  giftId: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  count: Type.Optional(Type.Integer({ minimum: 1, maximum: 999 })),
  grows: Type.Optional(
    Type.Boolean({ description: 'A gift: a streak that grows over some seconds, as real ones do.' }),
  ),
  comment: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  nickname: Type.Optional(Type.String({ minLength: 1, maxLength: 50 })),
});

/** What happens on a stage, for tools: as server-sent events, or over a WebSocket at the same address. */
export function streamRoutes(app: App, house: House): void {
  const living = livingOf(house);

  app.get(
    '/v1/stages/:handle/stream',
    {
      exposeHeadRoute: false,
      config: { access: 'public', streams: true },
      schema: {
        summary: 'What happens on a stage, as it happens, for tools',
        description:
          'Server-sent events; with `Upgrade: websocket`, the same messages as text frames. `server/asyncapi.json` ' +
          'has every message. Any page may read it. Refused with `events_gone` when `after` is older than 30 days. ' +
          'With `Authorization: Bearer <overlay token>` it ends when the token is revoked.',
        tags: ['live'],
        params: HandleParams,
        querystring: StreamQuery,
        response: {
          200: {
            description: 'Goes on until either side ends it.',
            content: { 'text/event-stream': { schema: Type.String() } },
          },
        },
      },
    },
    async (request, reply) => {
      allowAnyPage(reply);
      const { handle } = request.params;
      const stage = await living.stages.named(handle);
      if (stage === undefined) throw new Refusal(NOT_FOUND);
      const key = await keyOf(house, request);
      if (key !== null && key.creatorId !== stage.creatorId) throw new Refusal(OTHER_STAGE);
      const after = lastEventId(request) ?? request.query.after;
      // Refuses what is too old while it can still be told.
      if (after !== undefined) await replay(living, handle, { after, limit: 1 });
      const about = {
        roomId: publicId('stage', stage.id),
        userId: publicId('user', stage.creatorId),
        uniqueId: stage.handle,
        nickname: stage.displayName,
        profilePictureUrl: `/art/avatars/${stage.avatar}.webp`,
        avatar: stage.avatar,
        live: liveSession(stage) !== null,
        title: stage.session?.title ?? '',
      };
      const asked = {
        after,
        tests: request.query.tests === true,
        network: publicNetworkOf(request.ip),
        about,
      };
      await house.hub.read(placeOf(living, stage), asked, async (limits) => {
        const road = await openRoad(request, reply, limits);
        if (road !== null) key?.whileOpen(road);
        return road;
      });
      return reply;
    },
  );

  app.post(
    '/v1/stages/test-events',
    {
      config: { access: 'public', origin: 'bearer' },
      schema: {
        summary: 'Show the tools that read your stage something that did not happen',
        description:
          'Goes to streams that were opened with `tests=true`, marked `test: true` and without a number. It moves ' +
          'nothing, and people who watch do not see it. As a creator, or with `Authorization: Bearer <overlay token>` ' +
          'of one that may.',
        tags: ['live'],
        body: TestBody,
        response: {
          202: strictObject({
            events: Type.Array(Type.Record(Type.String(), Type.Unknown(), { description: 'What was told.' })),
          }),
        },
      },
    },
    async (request, reply) => {
      const events = await sendTestEvent(living, await testerOf(house, request), request.body);
      return reply.code(202).send({ events: [...events] });
    },
  );
}

/** The creator whose tools are tried. Refuses with `not_signed_in`, `forbidden` or `tests_not_allowed`. */
async function testerOf(house: House, request: FastifyRequest): Promise<Uuid> {
  if (bearerOf(request) !== null) {
    const key = await keyOf(house, request);
    if (key?.mayTest !== true) throw new Refusal(TESTS_NOT_ALLOWED);
    return key.creatorId;
  }
  const user = userOf(request);
  if (!user.roles.has('creator')) throw new Refusal(FORBIDDEN, { role: 'creator' });
  return user.userId;
}

/** Everybody may read what everybody can see; no cookie is sent to an answer for all origins. */
function allowAnyPage(reply: FastifyReply): void {
  reply.header('access-control-allow-origin', '*');
  reply.header('cross-origin-resource-policy', 'cross-origin');
}

/** A browser that comes back names the last number that it saw. */
function lastEventId(request: FastifyRequest): number | undefined {
  const text = request.headers['last-event-id'];
  if (text === undefined || text === '') return undefined;
  const number = /^\d{1,16}$/.test(String(text)) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(number)) return number;
  throw new Refusal(INVALID_REQUEST, {
    field: 'Last-Event-ID',
    rule: 'must be a number that this stream gave',
  });
}
