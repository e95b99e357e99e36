import { Type } from 'typebox';
import { amountSchema, howLineSchema, nullable, publicIdSchema, strictObject } from '../http/schemas.ts';

/** Whole numbers as a request names them: digits, no sign, no leading zero. How many may be bought, the policy says. */
export const WHOLE_PATTERN = '^(0|[1-9][0-9]{0,18})$';

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

export const diamondPacksSchema = strictObject({
  packs: Type.Array(
    strictObject({
      id: Type.String(),
      diamonds: amountSchema,
      price: amountSchema,
      perDiamond: Type.String({ examples: ['1.35¢'] }),
    }),
  ),
  exact: strictObject({ min: amountSchema, max: amountSchema, perDiamond: Type.String() }),
  centsPerDiamond: strictObject({ numerator: Type.String(), denominator: Type.String() }),
  policyVersion: Type.Integer(),
  rateVersion: Type.Integer(),
});

export const diamondQuoteSchema = strictObject({
  diamonds: amountSchema,
  price: amountSchema,
  perDiamond: Type.String(),
  how: Type.Array(howLineSchema),
  policyVersion: Type.Integer(),
  rateVersion: Type.Integer(),
});

const methodSchema = Type.Enum(['card', 'wallet', 'crypto']);

export const paymentMethodsSchema = strictObject({
  methods: Type.Array(
    strictObject({
      method: methodSchema,
      provider: Type.String({ examples: ['stripe'] }),
      mode: Type.Enum(['live', 'test', 'sandbox']),
      available: Type.Boolean({ description: 'false while the provider does not answer.' }),
      min: amountSchema,
    }),
  ),
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
      strictObject({ kind: Type.Literal('exact'), coins: Type.String({ pattern: WHOLE_PATTERN }) }),
      strictObject({ kind: Type.Literal('exact'), diamonds: Type.String({ pattern: WHOLE_PATTERN }) }),
    ]),
    method: Type.Optional(
      Type.Enum(['card', 'wallet', 'crypto'], { description: 'How it is paid; by card unless told.' }),
    ),
    priceCents: Type.Optional(
      Type.String({
        pattern: WHOLE_PATTERN,
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

const cryptoSchema = strictObject({
  currency: Type.String({ examples: ['BTC'] }),
  address: Type.String(),
  link: Type.String({ description: 'Opens a wallet, with address and amount.' }),
  amount: Type.String({ description: 'A decimal, as wallets show it.', examples: ['0.00004625'] }),
  paid: Type.String(),
  due: Type.String(),
  until: Type.String({ format: 'date-time', description: 'The quote holds until then.' }),
  seen: Type.Boolean({ description: 'Whether a payment in full is on its way.' }),
  confirmations: nullable(Type.Integer()),
  confirmationsNeeded: Type.Integer(),
});

export const orderSchema = strictObject({
  id: publicIdSchema('order'),
  state: Type.Enum([...ORDER_STATES]),
  reason: nullable(Type.String(), {
    description:
      'Why it ended without a payment, as the provider says: insufficient_funds, card_declined …; or over_limit, buying_closed: its page was closed for that.',
  }),
  packId: nullable(Type.String()),
  bought: amountSchema,
  price: amountSchema,
  method: methodSchema,
  provider: Type.String(),
  mode: Type.Enum(['live', 'test', 'sandbox'], { description: 'Only in live does money move.' }),
  problem: nullable(Type.String(), {
    description: 'Why a person looks at it: paid_partial, amount_mismatch …',
  }),
  crypto: nullable(cryptoSchema),
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
  rateVersion: nullable(Type.Integer()),
});

export const orderAnswerSchema = strictObject({ order: orderSchema });

export const openOrdersSchema = strictObject({ items: Type.Array(orderSchema) });
