import { hash } from 'node:crypto';
import { Type } from 'typebox';
import { parsePublicId, publicId } from '../core/ids.ts';
import { amountJson, convertUp } from '../core/money.ts';
import { Refusal } from '../core/refusal.ts';
import type { App, House } from '../house.ts';
import { idempotencyKey, REPLAYED_HEADER } from '../http/idempotency.ts';
import { userOf } from '../http/principal.ts';
import { INVALID_REQUEST, NOT_FOUND } from '../http/refusals.ts';
import { strictObject } from '../http/schemas.ts';
import { currentPolicy, type Policy } from '../policy/index.ts';
import { type Catalogue, onTray, QUANTITY_PRESETS } from './catalogue.ts';
import { giftingOf } from './gifting.ts';
import { ownGifts } from './own-gifts.ts';
import { giftReceipt, maySee } from './receipt.ts';
import { diamondUnitsOf, isDear, isStreakable } from './rules.ts';
import {
  catalogueSchema,
  giftBody,
  ownGiftsQuery,
  ownGiftsSchema,
  receiptSchema,
  sentSchema,
} from './schema.ts';
import { type GiftRequest, giftByKey, sendGift } from './send-gift.ts';
import { giftById } from './store.ts';

/** An answer without a body. */
const nothing = Type.Unsafe<undefined>(
  Type.Null({ description: 'The version that you have is the newest.' }),
);

export function giftRoutes(app: App, house: House): void {
  const gifting = giftingOf(house);

  app.get(
    '/v1/gifts/catalogue',
    {
      config: { access: 'public' },
      schema: {
        summary: 'What can be given now, with its price in Coins and money and what the creator gets',
        tags: ['gifts'],
        response: { 200: catalogueSchema, 304: nothing },
      },
    },
    async (request, reply) => {
      const nowMs = house.clock.now();
      const policy = await currentPolicy(house.db, nowMs);
      const tray = trayOf(await gifting.catalogue.now(), policy, nowMs);
      const tag = `"${tray.version}"`;
      reply.header('etag', tag).header('cache-control', 'public, max-age=0, must-revalidate');
      if (request.headers['if-none-match'] === tag) return reply.code(304).send(undefined);
      return tray;
    },
  );

  app.post(
    '/v1/gifts',
    {
      config: { access: 'user', movesMoney: true },
      schema: {
        summary: 'Send a gift, or carry a streak on to an absolute count',
        description:
          'Repeat it with the same Idempotency-Key as often as needed, here or over the socket: it happens once.',
        tags: ['gifts'],
        body: giftBody,
        response: { 201: sentSchema },
      },
    },
    async (request, reply) => {
      const asked = readGift(request.body, idempotencyKey(request));
      const sent = await sendGift(gifting, userOf(request).userId, asked);
      if (sent.replayed) reply.header(REPLAYED_HEADER, 'true');
      reply.code(201).header('location', `/v1/gifts/${publicId('gift', sent.gift.id)}`);
      return {
        gift: await giftReceipt(gifting, sent.gift),
        coins: amountJson('COIN', sent.coinsLeft),
      };
    },
  );

  app.get(
    '/v1/gifts/:id',
    {
      config: { access: 'user' },
      schema: {
        summary: 'One gift, step by step, for its sender, its receiver and staff',
        tags: ['gifts'],
        params: strictObject({ id: Type.String() }),
        response: { 200: strictObject({ gift: receiptSchema }) },
      },
    },
    async (request) => {
      const id = parsePublicId('gift', request.params.id);
      const gift = id === null ? undefined : await giftById(house.db, id);
      if (gift === undefined || !maySee(gift, userOf(request))) throw new Refusal(NOT_FOUND);
      return { gift: await giftReceipt(gifting, gift) };
    },
  );

  app.get(
    '/v1/gifts/by-key/:key',
    {
      config: { access: 'user' },
      schema: {
        summary: 'What became of a request whose answer was lost; 404 when it was never accepted',
        tags: ['gifts'],
        params: strictObject({ key: Type.String({ maxLength: 255 }) }),
        response: { 200: strictObject({ gift: receiptSchema }) },
      },
    },
    async (request) => {
      const gift = await giftByKey(gifting, userOf(request).userId, request.params.key);
      if (gift === undefined) throw new Refusal(NOT_FOUND);
      return { gift: await giftReceipt(gifting, gift) };
    },
  );

  app.get(
    '/v1/me/gifts',
    {
      config: { access: 'user' },
      schema: {
        summary: 'The gifts that you gave, or were given, newest first',
        description:
          'A page may hold fewer gifts than asked for, also none, while nextCursor says that there is more: they are looked for among a bounded number of entries at once.',
        tags: ['gifts'],
        querystring: ownGiftsQuery,
        response: { 200: ownGiftsSchema },
      },
    },
    async (request) => {
      const { as, cursor, limit } = request.query;
      return ownGifts(gifting, userOf(request).userId, as, { cursor, limit });
    },
  );
}

/** A body or a frame as a request. Refuses a streak without a count and a count without a streak. */
export function readGift(
  asked: {
    readonly stageId: string;
    readonly giftId: string;
    readonly to?: string;
    readonly quantity?: number;
    readonly streakId?: string;
    readonly count?: number;
  },
  key: string,
): GiftRequest {
  const stageId = parsePublicId('stage', asked.stageId);
  if (stageId === null) throw new Refusal(NOT_FOUND, {}, '/stageId');
  const { streakId = null, count = null } = asked;
  if ((streakId === null) !== (count === null)) {
    const field = streakId === null ? 'streakId' : 'count';
    throw new Refusal(INVALID_REQUEST, { field, rule: 'is missing' }, `/${field}`);
  }
  const { giftId: catalogueId, quantity = 1, to } = asked;
  return { key, stageId, to, catalogueId, quantity, streakId, count };
}

/** The tray: the gifts that can be sent now, with the prices of the policy in force. */
function trayOf(catalogue: Catalogue, policy: Policy, nowMs: number) {
  const gifts = onTray(catalogue, nowMs);
  return {
    version: hash(
      'sha256',
      `${catalogue.version} ${policy.version} ${gifts.map(({ id }) => id).join()}`,
      'hex',
    ).slice(0, 16),
    quantities: QUANTITY_PRESETS.filter((quantity) => quantity <= policy.gifts.quantityMax),
    gifts: gifts.map((gift) => ({
      id: gift.id,
      name: gift.name,
      art: gift.art,
      tier: gift.tier,
      price: amountJson('COIN', gift.priceCoins),
      money: amountJson('USD', convertUp(gift.priceCoins, policy.coins.centsPerCoin)),
      creatorGets: amountJson('DIAMOND', diamondUnitsOf(gift, policy.gifts)),
      streakable: isStreakable(gift, policy.gifts),
      dear: isDear(gift, policy.gifts),
      tabs: [...gift.tabs],
      keywords: [...gift.keywords],
    })),
  };
}
