import { parsePublicId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { App, House } from '../house.ts';
import { idempotencyKey, REPLAYED_HEADER } from '../http/idempotency.ts';
import { userOf } from '../http/principal.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { type OrderRow, orderById, shopOf } from '../purchases/index.ts';
import { askRefund } from './ask-refund.ts';
import { orderParams, refundAnswer, refundBody, refundOfferAnswer } from './schema.ts';
import { offerJson, refundsJson } from './show.ts';

/** What fans do with what they bought and did not use. */
export function refundRoutes(app: App, house: House): void {
  const shop = shopOf(house);

  app.get(
    '/v1/orders/:id/refund',
    {
      config: { access: 'user' },
      schema: {
        summary: 'What could go back of an order of your own now, why or why not, and what went back',
        tags: ['refunds'],
        params: orderParams,
        response: { 200: refundOfferAnswer },
      },
    },
    async (request) => offerJson(shop, await ownOrder(house, userOf(request).userId, request.params.id)),
  );

  app.post(
    '/v1/orders/:id/refunds',
    {
      config: { access: 'user', movesMoney: true },
      schema: {
        summary: 'Give back all that is unspent of an order of your own',
        description: 'Needs an Idempotency-Key. The same key again gives the same refund as it stands now.',
        tags: ['refunds'],
        params: orderParams,
        body: refundBody,
        response: { 201: refundAnswer },
      },
    },
    async (request, reply) => {
      const order = await ownOrder(house, userOf(request).userId, request.params.id);
      const { refund, replayed } = await askRefund(shop, {
        order,
        by: { kind: 'fan' },
        units: null,
        shownCents: request.body.cents === undefined ? null : BigInt(request.body.cents),
        reason: request.body.reason ?? null,
        key: idempotencyKey(request),
      });
      if (replayed) reply.header(REPLAYED_HEADER, 'true');
      const [shown] = await refundsJson(house, [refund]);
      if (shown === undefined) throw new Error(`refund ${refund.id} cannot be shown`);
      return reply.code(201).send({ refund: shown });
    },
  );
}

/** The order, if it is this person's. Refuses with `not_found`. */
async function ownOrder(house: House, userId: Uuid, publicOrderId: string): Promise<OrderRow> {
  const id = parsePublicId('order', publicOrderId);
  const order = id === null ? null : await orderById(house.db, id);
  if (order === null || order.userId !== userId) throw new Refusal(NOT_FOUND);
  return order;
}
