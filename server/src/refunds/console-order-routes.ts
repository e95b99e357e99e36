import { parsePublicId, publicIdPattern, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { App, House } from '../house.ts';
import { idempotencyKey, REPLAYED_HEADER } from '../http/idempotency.ts';
import { userOf } from '../http/principal.ts';
import { INVALID_REQUEST, NOT_FOUND } from '../http/refusals.ts';
import { required } from '../http/required-id.ts';
import { personByHandle } from '../identity/index.ts';
import { type OrderRow, orderById, shopOf } from '../purchases/index.ts';
import { askRefund } from './ask-refund.ts';
import { oneRefund } from './console-routes.ts';
import { decideResolution, resolveParked } from './resolve-parked.ts';
import {
  consoleOrderAnswer,
  consoleRefundAnswer,
  orderParams,
  ordersAnswer,
  ordersQuery,
  refundDecisionBody,
  resolutionBody,
  supportRefundBody,
} from './schema.ts';
import { consoleOrderJson, orderRowsJson } from './show.ts';

const TAGS = ['console'];

/** What operators do with orders: find them, refund what is unspent, resolve what waits for a person. */
export function consoleOrderRoutes(app: App, house: House): void {
  const shop = shopOf(house);

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
      return reply.code(201).send(await oneRefund(house, refund.id, userId));
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
