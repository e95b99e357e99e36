import { parsePublicId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { App, House } from '../house.ts';
import { userOf } from '../http/principal.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { strictObject } from '../http/schemas.ts';
import { acceptMatch, callOff } from './answer-match.ts';
import { askMatch } from './ask-match.ts';
import { stopMatch } from './end-match.ts';
import {
  askBody,
  countedAnswer,
  countedQuery,
  matchAnswer,
  matchParams,
  matchSchema,
  runningAnswer,
  shownMatchAnswer,
  stageParams,
} from './schema.ts';
import { giftsOfMatch, matchesNow, matchJson, matchOnStage, matchWithRule, ownMatch } from './show-match.ts';

const TAGS = ['matches'];

export function matchRoutes(app: App, house: House): void {
  app.get(
    '/v1/matches',
    {
      config: { access: 'public' },
      schema: { summary: 'The matches that are played now', tags: TAGS, response: { 200: runningAnswer } },
    },
    async () => matchesNow(house),
  );

  app.get(
    '/v1/stages/:handle/match',
    {
      config: { access: 'public' },
      schema: {
        summary: 'The match on a stage, or its result for a moment',
        tags: TAGS,
        params: stageParams,
        response: { 200: shownMatchAnswer },
      },
    },
    async (request) => matchOnStage(house, request.params.handle),
  );

  app.get(
    '/v1/me/match',
    {
      config: { access: 'creator' },
      schema: {
        summary: 'The match that you are asked to or play in',
        tags: TAGS,
        response: { 200: shownMatchAnswer },
      },
    },
    async (request) => ownMatch(house, userOf(request).userId),
  );

  app.post(
    '/v1/me/matches',
    {
      config: { access: 'creator' },
      schema: {
        summary: 'Ask other creators for a match',
        description:
          'It begins when all have said yes. Whoever is not live together with you is from then on. Asked again ' +
          'meanwhile, the answer is the same match.',
        tags: TAGS,
        body: askBody,
        response: { 201: strictObject({ match: matchSchema }) },
      },
    },
    async (request, reply) => {
      const match = await askMatch(house, userOf(request).userId, request.body.with);
      return reply.code(201).send({ match: matchJson(match) });
    },
  );

  const answers = {
    accepted: { summary: 'Say yes: with the last yes it begins', answer: acceptMatch },
    declined: { summary: 'Say no', answer: (...asked: Asked) => callOff(...asked, 'declined') },
    withdrawn: {
      summary: 'Take back what you asked for',
      answer: (...asked: Asked) => callOff(...asked, 'withdrawn'),
    },
    stopped: { summary: 'Stop it before its time: it has no winner then', answer: stopMatch },
  } as const;
  for (const [name, { summary, answer }] of Object.entries(answers)) {
    app.put(
      `/v1/matches/:id/${name}`,
      {
        config: { access: 'creator' },
        schema: { summary, tags: TAGS, params: matchParams, response: { 200: shownMatchAnswer } },
      },
      async (request) => {
        const { userId } = userOf(request);
        await answer(house, userId, idOf(request.params.id));
        return ownMatch(house, userId);
      },
    );
  }

  app.get(
    '/v1/matches/:id',
    {
      config: { access: 'public' },
      schema: {
        summary: 'A match, how its scores are made, and the range of the ledger that counts',
        tags: TAGS,
        params: matchParams,
        response: { 200: matchAnswer },
      },
    },
    async (request) => matchWithRule(house, idOf(request.params.id)),
  );

  app.get(
    '/v1/matches/:id/gifts',
    {
      config: { access: 'public' },
      schema: {
        summary: 'The gifts that count in a match, in the order of the ledger: their Coins are the scores',
        tags: TAGS,
        params: matchParams,
        querystring: countedQuery,
        response: { 200: countedAnswer },
      },
    },
    async (request) => giftsOfMatch(house, idOf(request.params.id), request.query),
  );
}

type Asked = [house: House, userId: Uuid, matchId: Uuid];

function idOf(text: string): Uuid {
  const id = parsePublicId('match', text);
  if (id === null) throw new Refusal(NOT_FOUND);
  return id;
}
