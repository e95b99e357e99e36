import { Type } from 'typebox';
import {
  amountSchema,
  howLineSchema,
  nullable,
  pageQuery,
  pageSchema,
  strictObject,
} from '../http/schemas.ts';

/** The accounts of a wallet, as a statement names them. */
export const WALLET_ACCOUNTS = [
  'coins',
  'diamonds_purchased',
  'diamonds_pending',
  'diamonds_available',
] as const;
export type WalletAccount = (typeof WALLET_ACCOUNTS)[number];

export const walletSchema = strictObject({
  coins: amountSchema,
  coinsMoney: amountSchema,
  diamonds: strictObject({
    purchased: amountSchema,
    purchasedMoney: amountSchema,
    pending: amountSchema,
    pendingMoney: amountSchema,
    available: amountSchema,
    availableMoney: amountSchema,
  }),
  policyVersion: Type.Integer(),
  rateVersion: Type.Integer(),
  asOf: Type.String({ format: 'date-time' }),
});

export const entrySchema = strictObject({
  id: Type.String({ examples: ['tx_0190b2c4a1f27c3e8d4b5a6978801234'] }),
  at: Type.String({ format: 'date-time' }),
  kind: Type.String({ examples: ['purchase', 'gift'] }),
  account: Type.Enum([...WALLET_ACCOUNTS]),
  title: Type.String(),
  detail: Type.String(),
  art: nullable(Type.String(), {
    description: 'Code points of its picture, such as 1f339.',
  }),
  amount: amountSchema,
  money: nullable(amountSchema),
  balanceAfter: amountSchema,
  group: nullable(strictObject({ id: Type.String(), title: Type.String(), count: Type.Integer() }), {
    description: 'The streak it is a part of: entries of one group are shown as one.',
  }),
  status: Type.Enum(['settled', 'pending', 'reversed']),
  link: nullable(
    strictObject({
      type: Type.Enum(['gift', 'order', 'question', 'withdrawal', 'transfer']),
      id: Type.String(),
    }),
  ),
});

const filters = {
  asset: Type.Optional(Type.Enum(['COIN', 'DIAMOND'])),
  kind: Type.Optional(Type.String({ maxLength: 40, description: 'purchase, gift …' })),
  direction: Type.Optional(Type.Enum(['in', 'out'])),
  from: Type.Optional(Type.String({ maxLength: 40, description: 'ISO 8601, included.' })),
  to: Type.Optional(Type.String({ maxLength: 40, description: 'ISO 8601, not included.' })),
};

export const entriesQuery = Type.Object({ ...pageQuery, ...filters });
export const entriesCsvQuery = Type.Object(filters);

export const entriesSchema = pageSchema(entrySchema);

export const receiptSchema = strictObject({
  entry: entrySchema,
  how: Type.Array(howLineSchema),
  legs: Type.Array(
    strictObject({
      id: Type.String(),
      account: Type.String({ examples: ['you:coins', 'platform:coins_spent'] }),
      yours: Type.Boolean(),
      debit: nullable(amountSchema),
      credit: nullable(amountSchema),
      balanceAfter: nullable(amountSchema),
    }),
  ),
});
