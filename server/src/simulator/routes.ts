import { parsePublicId, publicId, type Uuid } from '../core/ids.ts';
import { decodeCursor, encodeCursor } from '../core/page.ts';
import { Refusal } from '../core/refusal.ts';
import type { App, House } from '../house.ts';
import { userOf } from '../http/principal.ts';
import { INVALID_REQUEST, NOT_FOUND } from '../http/refusals.ts';
import { ratioOfDollars } from '../rates/index.ts';
import { type Asked, askSimulation, cancelSimulation, DAY_MAX, repeatSimulation } from './ask-simulation.ts';
import { SCENARIOS } from './inputs.ts';
import { SCENARIO_RULES } from './model/scenarios.ts';
import { KEPT_DAYS } from './remove-old-runs.ts';
import { runnerOf } from './run-simulations.ts';
import {
  againBody,
  askBody,
  simulationParams as params,
  simulationSchema,
  simulationsQuery,
  simulationsSchema,
} from './schema.ts';
import { simulationJson, simulationLines } from './show.ts';
import { simulationById, simulationsPage } from './store.ts';

export function simulatorRoutes(app: App, house: House): void {
  const tags = ['console'];
  // A simulation moves nothing but itself.
  const config = { access: 'operator', confirmed: 'not_needed' } as const;
  const one = async (id: Uuid, viewerId: Uuid) => {
    const row = await simulationById(house.db, id);
    if (row === undefined) throw new Refusal(NOT_FOUND);
    return simulationJson(house, row, viewerId);
  };

  app.get(
    '/v1/console/simulations',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Runs of the simulator, newest first, and the scenarios that there are',
        tags,
        querystring: simulationsQuery,
        response: { 200: simulationsSchema },
      },
    },
    async (request) => {
      const { cursor, limit } = request.query;
      const before = cursor === undefined ? null : readCursor(cursor);
      const rows = await simulationsPage(house.db, before, limit + 1);
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      return {
        items: await simulationLines(house, shown, userOf(request).userId),
        nextCursor:
          rows.length > limit && last !== undefined
            ? encodeCursor([last.askedAt.getTime(), publicId('sim', last.id)])
            : null,
        keptDays: KEPT_DAYS,
        dayMax: DAY_MAX,
        scenarios: SCENARIOS.map((name) => {
          const { title, line } = SCENARIO_RULES[name];
          return { name, title, line };
        }),
      };
    },
  );

  app.post(
    '/v1/console/simulations',
    {
      config,
      schema: {
        summary: 'Try a rate in the simulator, against the one that would be in force without it',
        tags,
        body: askBody,
        response: { 201: simulationSchema },
      },
    },
    async (request, reply) => {
      const { userId } = userOf(request);
      const { seed, scenario, start, days, viewers, creators } = request.body;
      const rate = rateAsked(request.body);
      const id = await askSimulation(house, userId, {
        rate,
        scenario,
        start,
        days,
        viewers,
        creators,
        seed: seed ?? null,
      });
      runnerOf(house).wake();
      return reply.code(201).send(await one(id, userId));
    },
  );

  app.get(
    '/v1/console/simulations/:id',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'One run: how far it is, what it came to',
        tags,
        params,
        response: { 200: simulationSchema },
      },
    },
    async (request) => one(idOf(request.params.id), userOf(request).userId),
  );

  app.post(
    '/v1/console/simulations/:id/again',
    {
      config,
      schema: {
        summary: 'Run the same once more, from the very same inputs, with the same seed or another',
        tags,
        params,
        body: againBody,
        response: { 201: simulationSchema },
      },
    },
    async (request, reply) => {
      const { userId } = userOf(request);
      const id = await repeatSimulation(house, userId, idOf(request.params.id), request.body.seed);
      runnerOf(house).wake();
      return reply.code(201).send(await one(id, userId));
    },
  );

  app.post(
    '/v1/console/simulations/:id/cancel',
    {
      config,
      schema: { summary: 'Cancel a run that is not over', tags, params, response: { 200: simulationSchema } },
    },
    async (request) => {
      const id = idOf(request.params.id);
      const { userId } = userOf(request);
      await cancelSimulation(house, userId, id);
      return one(id, userId);
    },
  );
}

function idOf(text: string): Uuid {
  const id = parsePublicId('sim', text);
  if (id === null) throw new Refusal(NOT_FOUND);
  return id;
}

/** Either a draft or a number of one's own. */
function rateAsked({
  draft,
  dollars,
}: {
  readonly draft?: string | undefined;
  readonly dollars?: string | undefined;
}): Asked['rate'] {
  const refuse = (field: string, rule: string) => new Refusal(INVALID_REQUEST, { field, rule }, `/${field}`);
  if (draft !== undefined) {
    if (dollars !== undefined) throw refuse('dollars', 'is given without a draft');
    const id = parsePublicId('rate', draft);
    if (id === null) throw new Refusal(NOT_FOUND);
    return { draft: id };
  }
  if (dollars === undefined) throw refuse('dollars', 'is needed without a draft');
  if (ratioOfDollars(dollars).numerator === 0n) throw refuse('dollars', 'must be more than 0');
  return { dollars };
}

function readCursor(cursor: string): { at: Date; id: Uuid } {
  const [atMs, simulation] = decodeCursor(cursor, 2) ?? [];
  const id = typeof simulation === 'string' ? parsePublicId('sim', simulation) : null;
  const isTime = typeof atMs === 'number' && Number.isSafeInteger(atMs) && Math.abs(atMs) <= 8.64e12;
  if (isTime && id !== null) return { at: new Date(atMs), id };
  throw new Refusal(INVALID_REQUEST, { field: 'cursor', rule: 'is not one that this list gave' }, '/cursor');
}
