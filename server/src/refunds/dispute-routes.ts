import { isUuid, newId, type Uuid } from '../core/ids.ts';
import { decodeCursor, encodeCursor } from '../core/page.ts';
import { Refusal } from '../core/refusal.ts';
import type { App, House } from '../house.ts';
import { userOf } from '../http/principal.ts';
import { INVALID_REQUEST, NOT_FOUND } from '../http/refusals.ts';
import { required } from '../http/required-id.ts';
import { forgetDisputes } from './dispute-gate.ts';
import { insertRecallEvent, pardonRecall, recallById, recallsPage } from './recall-store.ts';
import { RECALL_NOT_LOST, REFUND_IS_YOUR_OWN } from './refusals.ts';
import { disputeAnswer, disputeParams, disputesAnswer, disputesQuery, pardonBody } from './schema.ts';
import { disputesJson } from './show.ts';

const TAGS = ['console'];

/** What operators see of payments that were taken back, and do about them. */
export function disputeRoutes(app: App, house: House): void {
  app.get(
    '/v1/console/disputes',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Payments that banks or providers took back or may take back, newest first',
        tags: TAGS,
        querystring: disputesQuery,
        response: { 200: disputesAnswer },
      },
    },
    async (request) => {
      const { cursor, limit, show = 'open' } = request.query;
      const rows = await recallsPage(house.db, {
        openOnly: show === 'open',
        before: cursor === undefined ? null : placeOf(cursor),
        limit: limit + 1,
      });
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        items: await disputesJson(house, page),
        nextCursor:
          rows.length > limit && last !== undefined ? encodeCursor([last.foundAt.getTime(), last.id]) : null,
      };
    },
  );

  app.get(
    '/v1/console/disputes/:id',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'One of them: what is held, what was taken from whom',
        tags: TAGS,
        params: disputeParams,
        response: { 200: disputeAnswer },
      },
    },
    async (request) => oneDispute(house, required('recall', request.params.id)),
  );

  app.put(
    '/v1/console/disputes/:id/pardoned',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'After a lost dispute: the account may buy and give again',
        tags: TAGS,
        params: disputeParams,
        body: pardonBody,
        response: { 200: disputeAnswer },
      },
    },
    async (request) => {
      const [id, { userId }] = [required('recall', request.params.id), userOf(request)];
      const recall = await recallById(house.db, id);
      if (recall === null) throw new Refusal(NOT_FOUND);
      if (recall.userId === userId) throw new Refusal(REFUND_IS_YOUR_OWN);
      if (recall.state !== 'taken') throw new Refusal(RECALL_NOT_LOST);
      const at = new Date(house.clock.now());
      await house.db.transaction(async (tx) => {
        if (!(await pardonRecall(tx, id, userId, at))) return;
        const note = `Pardoned: ${request.body.reason}`;
        await insertRecallEvent(tx, { id: newId(), recallId: id, at, state: 'taken', byUser: userId, note });
      });
      forgetDisputes(house.db);
      return oneDispute(house, id);
    },
  );
}

async function oneDispute(house: House, id: Uuid) {
  const recall = await recallById(house.db, id);
  const [shown] = recall === null ? [] : await disputesJson(house, [recall]);
  if (shown === undefined) throw new Refusal(NOT_FOUND);
  return { dispute: shown };
}

function placeOf(cursor: string): { at: Date; id: Uuid } {
  const [ms, id] = decodeCursor(cursor, 2) ?? [];
  if (typeof ms === 'number' && Number.isSafeInteger(ms) && Math.abs(ms) <= 8.64e15) {
    if (typeof id === 'string' && isUuid(id)) return { at: new Date(ms), id };
  }
  throw new Refusal(INVALID_REQUEST, { field: 'cursor', rule: 'is not one that a page gave' }, '/cursor');
}
