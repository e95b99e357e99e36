import { parsePublicId, type Uuid } from '../core/ids.ts';
import { amountJson } from '../core/money.ts';
import { Refusal } from '../core/refusal.ts';
import type { App, House } from '../house.ts';
import { idempotencyKey, REPLAYED_HEADER } from '../http/idempotency.ts';
import { userOf } from '../http/principal.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { strictObject } from '../http/schemas.ts';
import { askQuestion } from './ask-question.ts';
import { askingOf } from './asking.ts';
import { listQuestions, ownQuestions, settingsJson } from './list-questions.ts';
import { moveQuestion } from './move-question.ts';
import type { QuestionNow } from './question.ts';
import type { Move } from './rules.ts';
import {
  askBody,
  askedAnswer,
  ownAnswer,
  ownQuery,
  type QuestionReceipt,
  questionParams,
  queueQuery,
  queueSchema,
  receiptAnswer,
  settingsBody,
  settingsSchema,
  stageParams,
  votesAnswer,
} from './schema.ts';
import { setQuestions } from './set-questions.ts';
import { maySee, receiptsOf } from './show-question.ts';
import { questionById } from './store.ts';
import { voteQuestion } from './vote-question.ts';

const TAGS = ['questions'];

export function questionRoutes(app: App, house: House): void {
  const asking = askingOf(house);
  const receipt = async (viewerId: Uuid, question: QuestionNow): Promise<QuestionReceipt> => {
    const [shown] = await receiptsOf(asking, viewerId, [question]);
    if (shown === undefined) throw new Error(`a question without a receipt: ${question.id}`);
    return shown;
  };

  app.get(
    '/v1/stages/:handle/questions',
    {
      config: { access: 'public' },
      schema: {
        summary: 'The questions of a live: the one being answered, and those that wait or were answered',
        tags: TAGS,
        params: stageParams,
        querystring: queueQuery,
        response: { 200: queueSchema },
      },
    },
    async (request) => listQuestions(asking, request.params.handle, request.principal, request.query),
  );

  app.post(
    '/v1/stages/:handle/questions',
    {
      config: { access: 'user', movesMoney: true },
      schema: {
        summary: 'Ask a question; its Coins are held until it is answered, and returned if it is not',
        description: 'Repeat it with the same Idempotency-Key as often as needed: it happens once.',
        tags: TAGS,
        params: stageParams,
        body: askBody,
        response: { 201: askedAnswer },
      },
    },
    async (request, reply) => {
      const { userId } = userOf(request);
      const asked = await askQuestion(asking, userId, {
        key: idempotencyKey(request),
        stage: request.params.handle,
        text: request.body.text,
        coins: BigInt(request.body.coins),
      });
      if (asked.replayed) reply.header(REPLAYED_HEADER, 'true');
      const question = await receipt(userId, asked.question);
      reply.code(201).header('location', `/v1/questions/${question.id}`);
      return { question, coins: amountJson('COIN', asked.coinsLeft) };
    },
  );

  app.put(
    '/v1/stages/questions',
    {
      config: { access: 'creator' },
      schema: {
        summary: 'Open or close questions in your live, and say what one costs',
        tags: TAGS,
        body: settingsBody,
        response: { 200: strictObject({ settings: settingsSchema }) },
      },
    },
    async (request) => {
      const settings = { isOn: request.body.on, coins: BigInt(request.body.coins) };
      await setQuestions(asking, userOf(request).userId, settings);
      return { settings: await settingsJson(asking, settings) };
    },
  );

  app.get(
    '/v1/questions/:id',
    {
      config: { access: 'user' },
      schema: {
        summary: 'One question and where its Coins are, for its asker, its creator and staff',
        tags: TAGS,
        params: questionParams,
        response: { 200: receiptAnswer },
      },
    },
    async (request) => {
      const viewer = userOf(request);
      const id = parsePublicId('question', request.params.id);
      const question = id === null ? undefined : await questionById(house.db, id);
      if (question === undefined || !maySee(question, viewer)) throw new Refusal(NOT_FOUND);
      return { question: await receipt(viewer.userId, question) };
    },
  );

  app.get(
    '/v1/me/questions',
    {
      config: { access: 'user' },
      schema: {
        summary: 'The questions that you asked, newest first, and where their Coins are',
        tags: TAGS,
        querystring: ownQuery,
        response: { 200: ownAnswer },
      },
    },
    async (request) => ownQuestions(asking, userOf(request).userId, request.query),
  );

  move('answering', 'creator', 'begin', 'Answer a question now: it stays on the stage while you do');
  move('answered', 'creator', 'finish', 'You have answered it: its Coins are spent, your Diamonds pending');
  move('skipped', 'creator', 'skip', 'Skip a question: its Coins go back');
  move('withdrawn', 'user', 'withdraw', 'Take your own question back while it waits: your Coins go back');

  vote('put', true, 'Vote for a question that you want to hear the answer to; once');
  vote('delete', false, 'Take your vote back');

  /** A change of a question that may be asked for again and again: it happens once. */
  function move(state: string, access: 'creator' | 'user', made: Move, summary: string): void {
    app.put(
      `/v1/questions/:id/${state}`,
      {
        config: { access },
        schema: { summary, tags: TAGS, params: questionParams, response: { 200: receiptAnswer } },
      },
      async (request) => {
        const { userId } = userOf(request);
        const moved = await moveQuestion(asking, userId, idOf(request.params.id), made);
        return { question: await receipt(userId, moved) };
      },
    );
  }

  function vote(method: 'put' | 'delete', wanted: boolean, summary: string): void {
    app[method](
      '/v1/questions/:id/vote',
      {
        config: { access: 'user' },
        schema: { summary, tags: TAGS, params: questionParams, response: { 200: votesAnswer } },
      },
      async (request) => {
        const { userId } = userOf(request);
        const votes = await voteQuestion(asking, userId, idOf(request.params.id), wanted);
        return { votes, voted: wanted };
      },
    );
  }
}

function idOf(text: string): Uuid {
  const id = parsePublicId('question', text);
  if (id === null) throw new Refusal(NOT_FOUND);
  return id;
}
