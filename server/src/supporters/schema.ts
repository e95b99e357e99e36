import Type, { type Static } from 'typebox';
import { RANK_PERIODS } from '../gifts/index.ts';
import {
  amountSchema,
  nullable,
  pageQuery,
  pageSchema,
  publicIdSchema,
  strictObject,
} from '../http/schemas.ts';
import { rankedPersonSchema } from '../identity/index.ts';

const periodSchema = Type.Enum([...RANK_PERIODS]);

export const HandleParams = strictObject({ handle: Type.String({ minLength: 1, maxLength: 100 }) });

export const SupportersQuery = strictObject({
  period: Type.Enum([...RANK_PERIODS], {
    default: 'live',
    description: 'This live or the last one; today; this week from Monday (UTC both); ever.',
  }),
  ...pageQuery,
});

const sums = {
  coins: amountSchema,
  diamonds: Type.Object(amountSchema.properties, {
    additionalProperties: false,
    description: 'What the creator got for them.',
  }),
};

export const SupportersAnswer = strictObject({
  period: periodSchema,
  since: nullable(Type.String({ format: 'date-time' }), {
    description: 'When the period began; null for ever, and for the live of a creator who never was.',
  }),
  items: Type.Array(
    strictObject({
      rank: Type.Integer({ description: '1 = gave most; among equals who got there first.' }),
      ...rankedPersonSchema.properties,
      ...sums,
      you: Type.Boolean(),
    }),
  ),
  nextCursor: nullable(Type.String()),
  you: nullable(
    strictObject({
      rank: nullable(Type.Integer(), {
        description: 'null: you gave nothing in this period whose payment stayed.',
      }),
      ...sums,
      toNext: nullable(amountSchema, {
        description: 'Coins until the place before is yours; null on the first place.',
      }),
      inRanks: Type.Boolean({ description: 'Whether others read your name in this list.' }),
    }),
    { description: 'null for strangers and for the creator.' },
  ),
});
export type SupportersAnswer = Static<typeof SupportersAnswer>;

/** The gift that a creator thanks for. */
export const thankedGiftSchema = strictObject({
  id: publicIdSchema('gift'),
  name: Type.String(),
  art: Type.String(),
  count: Type.Integer({ description: 'Of its streak so far, where it is one of a streak.' }),
});

export const ThankBody = strictObject({ giftId: Type.String({ maxLength: 100 }) });
export const ThankAnswer = strictObject({
  thanks: strictObject({
    gift: thankedGiftSchema,
    supporter: rankedPersonSchema,
    at: Type.String({ format: 'date-time' }),
  }),
});

export const GivenThanksAnswer = pageSchema(
  strictObject({
    gift: thankedGiftSchema,
    supporter: rankedPersonSchema,
    at: Type.String({ format: 'date-time' }),
  }),
);
export type GivenThanksAnswer = Static<typeof GivenThanksAnswer>;

export const NoteBody = strictObject({
  giftId: Type.String({ maxLength: 100 }),
  text: Type.String({ maxLength: 2_000 }),
});
export const NoteAnswer = strictObject({
  note: strictObject({
    gift: thankedGiftSchema,
    supporter: rankedPersonSchema,
    text: Type.String(),
    at: Type.String({ format: 'date-time' }),
  }),
});

export const OwnSupportersQuery = strictObject({
  period: Type.Enum(['live', 'all'], { default: 'live', description: 'This live or the last one; ever.' }),
  thanked: Type.Enum(['any', 'no'], { default: 'any', description: '`no`: those not thanked yet.' }),
  ...pageQuery,
});
export const OwnSupportersAnswer = strictObject({
  items: Type.Array(
    strictObject({
      rank: Type.Integer(),
      ...rankedPersonSchema.properties,
      ...sums,
      lastGift: thankedGiftSchema,
      lastGiftAt: Type.String({ format: 'date-time' }),
      thankedAt: nullable(Type.String({ format: 'date-time' }), {
        description: 'The last shout-out or note in this period.',
      }),
    }),
  ),
  nextCursor: nullable(Type.String()),
});
export type OwnSupportersAnswer = Static<typeof OwnSupportersAnswer>;

export const OwnThanksQuery = strictObject(pageQuery);
export const OwnThanksAnswer = strictObject({
  items: Type.Array(
    strictObject({
      kind: Type.Enum(['shoutOut', 'note']),
      at: Type.String({ format: 'date-time' }),
      from: strictObject({ handle: Type.String(), displayName: Type.String(), avatar: Type.String() }),
      gift: thankedGiftSchema,
      text: nullable(Type.String(), { description: 'Of a note.' }),
    }),
  ),
  nextCursor: nullable(Type.String()),
});
export type OwnThanksAnswer = Static<typeof OwnThanksAnswer>;
