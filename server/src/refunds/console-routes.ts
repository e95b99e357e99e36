import type { Uuid } from '../core/ids.ts';
import { decodeCursor, encodeCursor } from '../core/page.ts';
import { Refusal } from '../core/refusal.ts';
import type { App, House } from '../house.ts';
import { userOf } from '../http/principal.ts';
import { INVALID_REQUEST, NOT_FOUND } from '../http/refusals.ts';
import { required } from '../http/required-id.ts';
import { shopOf } from '../purchases/index.ts';
import { decideRefund, takeBackRefund } from './approve-refund.ts';
import { confirmSent } from './by-hand.ts';
import { carryRefund } from './carry-refund.ts';
import { liabilities } from './liabilities.ts';
import { askVerdict } from './parked-refund.ts';
import {
  consoleRefundAnswer,
  consoleRefundsAnswer,
  consoleRefundsQuery,
  liabilitiesAnswer,
  refundDecisionBody,
  refundParams,
  refundSentBody,
  takenBackBody,
  verdictBody,
} from './schema.ts';
import { consoleRefundsJson } from './show.ts';
import { refundById, refundsPage } from './store.ts';

const TAGS = ['console'];

/** What operators do with refunds, and what the house owes. */
export function consoleRefundRoutes(app: App, house: House): void {
  const shop = shopOf(house);

  app.get(
    '/v1/console/refunds',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Refunds, newest first',
        tags: TAGS,
        querystring: consoleRefundsQuery,
        response: { 200: consoleRefundsAnswer },
      },
    },
    async (request) => {
      const { cursor, limit, show = 'open' } = request.query;
      const rows = await refundsPage(house.db, {
        openOnly: show === 'open',
        before: cursor === undefined ? null : committedOf(cursor),
        limit: limit + 1,
      });
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        items: await consoleRefundsJson(house, page, userOf(request).userId),
        nextCursor:
          rows.length > limit && last !== undefined ? encodeCursor([last.committed.toString()]) : null,
      };
    },
  );

  app.put(
    '/v1/console/refunds/:id/decision',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Approve or reject a refund that another operator asked for',
        tags: TAGS,
        params: refundParams,
        body: refundDecisionBody,
        response: { 200: consoleRefundAnswer },
      },
    },
    async (request) => {
      const [id, { userId }] = [required('refund', request.params.id), userOf(request)];
      const { approvalId, verdict, bodyHash, reason } = request.body;
      await decideRefund(house, id, {
        approvalId: required('approval', approvalId),
        by: userId,
        verdict,
        bodyHash: Buffer.from(bodyHash, 'hex'),
        reason,
      });
      await carryRefund(shop, id);
      return oneRefund(house, id, userId);
    },
  );

  app.put(
    '/v1/console/refunds/:id/sent',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Say that a refund by hand was sent, with what names the payment',
        tags: TAGS,
        params: refundParams,
        body: refundSentBody,
        response: { 200: consoleRefundAnswer },
      },
    },
    async (request) => {
      const [id, { userId }] = [required('refund', request.params.id), userOf(request)];
      await confirmSent(house, id, { reference: request.body.reference, by: userId });
      return oneRefund(house, id, userId);
    },
  );

  app.put(
    '/v1/console/refunds/:id/taken-back',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Take back a refund that waits for a second operator, or to be paid by hand',
        tags: TAGS,
        params: refundParams,
        body: takenBackBody,
        response: { 200: consoleRefundAnswer },
      },
    },
    async (request) => {
      const [id, { userId }] = [required('refund', request.params.id), userOf(request)];
      await takeBackRefund(house, id, { reason: request.body.reason, by: userId });
      await carryRefund(shop, id);
      return oneRefund(house, id, userId);
    },
  );

  app.put(
    '/v1/console/refunds/:id/verdict',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Ask a second operator to end a refund that nobody understands: given back, or never sent',
        tags: TAGS,
        params: refundParams,
        body: verdictBody,
        response: { 200: consoleRefundAnswer },
      },
    },
    async (request) => {
      const [id, { userId }] = [required('refund', request.params.id), userOf(request)];
      await askVerdict(shop, id, { ...request.body, by: userId });
      return oneRefund(house, id, userId);
    },
  );

  app.get(
    '/v1/console/liabilities',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'What people have, the money behind it, and whether the ledger adds up',
        tags: TAGS,
        response: { 200: liabilitiesAnswer },
      },
    },
    async () => liabilities(house),
  );
}

/** A refund as the operator who asks sees it. Refuses with `not_found`. */
export async function oneRefund(house: House, id: Uuid, viewerId: Uuid) {
  const refund = await refundById(house.db, id);
  const [shown] = refund === null ? [] : await consoleRefundsJson(house, [refund], viewerId);
  if (shown === undefined) throw new Refusal(NOT_FOUND);
  return { refund: shown };
}

function committedOf(cursor: string): bigint {
  const [text] = decodeCursor(cursor, 1) ?? [];
  if (typeof text === 'string' && /^[0-9]{1,18}$|^[0-8][0-9]{18}$/.test(text)) return BigInt(text);
  throw new Refusal(INVALID_REQUEST, { field: 'cursor', rule: 'is not one that a page gave' }, '/cursor');
}
