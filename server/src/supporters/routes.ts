import { parsePublicId } from '../core/ids.ts';
import type { App, House } from '../house.ts';
import { userOf } from '../http/principal.ts';
import { givenThanks } from './given-thanks.ts';
import { listSupporters } from './list-supporters.ts';
import { giftJson, ownSupporters } from './own-supporters.ts';
import { ownThanks } from './own-thanks.ts';
import {
  GivenThanksAnswer,
  HandleParams,
  NoteAnswer,
  NoteBody,
  OwnSupportersAnswer,
  OwnSupportersQuery,
  OwnThanksAnswer,
  OwnThanksQuery,
  SupportersAnswer,
  SupportersQuery,
  ThankAnswer,
  ThankBody,
} from './schema.ts';
import { sendNote } from './send-note.ts';
import { thankSupporter } from './thank-supporter.ts';

const TAGS = ['supporters'];

export function supporterRoutes(app: App, house: House): void {
  app.get(
    '/v1/stages/:handle/supporters',
    {
      config: { access: 'public' },
      schema: {
        summary: 'Who gave a creator most in this live, today, this week or ever, and your own place',
        description:
          'Made of committed gifts alone, at most a second behind them. A gift counts no more once its payment was taken back, wholly or in part. The room is told the first ten by roomUser events.',
        tags: TAGS,
        params: HandleParams,
        querystring: SupportersQuery,
        response: { 200: SupportersAnswer },
      },
    },
    async (request) => listSupporters(house, request.params.handle, request.principal, request.query),
  );

  app.get(
    '/v1/me/supporters',
    {
      config: { access: 'creator' },
      schema: {
        summary: 'Your supporters, the last gift of each, and whether you thanked them',
        description: 'A page may be short, also empty, while nextCursor says that there is more.',
        tags: TAGS,
        querystring: OwnSupportersQuery,
        response: { 200: OwnSupportersAnswer },
      },
    },
    async (request) => ownSupporters(house, userOf(request).userId, request.query),
  );

  app.post(
    '/v1/me/supporters/thanks',
    {
      config: { access: 'creator' },
      schema: {
        summary: 'Thank a supporter for a gift on your running stage, before everybody',
        description: 'Once per gift: a second time shows nothing and answers the first.',
        tags: TAGS,
        body: ThankBody,
        response: { 201: ThankAnswer },
      },
    },
    async (request, reply) => {
      const giftId = parsePublicId('gift', request.body.giftId);
      const { gift, supporter, at } = await thankSupporter(house, userOf(request).userId, giftId);
      return reply.code(201).send({ thanks: { gift: giftJson(gift), supporter, at: at.toISOString() } });
    },
  );

  app.get(
    '/v1/me/supporters/thanks',
    {
      config: { access: 'creator' },
      schema: {
        summary: 'The gifts for which you thanked somebody in this live or the last one, newest thanks first',
        tags: TAGS,
        querystring: OwnThanksQuery,
        response: { 200: GivenThanksAnswer },
      },
    },
    async (request) => givenThanks(house, userOf(request).userId, request.query),
  );

  app.post(
    '/v1/me/supporters/notes',
    {
      config: { access: 'creator' },
      schema: {
        summary: 'Send a supporter a few words about a gift, for them alone',
        description: 'Once per gift; the same words again are the same note.',
        tags: TAGS,
        body: NoteBody,
        response: { 201: NoteAnswer },
      },
    },
    async (request, reply) => {
      const { giftId, text } = request.body;
      const { gift, supporter, note } = await sendNote(house, userOf(request).userId, {
        giftId: parsePublicId('gift', giftId),
        text,
      });
      return reply
        .code(201)
        .send({ note: { gift: giftJson(gift), supporter, text: note.text, at: note.at.toISOString() } });
    },
  );

  app.get(
    '/v1/me/thanks',
    {
      config: { access: 'user' },
      schema: {
        summary: 'The shout-outs and notes that creators thanked you with, newest first',
        tags: TAGS,
        querystring: OwnThanksQuery,
        response: { 200: OwnThanksAnswer },
      },
    },
    async (request) => ownThanks(house, userOf(request).userId, request.query),
  );
}
