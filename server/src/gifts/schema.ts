import { Type } from 'typebox';
import {
  amountSchema,
  howLineSchema,
  nullable,
  pageQuery,
  pageSchema,
  publicIdSchema,
  strictObject,
} from '../http/schemas.ts';

const UUID_V7 = '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$';
const KEY = '^[\\x21-\\x7e]{1,255}$';

const asked = {
  stageId: publicIdSchema('stage'),
  giftId: Type.String({
    pattern: '^[a-z][a-z0-9_]{0,39}$',
    description: 'Which gift of the catalogue: `rose`.',
  }),
  to: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 100,
      description:
        'Whom it is for, by id or handle: a guest on the stage. The stage’s own creator unless told.',
    }),
  ),
};
const streakAsked = {
  streakId: Type.Optional(Type.String({ pattern: UUID_V7, description: 'A UUIDv7 that the client made.' })),
  count: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 9_999_999,
      description: 'How many the streak has in all with this request: absolute, so a repeat changes nothing.',
    }),
  ),
};
// Bounds come with the policy; what is no number of things at all is refused here.
const quantity = Type.Integer({ minimum: 0, maximum: 9_999_999, description: 'How many; 1 unless told.' });

/** The body of `POST /v1/gifts`. */
export const giftBody = strictObject({ ...asked, quantity: Type.Optional(quantity), ...streakAsked });

/** The socket frame `gift`. */
export const giftFrame = strictObject({
  t: Type.Literal('gift'),
  key: Type.String({ pattern: KEY }),
  ...asked,
  quantity: Type.Optional(quantity),
  ...streakAsked,
});

export const catalogueSchema = strictObject({
  version: Type.String(),
  quantities: Type.Array(Type.Integer(), { description: 'How many the tray offers at one press.' }),
  gifts: Type.Array(
    strictObject({
      id: Type.String(),
      name: Type.String(),
      art: Type.String({ description: 'Code points of its picture.' }),
      tier: Type.Integer({ description: '1 Spark, 2 Glow, 3 Shine, 4 Brilliant, 5 Legend.' }),
      price: amountSchema,
      money: amountSchema,
      creatorGets: amountSchema,
      streakable: Type.Boolean(),
      dear: Type.Boolean({ description: 'Asks for a second look and can be undone before it is sent.' }),
      tabs: Type.Array(Type.String()),
      keywords: Type.Array(Type.String()),
    }),
  ),
});

const personSchema = strictObject({
  id: Type.String(),
  handle: Type.String(),
  displayName: Type.String(),
  avatar: Type.String(),
});

/** The steps of a gift, in their order. */
export const GIFT_STEPS = [
  'requested',
  'debited',
  'shown',
  'pending',
  'held',
  'reversed',
  'available',
] as const;
export type GiftStep = (typeof GIFT_STEPS)[number];

const time = Type.String({ format: 'date-time' });

const itemSchema = strictObject({
  id: Type.String(),
  name: Type.String(),
  art: Type.String(),
  tier: Type.Integer(),
});

/** Why something becomes available later than others. */
export const delaySchema = nullable(
  strictObject({
    reason: Type.String({ examples: ['It waits longer than usual, in case a bank takes the payment back.'] }),
    usualAt: time,
    latestAt: time,
  }),
  {
    description:
      'Null: it is due on the usual date, or is there. usualAt: when it would have been due like others; latestAt: this rule never makes it later than that. Only a dispute of the payment holds it longer, with a date of its own.',
  },
);

/** Why something does not mature until a thing is decided. */
export const heldSchema = nullable(
  strictObject({
    reason: Type.String({ examples: ['Card disputed'] }),
    decidedBy: Type.String({ examples: ['The fan’s bank'] }),
    until: Type.String({ format: 'date-time', description: 'Decided by then, at the latest.' }),
  }),
);

/** What was taken back of something before it matured. */
export const reversedSchema = nullable(
  strictObject({ amount: amountSchema, reason: Type.String(), at: time }),
  { description: 'What was taken back of it, all or a part.' },
);

export const receiptSchema = strictObject({
  id: publicIdSchema('gift'),
  gift: itemSchema,
  quantity: Type.Integer(),
  sender: personSchema,
  receiver: personSchema,
  stageId: publicIdSchema('stage'),
  coins: amountSchema,
  money: amountSchema,
  diamonds: amountSchema,
  streak: nullable(strictObject({ id: Type.String(), count: Type.Integer(), final: Type.Boolean() })),
  status: Type.Enum([...GIFT_STEPS], {
    description:
      'held: it does not mature until something is decided; reversed: taken back before it matured.',
  }),
  held: heldSchema,
  reversed: reversedSchema,
  delay: delaySchema,
  steps: Type.Array(
    strictObject({
      step: Type.Enum([...GIFT_STEPS]),
      at: nullable(time),
      expected: Type.Optional(time),
      note: Type.String(),
    }),
  ),
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
  rateVersion: Type.Integer(),
});

export const sentSchema = strictObject({ gift: receiptSchema, coins: amountSchema });

/** On which side of a gift somebody is. */
export const GIFT_SIDES = ['sender', 'receiver'] as const;
export type GiftSide = (typeof GIFT_SIDES)[number];

export const ownGiftsQuery = Type.Object({
  ...pageQuery,
  as: Type.Enum([...GIFT_SIDES], { default: 'sender', description: 'Those that you gave, or were given.' }),
});

/** One gift in the list of somebody who gave it or was given it. */
export const ownGiftSchema = strictObject({
  id: publicIdSchema('gift'),
  at: time,
  gift: itemSchema,
  quantity: Type.Integer(),
  sender: personSchema,
  receiver: personSchema,
  stageId: publicIdSchema('stage'),
  coins: amountSchema,
  money: amountSchema,
  diamonds: amountSchema,
  status: Type.Enum([...GIFT_STEPS]),
  maturesAt: time,
});

export const ownGiftsSchema = pageSchema(ownGiftSchema);
