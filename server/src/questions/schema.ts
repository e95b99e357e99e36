import Type, { type Static } from 'typebox';
import {
  amountSchema,
  howLineSchema,
  nullable,
  pageQuery,
  pageSchema,
  publicIdSchema,
  strictObject,
} from '../http/schemas.ts';

const time = Type.String({ format: 'date-time' });
/** Loose on purpose: the rules behind it name what is wrong with a text. */
const anyText = Type.String({ maxLength: 2_000 });
const coinDigits = Type.String({
  pattern: '^(0|[1-9][0-9]*)$',
  maxLength: 12,
  description: 'Whole Coins; 0 = free.',
});

export const STATUSES = ['waiting', 'answering', 'answered', 'returned'] as const;
export const RETURN_REASONS = ['skipped', 'withdrawn', 'live_ended', 'waited_too_long'] as const;

export const questionParams = strictObject({ id: Type.String({ maxLength: 100 }) });
export const stageParams = strictObject({ handle: Type.String({ minLength: 1, maxLength: 100 }) });

export const askBody = strictObject({
  text: anyText,
  coins: Type.String({ ...coinDigits, description: 'The price that was shown; another one is refused.' }),
});

export const settingsBody = strictObject({ on: Type.Boolean(), coins: coinDigits });

export const queueQuery = Type.Object({
  ...pageQuery,
  show: Type.Enum(['waiting', 'answered'], { default: 'waiting' }),
  sort: Type.Enum(['price', 'votes', 'time'], {
    default: 'price',
    description: 'Of those that wait: dearest, most wanted or oldest first. Answered ones come newest first.',
  }),
});

const personSchema = strictObject({
  id: publicIdSchema('user'),
  handle: Type.String(),
  displayName: Type.String(),
  avatar: Type.String(),
});

const questionFields = {
  id: publicIdSchema('question'),
  text: Type.String(),
  asker: personSchema,
  coins: amountSchema,
  money: amountSchema,
  creatorGets: amountSchema,
  status: Type.Enum([...STATUSES]),
  votes: Type.Integer(),
  voted: Type.Boolean({ description: 'Whether the one who looks voted for it.' }),
  mine: Type.Boolean({ description: 'Whether the one who looks asked it.' }),
  askedAt: time,
  answeringSince: nullable(time),
  answeredAt: nullable(time),
};

export const questionSchema = strictObject(questionFields);
export type QuestionJson = Static<typeof questionSchema>;

export const settingsSchema = strictObject({
  on: Type.Boolean(),
  coins: amountSchema,
  money: amountSchema,
  creatorGets: amountSchema,
  lengthMax: Type.Integer(),
  coinsMin: Type.Integer({ description: 'The least that a creator can ask for, if anything.' }),
  coinsMax: Type.Integer({ description: 'The most that a creator can ask for.' }),
});

export const queueSchema = strictObject({
  live: Type.Boolean(),
  settings: settingsSchema,
  answering: nullable(questionSchema),
  waiting: Type.Integer({ description: 'How many wait in all.' }),
  seq: Type.Integer({ description: 'The last event of the room that this answer includes at least.' }),
  ...pageSchema(questionSchema).properties,
});

/** A question for those whose Coins or Diamonds are in it. */
export const receiptSchema = strictObject({
  ...questionFields,
  creator: personSchema,
  stageId: publicIdSchema('stage'),
  where: strictObject({
    place: Type.Enum(['free', 'escrow', 'creator', 'asker'], { description: 'Where the Coins are.' }),
    sentence: Type.String(),
  }),
  returned: nullable(
    strictObject({ at: time, reason: Type.Enum([...RETURN_REASONS]), sentence: Type.String() }),
  ),
  maturesAt: nullable(time),
  transfers: Type.Array(
    strictObject({ id: publicIdSchema('tx'), amount: amountSchema, from: Type.String(), to: Type.String() }),
  ),
  how: Type.Array(howLineSchema),
  policyVersion: Type.Integer(),
  rateVersion: Type.Integer(),
});
export type QuestionReceipt = Static<typeof receiptSchema>;

export const receiptAnswer = strictObject({ question: receiptSchema });
export const askedAnswer = strictObject({ question: receiptSchema, coins: amountSchema });
export const votesAnswer = strictObject({ votes: Type.Integer(), voted: Type.Boolean() });
export const ownQuery = Type.Object(pageQuery);
export const ownAnswer = pageSchema(receiptSchema);
