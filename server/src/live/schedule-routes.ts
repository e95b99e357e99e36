import type Type from 'typebox';
import { parsePublicId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { App, House } from '../house.ts';
import { userOf } from '../http/principal.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { livingOf } from './living.ts';
import { cancelScheduled, ownSchedule, remind, scheduleLive } from './schedule.ts';
import { noBody, ScheduleAnswer, ScheduleBody, ScheduledAnswer, ScheduledParams } from './schema.ts';

const TAGS = ['live'];

/** Lives that are announced: by their creator, and who wants to be told when they begin. */
export function scheduleRoutes(app: App, house: House): void {
  const living = livingOf(house);

  app.get(
    '/v1/me/stage/schedule',
    {
      config: { access: 'creator' },
      schema: {
        summary: 'The lives that you announced, the next one first',
        tags: TAGS,
        response: { 200: ScheduleAnswer },
      },
    },
    async (request) => ({ items: await ownSchedule(living, userOf(request).handle) }),
  );

  app.post(
    '/v1/me/stage/schedule',
    {
      config: { access: 'creator' },
      schema: {
        summary: 'Announce a live',
        tags: TAGS,
        body: ScheduleBody,
        response: { 201: ScheduledAnswer },
      },
    },
    async (request, reply) => {
      const scheduled = await scheduleLive(living, userOf(request), request.body);
      return reply.code(201).send({ scheduled });
    },
  );

  app.delete(
    '/v1/me/stage/schedule/:id',
    {
      config: { access: 'creator' },
      schema: {
        summary: 'Take an announced live back',
        tags: TAGS,
        params: ScheduledParams,
        response: { 204: noBody },
      },
    },
    async (request, reply) => {
      await cancelScheduled(living, userOf(request).handle, scheduledIdOf(request.params.id));
      return reply.code(204).send(null);
    },
  );

  for (const [method, summary] of [
    ['put', 'Be told when an announced live begins'],
    ['delete', 'Not be told when an announced live begins'],
  ] as const) {
    app[method](
      '/v1/scheduled-lives/:id/reminder',
      {
        config: { access: 'user' },
        schema: { summary, tags: TAGS, params: ScheduledParams, response: { 204: noBody } },
      },
      async (request, reply) => {
        const { id } = request.params as Type.Static<typeof ScheduledParams>;
        await remind(living, userOf(request).userId, scheduledIdOf(id), method === 'put');
        return reply.code(204).send(null);
      },
    );
  }
}

function scheduledIdOf(id: string): Uuid {
  const scheduledId = parsePublicId('sched', id);
  if (scheduledId === null) throw new Refusal(NOT_FOUND);
  return scheduledId;
}
