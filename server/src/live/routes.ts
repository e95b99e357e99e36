import type Type from 'typebox';
import type { App, House } from '../house.ts';
import { type Principal, userOf } from '../http/principal.ts';
import { capEffects } from './cap-effects.ts';
import { listStages } from './directory.ts';
import { endLive } from './end-live.ts';
import { livingOf } from './living.ts';
import { pinLine } from './pin-line.ts';
import { replay } from './replay.ts';
import {
  DirectoryAnswer,
  DirectoryQuery,
  EffectsCapBody,
  EndBody,
  EventsAnswer,
  EventsQuery,
  GoalBody,
  HandleParams,
  noBody,
  PinBody,
  StageAnswer,
  StartBody,
} from './schema.ts';
import { setGoal } from './set-goal.ts';
import { showStage } from './show-stage.ts';
import { startLive } from './start-live.ts';

const TAGS = ['live'];

export function liveRoutes(app: App, house: House): void {
  const living = livingOf(house);
  const view = async (handle: string, asker: Principal) => ({
    stage: await showStage(living, handle, asker),
  });

  app.get(
    '/v1/stages',
    {
      config: { access: 'public' },
      schema: {
        summary: 'Stages, live ones first',
        description:
          'The first page fixes an instant; the pages after it show the same list, whoever starts or ends meanwhile.',
        tags: TAGS,
        querystring: DirectoryQuery,
        response: { 200: DirectoryAnswer },
      },
    },
    async (request) => listStages(living, request.principal, request.query),
  );

  app.get(
    '/v1/stages/:handle',
    {
      config: { access: 'public' },
      schema: {
        summary: 'One stage as its page shows it',
        description: 'Join its room with `after` = `seq` to miss nothing that happens after this answer.',
        tags: TAGS,
        params: HandleParams,
        response: { 200: StageAnswer },
      },
    },
    async (request) => view(request.params.handle, request.principal),
  );

  app.get(
    '/v1/stages/:handle/events',
    {
      config: { access: 'public' },
      schema: {
        summary: 'What happened on a stage after a number, for 30 days',
        tags: TAGS,
        params: HandleParams,
        querystring: EventsQuery,
        response: { 200: EventsAnswer },
      },
    },
    async (request) => replay(living, request.params.handle, request.query),
  );

  app.post(
    '/v1/stages/start',
    {
      config: { access: 'creator' },
      schema: {
        summary: 'Start a live on your own stage',
        tags: TAGS,
        body: StartBody,
        response: { 201: StageAnswer },
      },
    },
    async (request, reply) => {
      const { userId } = userOf(request);
      const { handle } = await startLive(living, userId, request.body);
      return reply.code(201).send(await view(handle, request.principal));
    },
  );

  app.post(
    '/v1/stages/end',
    {
      config: { access: 'creator' },
      schema: {
        summary: 'End your live',
        tags: TAGS,
        body: EndBody,
        response: { 200: StageAnswer },
      },
    },
    async (request) => view((await endLive(living, userOf(request).userId)).handle, request.principal),
  );

  creatorRoute(
    'put',
    '/v1/stages/goal',
    'Set the goal of your live; its progress starts at 0',
    GoalBody,
    (id, body) => setGoal(living, id, body),
  );
  creatorRoute('delete', '/v1/stages/goal', 'Take the goal of your live away', undefined, (id) =>
    setGoal(living, id, null),
  );
  creatorRoute(
    'put',
    '/v1/stages/effects-cap',
    'Say how much of your live gifts may take from now on',
    EffectsCapBody,
    (id, body) => capEffects(living, id, body.effectsCap),
  );
  app.put(
    '/v1/stages/pin',
    {
      config: { access: 'creator' },
      schema: {
        summary: 'Keep a line above the chat of your live',
        tags: TAGS,
        body: PinBody,
        response: { 204: noBody },
      },
    },
    async (request, reply) => {
      const { userId, handle } = userOf(request);
      await pinLine(living, userId, handle, { text: request.body.text });
      return reply.code(204).send(null);
    },
  );

  app.delete(
    '/v1/stages/pin',
    {
      config: { access: 'creator' },
      schema: { summary: 'Take the line above the chat down', tags: TAGS, response: { 204: noBody } },
    },
    async (request, reply) => {
      const { userId, handle } = userOf(request);
      await pinLine(living, userId, handle, null);
      return reply.code(204).send(null);
    },
  );

  /** A change to one's own running live, answered with 204. */
  function creatorRoute<Body extends Type.TSchema>(
    method: 'put' | 'delete',
    url: string,
    summary: string,
    body: Body | undefined,
    change: (creatorId: string, body: Type.Static<Body>) => Promise<void>,
  ): void {
    app.route({
      method: method.toUpperCase(),
      url,
      config: { access: 'creator' },
      schema: {
        summary,
        tags: TAGS,
        ...(body === undefined ? {} : { body }),
        response: { 204: noBody },
      },
      handler: async (request, reply) => {
        await change(userOf(request).userId, request.body as Type.Static<Body>);
        return reply.code(204).send(null);
      },
    });
  }
}
