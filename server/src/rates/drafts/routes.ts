import { Type } from 'typebox';
import { parsePublicId, publicId, type Uuid } from '../../core/ids.ts';
import { amountJson, convertDown } from '../../core/money.ts';
import { decodeCursor, encodeCursor } from '../../core/page.ts';
import { Refusal } from '../../core/refusal.ts';
import type { App, House } from '../../house.ts';
import { instantOf } from '../../http/instant.ts';
import { userOf } from '../../http/principal.ts';
import { INVALID_REQUEST, NOT_FOUND } from '../../http/refusals.ts';
import { publicIdSchema } from '../../http/schemas.ts';
import { currentPolicy } from '../../policy/index.ts';
import { askForDraft, decideDraft, draftRate, dropDraft, reviseDraft } from './draft-rate.ts';
import { type Draft, earliestStart, highestRate, ratioOfDollars } from './rules.ts';
import {
  askDraftBody,
  decideDraftBody,
  draftBody,
  draftSchema,
  draftsQuery,
  draftsSchema,
} from './schema.ts';
import { draftsJson } from './show.ts';
import { draftById, draftsPage } from './store.ts';

export function draftRoutes(app: App, house: House): void {
  const params = Type.Object({ id: publicIdSchema('rate') });
  const tags = ['console'];
  const one = async (id: Uuid, viewerId: Uuid) => {
    const draft = await draftById(house.db, id);
    if (draft === undefined) throw new Refusal(NOT_FOUND);
    const [shown] = await draftsJson(house, [draft], viewerId);
    if (shown === undefined) throw new Refusal(NOT_FOUND);
    return shown;
  };

  app.get(
    '/v1/console/rates/drafts',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Rates that operators drafted, newest first, with what they would change',
        tags,
        querystring: draftsQuery,
        response: { 200: draftsSchema },
      },
    },
    async (request) => {
      const { cursor, limit } = request.query;
      const rows = await draftsPage(house.db, cursor === undefined ? null : readCursor(cursor), limit + 1);
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      const nowMs = house.clock.now();
      const policy = await currentPolicy(house.db, nowMs);
      return {
        items: await draftsJson(house, shown, userOf(request).userId),
        nextCursor:
          rows.length > limit && last !== undefined
            ? encodeCursor([last.draftedAt.getTime(), publicId('rate', last.id)])
            : null,
        earliestStart: earliestStart(policy, nowMs).toISOString(),
        highest: amountJson('USD', convertDown(1_000_000n, highestRate(policy))),
      };
    },
  );

  app.post(
    '/v1/console/rates/drafts',
    {
      config: { access: 'operator' },
      schema: { summary: 'Draft a rate', tags, body: draftBody, response: { 201: draftSchema } },
    },
    async (request, reply) => {
      const { userId } = userOf(request);
      const id = await draftRate(house, userId, draftOf(request.body));
      return reply.code(201).send(await one(id, userId));
    },
  );

  app.get(
    '/v1/console/rates/drafts/:id',
    {
      config: { access: 'operator' },
      schema: { summary: 'One draft of a rate', tags, params, response: { 200: draftSchema } },
    },
    async (request) => one(idOf(request.params.id), userOf(request).userId),
  );

  app.put(
    '/v1/console/rates/drafts/:id',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Change your own draft; what was asked for it is withdrawn',
        tags,
        params,
        body: draftBody,
        response: { 200: draftSchema },
      },
    },
    async (request) => {
      const id = idOf(request.params.id);
      const { userId } = userOf(request);
      await reviseDraft(house, userId, id, draftOf(request.body));
      return one(id, userId);
    },
  );

  app.delete(
    '/v1/console/rates/drafts/:id',
    {
      config: { access: 'operator' },
      schema: { summary: 'Give your own draft up', tags, params, response: { 200: draftSchema } },
    },
    async (request) => {
      const id = idOf(request.params.id);
      const { userId } = userOf(request);
      await dropDraft(house, userId, id);
      return one(id, userId);
    },
  );

  app.post(
    '/v1/console/rates/drafts/:id/ask',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Ask another operator to approve your draft',
        tags,
        params,
        body: askDraftBody,
        response: { 200: draftSchema },
      },
    },
    async (request) => {
      const id = idOf(request.params.id);
      const { userId } = userOf(request);
      await askForDraft(house, userId, id, request.body.revision);
      return one(id, userId);
    },
  );

  app.post(
    '/v1/console/rates/drafts/:id/decide',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Approve or reject another operator’s draft; approved, the rate is told at once',
        tags,
        params,
        body: decideDraftBody,
        response: { 200: draftSchema },
      },
    },
    async (request) => {
      const id = idOf(request.params.id);
      const { userId } = userOf(request);
      const { approvalId, bodyHash, verdict, reason } = request.body;
      if (verdict === 'rejected' && reason === undefined) {
        throw new Refusal(
          INVALID_REQUEST,
          { field: 'reason', rule: 'is needed with a rejection' },
          '/reason',
        );
      }
      await decideDraft(house, userId, id, {
        approvalId: parsePublicId('approval', approvalId) ?? id,
        bodyHash: Buffer.from(bodyHash, 'hex'),
        verdict,
        reason: reason ?? null,
      });
      return one(id, userId);
    },
  );
}

function idOf(text: string): Uuid {
  const id = parsePublicId('rate', text);
  if (id === null) throw new Refusal(NOT_FOUND);
  return id;
}

function draftOf(body: { dollars: string; startsAt: string; reason: string }): Draft {
  const reason = body.reason.trim();
  if (reason === '') throw new Refusal(INVALID_REQUEST, { field: 'reason', rule: 'must say why' }, '/reason');
  if (ratioOfDollars(body.dollars).numerator === 0n)
    throw new Refusal(INVALID_REQUEST, { field: 'dollars', rule: 'must be more than 0' }, '/dollars');
  return { dollars: body.dollars, startsAt: instantOf('startsAt', body.startsAt), reason };
}

function readCursor(cursor: string): { at: Date; id: Uuid } {
  const [atMs, draftId] = decodeCursor(cursor, 2) ?? [];
  const id = typeof draftId === 'string' ? parsePublicId('rate', draftId) : null;
  const isTime = typeof atMs === 'number' && Number.isSafeInteger(atMs) && Math.abs(atMs) <= 8.64e12;
  if (isTime && id !== null) return { at: new Date(atMs), id };
  throw new Refusal(INVALID_REQUEST, { field: 'cursor', rule: 'is not one that this list gave' }, '/cursor');
}
