import { isUuid, newId, parsePublicId, publicIdPattern, type Uuid } from '../core/ids.ts';
import { decodeCursor, encodeCursor } from '../core/page.ts';
import { Refusal } from '../core/refusal.ts';
import type { App, House } from '../house.ts';
import { idempotencyKey, REPLAYED_HEADER } from '../http/idempotency.ts';
import { userOf } from '../http/principal.ts';
import { INVALID_REQUEST, NOT_FOUND } from '../http/refusals.ts';
import { personByHandle } from '../identity/index.ts';
import { type OrderRow, orderById, shopOf } from '../purchases/index.ts';
import { decideRefund, takeBackRefund } from './approve-refund.ts';
import { askRefund } from './ask-refund.ts';
import { confirmSent } from './by-hand.ts';
import { carryRefund } from './carry-refund.ts';
import { forgetDisputes } from './dispute-gate.ts';
import { liabilities } from './liabilities.ts';
import { insertRecallEvent, pardonRecall, recallById, recallsPage } from './recall-store.ts';
import { RECALL_NOT_LOST, REFUND_IS_YOUR_OWN } from './refusals.ts';
import { decideResolution, resolveParked } from './resolve-parked.ts';
import {
  consoleOrderAnswer,
  consoleRefundAnswer,
  consoleRefundsAnswer,
  consoleRefundsQuery,
  disputeAnswer,
  disputeParams,
  disputesAnswer,
  disputesQuery,
  liabilitiesAnswer,
  orderParams,
  ordersAnswer,
  ordersQuery,
  pardonBody,
  refundDecisionBody,
  refundParams,
  refundSentBody,
  resolutionBody,
  supportRefundBody,
  takenBackBody,
} from './schema.ts';
import { consoleOrderJson, consoleRefundsJson, disputesJson, orderRowsJson } from './show.ts';
import { refundById, refundsPage } from './store.ts';

const TAGS = ['console'];

/** What operators do with money that goes back. */
export function consoleRefundRoutes(app: App, house: House): void {
  const shop = shopOf(house);
  const oneRefund = async (id: Uuid, viewerId: Uuid) => {
    const refund = await refundById(house.db, id);
    if (refund === null) throw new Refusal(NOT_FOUND);
    const [shown] = await consoleRefundsJson(house, [refund], viewerId);
    if (shown === undefined) throw new Refusal(NOT_FOUND);
    return { refund: shown };
  };
  const oneDispute = async (id: Uuid) => {
    const recall = await recallById(house.db, id);
    if (recall === null) throw new Refusal(NOT_FOUND);
    const [shown] = await disputesJson(house, [recall]);
    if (shown === undefined) throw new Refusal(NOT_FOUND);
    return { dispute: shown };
  };

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

  app.get(
    '/v1/console/orders',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Orders by their id, their buyer’s handle or the provider’s id, newest first',
        tags: TAGS,
        querystring: ordersQuery,
        response: { 200: ordersAnswer },
      },
    },
    async (request) => ({
      items: await orderRowsJson(
        house,
        await searchOrders(
          house,
          request.query.q ?? '',
          request.query.show === 'parked',
          request.query.limit,
        ),
      ),
    }),
  );

  app.get(
    '/v1/console/orders/:id',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'One order: what could go back of it, what went back, what is disputed',
        tags: TAGS,
        params: orderParams,
        response: { 200: consoleOrderAnswer },
      },
    },
    async (request) =>
      consoleOrderJson(house, await anOrder(house, request.params.id), userOf(request).userId),
  );

  app.post(
    '/v1/console/orders/:id/refunds',
    {
      config: { access: 'operator', movesMoney: true },
      schema: {
        summary:
          'Refund unspent units of an order for its buyer, all or some. From the policy’s amount on, two operators decide',
        description:
          'Needs an Idempotency-Key. Where whoever took the money cannot give it back, somebody pays it by hand once it is decided, and says so.',
        tags: TAGS,
        params: orderParams,
        body: supportRefundBody,
        response: { 201: consoleRefundAnswer },
      },
    },
    async (request, reply) => {
      const { userId } = userOf(request);
      const { units, cents, reason } = request.body;
      const { refund, replayed } = await askRefund(shop, {
        order: await anOrder(house, request.params.id),
        by: { kind: 'support', operatorId: userId },
        units: units == null ? null : positive(units),
        shownCents: cents === undefined ? null : BigInt(cents),
        reason,
        key: idempotencyKey(request),
      });
      if (replayed) reply.header(REPLAYED_HEADER, 'true');
      return reply.code(201).send(await oneRefund(refund.id, userId));
    },
  );

  app.put(
    '/v1/console/orders/:id/resolution',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Resolve an order that waits for a person: credit what came, or say how it went back',
        tags: TAGS,
        params: orderParams,
        body: resolutionBody,
        response: { 200: consoleOrderAnswer },
      },
    },
    async (request) => {
      const { userId } = userOf(request);
      const { verdict, reason, reference } = request.body;
      const order = await anOrder(house, request.params.id);
      await resolveParked(shop, order, { verdict, reason, reference: reference ?? null, by: userId });
      return consoleOrderJson(house, await anOrder(house, request.params.id), userId);
    },
  );

  app.put(
    '/v1/console/orders/:id/resolution-decision',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Approve or reject how another operator would resolve an order that waits for a person',
        tags: TAGS,
        params: orderParams,
        body: refundDecisionBody,
        response: { 200: consoleOrderAnswer },
      },
    },
    async (request) => {
      const { userId } = userOf(request);
      const { approvalId, verdict, bodyHash, reason } = request.body;
      await decideResolution(shop, await anOrder(house, request.params.id), {
        approvalId: required('approval', approvalId),
        by: userId,
        verdict,
        bodyHash: Buffer.from(bodyHash, 'hex'),
        reason,
      });
      return consoleOrderJson(house, await anOrder(house, request.params.id), userId);
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
      return oneRefund(id, userId);
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
      return oneRefund(id, userId);
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
      return oneRefund(id, userId);
    },
  );

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
    async (request) => oneDispute(required('recall', request.params.id)),
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
      return oneDispute(id);
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

async function anOrder(house: House, publicOrderId: string): Promise<OrderRow> {
  const order = await orderById(house.db, required('order', publicOrderId));
  if (order === null) throw new Refusal(NOT_FOUND);
  return order;
}

async function searchOrders(house: House, text: string, parked: boolean, limit: number): Promise<OrderRow[]> {
  const { db } = house;
  const sought = text.trim().replace(/^@/, '');
  const byId = new RegExp(publicIdPattern('order')).test(sought) ? parsePublicId('order', sought) : null;
  const person = byId === null && sought !== '' ? await personByHandle(db, sought.toLowerCase()) : undefined;
  const rows = await db.query<{ id: Uuid }>(
    `select o.id from purchase_orders o left join purchase_checkouts c on c.order_id = o.id
      where ($1::text = '' or o.id = $2::uuid or o.user_id = $3::uuid or c.provider_ref = $1)
        and (not $5 or (exists (select from purchase_reviews v where v.order_id = o.id)
          and not exists (select from purchase_payments p where p.order_id = o.id)
          and not exists (select from purchase_resolution_states s where s.order_id = o.id and s.state = 'done')))
      order by o.created_at desc, o.id desc limit $4`,
    [sought, byId, person?.id ?? null, limit, parked],
  );
  const orders = await Promise.all(rows.map(({ id }) => orderById(db, id)));
  return orders.filter((order) => order !== null);
}

function positive(units: string): bigint {
  const value = BigInt(units);
  if (value > 0n) return value;
  throw new Refusal(INVALID_REQUEST, { field: 'units', rule: 'must be more than 0' }, '/units');
}

/** The id behind a public one; who may not see a thing need not know that it exists. */
function required(prefix: 'order' | 'refund' | 'recall' | 'approval', text: string): Uuid {
  const id = parsePublicId(prefix, text);
  if (id === null) throw new Refusal(NOT_FOUND);
  return id;
}

function committedOf(cursor: string): bigint {
  const [text] = decodeCursor(cursor, 1) ?? [];
  if (typeof text === 'string' && /^[0-9]{1,18}$|^[0-8][0-9]{18}$/.test(text)) return BigInt(text);
  throw new Refusal(INVALID_REQUEST, { field: 'cursor', rule: 'is not one that a page gave' }, '/cursor');
}

function placeOf(cursor: string): { at: Date; id: Uuid } {
  const [ms, id] = decodeCursor(cursor, 2) ?? [];
  if (typeof ms === 'number' && Number.isSafeInteger(ms) && Math.abs(ms) <= 8.64e15) {
    if (typeof id === 'string' && isUuid(id)) return { at: new Date(ms), id };
  }
  throw new Refusal(INVALID_REQUEST, { field: 'cursor', rule: 'is not one that a page gave' }, '/cursor');
}
