import { Type } from 'typebox';
import { amountSchema, howLineSchema, nullable, publicIdSchema, strictObject } from '../http/schemas.ts';

/** Coins as a request names them: digits, no sign, no leading zero. How many may be bought, the policy says. */
export const COINS_PATTERN = '^(0|[1-9][0-9]{0,18})$';

export const coinPackSchema = strictObject({
  id: Type.String(),
  coins: amountSchema,
  price: amountSchema,
  perCoin: Type.String({ examples: ['1.35¢'] }),
});

export const coinPacksSchema = strictObject({
  packs: Type.Array(coinPackSchema),
  exact: strictObject({ min: amountSchema, max: amountSchema, perCoin: Type.String() }),
  policyVersion: Type.Integer(),
});

export const coinQuoteSchema = strictObject({
  coins: amountSchema,
  price: amountSchema,
  perCoin: Type.String(),
  how: Type.Array(howLineSchema),
  policyVersion: Type.Integer(),
});

export const orderBodySchema = Type.Object(
  {
    item: Type.Union([
      strictObject({ kind: Type.Literal('pack'), packId: Type.String({ minLength: 1, maxLength: 60 }) }),
      strictObject({ kind: Type.Literal('exact'), coins: Type.String({ pattern: COINS_PATTERN }) }),
    ]),
    priceCents: Type.Optional(
      Type.String({
        pattern: COINS_PATTERN,
        description: 'The price that the person saw. Another price now is refused with price_changed.',
      }),
    ),
    returnTo: Type.Optional(
      Type.String({
        // A path of this site; `//host` and `/\host` would lead elsewhere.
        pattern: '^/(?![/\\\\])[!-~]*$',
        maxLength: 300,
        description: 'Where the browser goes after paying; the order is added as ?order=.',
      }),
    ),
  },
  {
    additionalProperties: false,
    examples: [{ item: { kind: 'exact', coins: '219' }, priceCents: '296', returnTo: '/wallet' }],
  },
);

export const ORDER_STATES = [
  'awaiting_payment',
  'paid',
  'declined',
  'canceled',
  'expired',
  'unknown',
  'in_review',
] as const;
export type OrderState = (typeof ORDER_STATES)[number];

export const orderSchema = strictObject({
  id: publicIdSchema('order'),
  state: Type.Enum([...ORDER_STATES]),
  reason: nullable(Type.String(), {
    description: 'Why it ended without a payment, as the provider says: insufficient_funds, card_declined …',
  }),
  packId: nullable(Type.String()),
  coins: amountSchema,
  price: amountSchema,
  checkoutUrl: nullable(Type.String()),
  createdAt: Type.String({ format: 'date-time' }),
  expiresAt: Type.String({ format: 'date-time' }),
  paidAt: nullable(Type.String()),
  transfers: Type.Array(
    strictObject({
      id: publicIdSchema('tx'),
      amount: amountSchema,
      from: Type.String(),
      to: Type.String(),
    }),
  ),
  how: Type.Array(howLineSchema),
  policyVersion: Type.Integer(),
});

export const orderAnswerSchema = strictObject({ order: orderSchema });
