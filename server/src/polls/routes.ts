import { parsePublicId } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { App, House } from '../house.ts';
import { idempotencyKey, REPLAYED_HEADER } from '../http/idempotency.ts';
import { userOf } from '../http/principal.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { type Ending, endPoll } from './end-poll.ts';
import { pollingOf } from './polling.ts';
import {
  ownAnswer,
  ownQuery,
  pollAnswer,
  pollParams,
  proofAnswer,
  stageParams,
  stagePollsAnswer,
  startBody,
  voteAnswer,
  voteBody,
} from './schema.ts';
import { listOwnPolls, ownPoll, provePoll, shownAs, showStagePolls } from './show-polls.ts';
import { startPoll } from './start-poll.ts';
import { vote } from './vote.ts';

const TAGS = ['polls'];

export function pollRoutes(app: App, house: House): void {
  const polling = pollingOf(house);

  app.get(
    '/v1/stages/:handle/polls',
    {
      config: { access: 'public' },
      schema: {
        summary: 'What is put to the vote on a stage now, and the results of its live',
        tags: TAGS,
        params: stageParams,
        response: { 200: stagePollsAnswer },
      },
    },
    async (request) => showStagePolls(polling, request.params.handle, request.principal),
  );

  app.put(
    '/v1/polls/:id/vote',
    {
      config: { access: 'user' },
      schema: {
        summary: 'Vote for an option, or change your vote while it runs',
        description:
          'Free votes alone: in a gift vote a vote is every Coin given with the gift of an option.',
        tags: TAGS,
        params: pollParams,
        body: voteBody,
        response: { 200: voteAnswer },
      },
    },
    async (request) => {
      const id = parsePublicId('poll', request.params.id);
      if (id === null) throw new Refusal(NOT_FOUND);
      const { optionId } = request.body;
      await vote(polling, userOf(request).userId, id, optionId);
      return { optionId };
    },
  );

  app.post(
    '/v1/me/stage/polls',
    {
      config: { access: 'creator', movesMoney: true },
      schema: {
        summary: 'Put something to the vote in your live',
        description: 'Repeat it with the same Idempotency-Key as often as needed: it happens once.',
        tags: TAGS,
        body: startBody,
        response: { 201: pollAnswer },
      },
    },
    async (request, reply) => {
      const { userId } = userOf(request);
      const { kind, title, options, seconds, results } = request.body;
      const started = await startPoll(polling, userId, idempotencyKey(request), {
        kind,
        title,
        options: options.map(({ text, giftId = null }) => ({ text, giftId })),
        seconds,
        hidden: results === 'end',
      });
      if (started.replayed) reply.header(REPLAYED_HEADER, 'true');
      reply.code(201);
      return { poll: await shownAs(polling, userId, started.poll) };
    },
  );

  app.get(
    '/v1/me/stage/polls',
    {
      config: { access: 'creator' },
      schema: {
        summary: 'What you put to the vote, newest first, with the results',
        tags: TAGS,
        querystring: ownQuery,
        response: { 200: ownAnswer },
      },
    },
    async (request) => listOwnPolls(polling, userOf(request).userId, request.query),
  );

  app.get(
    '/v1/me/stage/polls/:id',
    {
      config: { access: 'creator' },
      schema: {
        summary: 'One of your votes, with its result added up anew',
        tags: TAGS,
        params: pollParams,
        response: { 200: proofAnswer },
      },
    },
    async (request) => provePoll(polling, userOf(request).userId, parsePublicId('poll', request.params.id)),
  );

  end('ended', 'creator', 'End your vote now, with its result');
  end('canceled', 'canceled', 'Take your vote away without a result. Gifts that were given stay gifts');

  function end(state: string, ending: Ending, summary: string): void {
    app.put(
      `/v1/me/stage/polls/:id/${state}`,
      {
        config: { access: 'creator' },
        schema: { summary, tags: TAGS, params: pollParams, response: { 200: pollAnswer } },
      },
      async (request) => {
        const { userId } = userOf(request);
        const { id } = await ownPoll(polling, userId, parsePublicId('poll', request.params.id));
        await endPoll(polling, id, ending);
        return { poll: await shownAs(polling, userId, await ownPoll(polling, userId, id)) };
      },
    );
  }
}
