import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { parsePublicId } from '../core/ids.ts';
import { amountJson, type Ratio, UNITS_PER_DIAMOND } from '../core/money.ts';
import { Refusal } from '../core/refusal.ts';
import type { App, House } from '../house.ts';
import { idempotencyKey, REPLAYED_HEADER, requestHash } from '../http/idempotency.ts';
import { type UserPrincipal, userOf } from '../http/principal.ts';
import { INVALID_REQUEST, NOT_FOUND } from '../http/refusals.ts';
import { publicIdSchema } from '../http/schemas.ts';
import { requireGate } from '../identity/index.ts';
import { currentPolicy } from '../policy/index.ts';
import { currentRate } from '../rates/index.ts';
import { displayCentsPer } from '../wallet/index.ts';
import { quoteOf } from './crypto-quote.ts';
import { openOrder } from './open-order.ts';
import { openedOrderJson, orderJson } from './order-json.ts';
import { receiveWebhook } from './receive-webhook.ts';
import { diamondPackId, type Item, priceItem } from './rules.ts';
import {
  coinPacksSchema,
  coinQuoteSchema,
  diamondPacksSchema,
  diamondQuoteSchema,
  openOrdersSchema,
  orderAnswerSchema,
  orderBodySchema,
  paymentMethodsSchema,
  WHOLE_PATTERN,
} from './schema.ts';
import { cancelOrder } from './settle-order.ts';
import { fewestOf, PAY_METHODS, providerFor, type Shop } from './shop.ts';
import { type OrderRow, orderById, undecidedOrders } from './store.ts';

const orderParams = Type.Object({ id: publicIdSchema('order') });

export function purchaseRoutes(app: App, house: House, shop: Shop): void {
  const pricesNow = async () => {
    const nowMs = house.clock.now();
    return { policy: await currentPolicy(house.db, nowMs), rate: await currentRate(house.db, nowMs) };
  };
  const leastOf = (min: bigint, centsPerOne: Ratio) => fewestOf(shop, min, centsPerOne);

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
      const { policy, rate } = await pricesNow();
      const { packs, exactMinCoins, exactMaxCoins, centsPerCoin } = policy.coins;
      return {
        packs: packs.map((pack) => {
          const priced = orThrow(priceItem(policy, rate, { kind: 'pack', packId: pack.id }));
          return {
            id: pack.id,
            coins: amountJson('COIN', pack.coins),
            price: amountJson('USD', priced.priceCents),
            perCoin: displayCentsPer(priced.centsPerUnit),
          };
        }),
        exact: {
          min: amountJson('COIN', leastOf(exactMinCoins, centsPerCoin)),
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
        querystring: Type.Object({ coins: Type.String({ pattern: WHOLE_PATTERN }) }),
        response: { 200: coinQuoteSchema },
      },
    },
    async (request) => {
      const { policy, rate } = await pricesNow();
      const priced = orThrow(priceItem(policy, rate, { kind: 'coins', coins: BigInt(request.query.coins) }));
      const coins = amountJson('COIN', priced.units);
      const price = amountJson('USD', priced.priceCents);
      const perCoin = displayCentsPer(priced.centsPerUnit);
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

  app.get(
    '/v1/diamond-packs',
    {
      config: { access: 'public' },
      schema: {
        summary: 'What Diamonds cost now: the packs and the bounds of an exact amount',
        tags: ['purchases'],
        response: { 200: diamondPacksSchema },
      },
    },
    async () => {
      const { policy, rate } = await pricesNow();
      const { diamondPacks, diamondsMin, diamondsMax } = policy.buying;
      const diamonds = (whole: bigint) => amountJson('DIAMOND', whole * UNITS_PER_DIAMOND);
      const perOne = { ...rate.centsPerUnit, numerator: rate.centsPerUnit.numerator * UNITS_PER_DIAMOND };
      const perDiamond = displayCentsPer(perOne);
      return {
        packs: diamondPacks.map((whole) => {
          const id = diamondPackId(whole);
          const priced = orThrow(priceItem(policy, rate, { kind: 'pack', packId: id }));
          return { id, diamonds: diamonds(whole), price: amountJson('USD', priced.priceCents), perDiamond };
        }),
        exact: { min: diamonds(leastOf(diamondsMin, perOne)), max: diamonds(diamondsMax), perDiamond },
        centsPerDiamond: {
          numerator: perOne.numerator.toString(),
          denominator: perOne.denominator.toString(),
        },
        policyVersion: policy.version,
        rateVersion: rate.version,
      };
    },
  );

  app.get(
    '/v1/quotes/diamonds',
    {
      config: { access: 'public' },
      schema: {
        summary: 'What so many whole Diamonds cost now',
        tags: ['purchases'],
        querystring: Type.Object({ diamonds: Type.String({ pattern: WHOLE_PATTERN }) }),
        response: { 200: diamondQuoteSchema },
      },
    },
    async (request) => {
      const { policy, rate } = await pricesNow();
      const asked = BigInt(request.query.diamonds);
      const priced = orThrow(priceItem(policy, rate, { kind: 'diamonds', diamonds: asked }));
      const diamonds = amountJson('DIAMOND', priced.units);
      const price = amountJson('USD', priced.priceCents);
      const perDiamond = displayCentsPer({
        ...rate.centsPerUnit,
        numerator: rate.centsPerUnit.numerator * UNITS_PER_DIAMOND,
      });
      return {
        diamonds,
        price,
        perDiamond,
        how: [
          {
            label: diamonds.display,
            value: price.display,
            note: `${perDiamond} each, rounded up to a whole cent`,
          },
          {
            label: 'Rate of Diamonds',
            value: `Version ${rate.version}`,
            note: 'What a Diamond is worth now',
          },
          { label: 'Rate card', value: `Version ${policy.version}`, note: 'The policy in force' },
        ],
        policyVersion: policy.version,
        rateVersion: rate.version,
      };
    },
  );

  app.get(
    '/v1/payment-methods',
    {
      config: { access: 'public' },
      schema: {
        summary: 'How one can pay here, and whether whoever takes the money answers now',
        tags: ['purchases'],
        response: { 200: paymentMethodsSchema },
      },
    },
    async () => ({
      methods: PAY_METHODS.flatMap((method) => {
        const provider = providerFor(shop, method);
        if (provider === null) return [];
        const { id, mode, capabilities } = provider;
        const min = amountJson('USD', capabilities.minCents);
        return [{ method, provider: id, mode, available: provider.available(), min }];
      }),
    }),
  );

  app.post(
    '/v1/orders',
    {
      config: { access: 'user', movesMoney: true },
      schema: {
        summary: 'Order Coins or Diamonds; the answer names the page where to pay',
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
        method: body.method ?? 'card',
        shownCents: body.priceCents === undefined ? null : BigInt(body.priceCents),
        idempotencyKey: idempotencyKey(request),
        requestHash: requestHash('POST', '/v1/orders', body),
        returnTo: returnAddress(request, house.config.publicOrigin, body.returnTo ?? '/wallet'),
        mayBuy: () => requireGate(house, 'buy', user.userId),
      });
      if (replayed) reply.header(REPLAYED_HEADER, 'true');
      return reply.code(201).send({ order: openedOrderJson(order) });
    },
  );

  app.get(
    '/v1/me/orders/open',
    {
      config: { access: 'user' },
      schema: {
        summary: 'Your orders of which nobody knows yet how they end, the oldest first',
        tags: ['purchases'],
        response: { 200: openOrdersSchema },
      },
    },
    async (request) => {
      const orders = await undecidedOrders(house.db, userOf(request).userId);
      return { items: orders.map((order) => orderJson(order)) };
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
    async (request) => {
      const order = await ownOrder(shop, userOf(request), request.params.id);
      return { order: orderJson(order, await quoteOf(shop, order)) };
    },
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
      return { order: orderJson(await cancelOrder(shop, order, 'asked')) };
    },
  );
}

/** Where providers' webhooks arrive. The signature is over the bytes as sent, so the body is not parsed here. */
export async function webhookRoutes(app: App, shop: Shop): Promise<void> {
  await app.register(async (instance) => {
    const scope = instance as unknown as App;
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    for (const id of ['stripe', 'btcpay'] as const) {
      scope.post(
        `/v1/webhooks/${id}`,
        {
          config: { access: 'public', origin: 'any' },
          schema: {
            summary: `What ${id} tells about payments; signed`,
            tags: ['purchases'],
            response: { 204: Type.Null() },
          },
        },
        async (request, reply) => {
          const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
          const provider = shop.providers.find((known) => known.id === id) ?? null;
          await receiveWebhook(shop, provider, raw, request.headers);
          return reply.code(204).send(null);
        },
      );
    }
  });
}

function orThrow<T>(priced: T | Refusal): T {
  if (priced instanceof Refusal) throw priced;
  return priced;
}

type ItemJson =
  | { readonly kind: 'pack'; readonly packId: string }
  | { readonly kind: 'exact'; readonly coins: string }
  | { readonly kind: 'exact'; readonly diamonds: string };

function itemOf(item: ItemJson): Item {
  if (item.kind === 'pack') return item;
  return 'coins' in item
    ? { kind: 'coins', coins: BigInt(item.coins) }
    : { kind: 'diamonds', diamonds: BigInt(item.diamonds) };
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
