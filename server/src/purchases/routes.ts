import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { parsePublicId } from '../core/ids.ts';
import { amountJson } from '../core/money.ts';
import { Refusal } from '../core/refusal.ts';
import type { App, House } from '../house.ts';
import { idempotencyKey, REPLAYED_HEADER, requestHash } from '../http/idempotency.ts';
import { type UserPrincipal, userOf } from '../http/principal.ts';
import { INVALID_REQUEST, NOT_FOUND } from '../http/refusals.ts';
import { publicIdSchema } from '../http/schemas.ts';
import { requireGate } from '../identity/index.ts';
import { currentPolicy } from '../policy/index.ts';
import { displayCentsPer } from '../wallet/index.ts';
import { openOrder } from './open-order.ts';
import { openedOrderJson, orderJson } from './order-json.ts';
import { receiveWebhook } from './receive-webhook.ts';
import { BUYING_NOT_SET_UP } from './refusals.ts';
import { type Item, priceItem } from './rules.ts';
import {
  COINS_PATTERN,
  coinPacksSchema,
  coinQuoteSchema,
  orderAnswerSchema,
  orderBodySchema,
} from './schema.ts';
import { cancelOrder } from './settle-order.ts';
import type { Shop } from './shop.ts';
import { type OrderRow, orderById } from './store.ts';

const orderParams = Type.Object({ id: publicIdSchema('order') });

export function purchaseRoutes(app: App, house: House, shop: Shop): void {
  app.get(
    '/v1/coin-packs',
    {
      config: { access: 'public' },
      schema: {
        summary: 'What Coins cost: the packs and the bounds of an exact amount',
        tags: ['purchases'],
        response: { 200: coinPacksSchema },
      },
    },
    async () => {
      const policy = await currentPolicy(house.db, house.clock.now());
      const { packs, exactMinCoins, exactMaxCoins, centsPerCoin } = policy.coins;
      return {
        packs: packs.map((pack) => {
          const priced = orThrow(priceItem(policy, { kind: 'pack', packId: pack.id }));
          return {
            id: pack.id,
            coins: amountJson('COIN', pack.coins),
            price: amountJson('USD', priced.priceCents),
            perCoin: displayCentsPer(priced.centsPerCoin),
          };
        }),
        exact: {
          min: amountJson('COIN', exactMinCoins),
          max: amountJson('COIN', exactMaxCoins),
          perCoin: displayCentsPer(centsPerCoin),
        },
        policyVersion: policy.version,
      };
    },
  );

  app.get(
    '/v1/quotes/coins',
    {
      config: { access: 'public' },
      schema: {
        summary: 'What an exact amount of Coins costs now',
        tags: ['purchases'],
        querystring: Type.Object({ coins: Type.String({ pattern: COINS_PATTERN }) }),
        response: { 200: coinQuoteSchema },
      },
    },
    async (request) => {
      const policy = await currentPolicy(house.db, house.clock.now());
      const priced = orThrow(priceItem(policy, { kind: 'exact', coins: BigInt(request.query.coins) }));
      const coins = amountJson('COIN', priced.coins);
      const price = amountJson('USD', priced.priceCents);
      const perCoin = displayCentsPer(priced.centsPerCoin);
      return {
        coins,
        price,
        perCoin,
        how: [
          { label: coins.display, value: price.display, note: `${perCoin} each, rounded up to a whole cent` },
          { label: 'Rate card', value: `Version ${policy.version}`, note: 'The policy in force' },
        ],
        policyVersion: policy.version,
      };
    },
  );

  app.post(
    '/v1/orders',
    {
      config: { access: 'user', movesMoney: true },
      schema: {
        summary: 'Order Coins; the answer names the page where to pay',
        description: 'Needs an Idempotency-Key. The same key and body again give the first answer.',
        tags: ['purchases'],
        body: orderBodySchema,
        response: { 201: orderAnswerSchema },
      },
    },
    async (request, reply) => {
      const user = userOf(request);
      const { body } = request;
      const { order, replayed } = await openOrder(shop, {
        userId: user.userId,
        item: itemOf(body.item),
        shownCents: body.priceCents === undefined ? null : BigInt(body.priceCents),
        idempotencyKey: idempotencyKey(request),
        requestHash: requestHash('POST', '/v1/orders', body),
        returnTo: returnAddress(request, house.config.publicOrigin, body.returnTo ?? '/wallet'),
        mayBuy: () => {
          if (!house.config.sandbox) throw new Refusal(BUYING_NOT_SET_UP);
          return requireGate(house, 'buy', user.userId);
        },
      });
      if (replayed) reply.header(REPLAYED_HEADER, 'true');
      return reply.code(201).send({ order: openedOrderJson(order) });
    },
  );

  app.get(
    '/v1/orders/:id',
    {
      config: { access: 'user' },
      schema: {
        summary: 'One order of your own, as it stands now',
        tags: ['purchases'],
        params: orderParams,
        response: { 200: orderAnswerSchema },
      },
    },
    async (request) => ({ order: orderJson(await ownOrder(shop, userOf(request), request.params.id)) }),
  );

  app.post(
    '/v1/orders/:id/cancel',
    {
      config: { access: 'user' },
      schema: {
        summary: 'Close the payment page of an order; a payment that came first stays',
        tags: ['purchases'],
        params: orderParams,
        response: { 200: orderAnswerSchema },
      },
    },
    async (request) => {
      const order = await ownOrder(shop, userOf(request), request.params.id);
      return { order: orderJson(await cancelOrder(shop, order)) };
    },
  );
}

/** Where a provider's webhooks arrive. The signature is over the bytes as sent, so the body is not parsed here. */
export async function webhookRoute(app: App, shop: Shop): Promise<void> {
  await app.register(async (instance) => {
    const scope = instance as unknown as App;
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.post(
      `/v1/webhooks/${shop.provider.id}`,
      {
        config: { access: 'public', origin: 'any' },
        schema: {
          summary: `What ${shop.provider.id} tells about payments; signed`,
          tags: ['purchases'],
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        await receiveWebhook(shop, raw, request.headers);
        return reply.code(204).send(null);
      },
    );
  });
}

function orThrow<T>(priced: T | Refusal): T {
  if (priced instanceof Refusal) throw priced;
  return priced;
}

function itemOf(item: { kind: 'pack'; packId: string } | { kind: 'exact'; coins: string }): Item {
  return item.kind === 'pack' ? item : { kind: 'exact', coins: BigInt(item.coins) };
}

/** An absolute address of this site, from the path that the client asked for. */
function returnAddress(request: FastifyRequest, publicOrigin: string | undefined, path: string): URL {
  const origin = publicOrigin ?? `${request.protocol}://${request.host}`;
  // A host that a client makes up need not be one.
  const address = URL.parse(path, origin);
  if (address !== null && address.origin === URL.parse(origin)?.origin) return address;
  throw new Refusal(INVALID_REQUEST, { field: 'returnTo', rule: 'must be a path of this site' }, '/returnTo');
}

/** The order, if it is this person's. Refuses with `not_found`: who may not see it need not know that it exists. */
async function ownOrder(shop: Shop, user: UserPrincipal, publicOrderId: string): Promise<OrderRow> {
  const id = parsePublicId('order', publicOrderId);
  const order = id === null ? null : await orderById(shop.house.db, id);
  if (order === null || order.userId !== user.userId) throw new Refusal(NOT_FOUND);
  return order;
}
