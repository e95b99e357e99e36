import { Type } from 'typebox';
import { delaySchema, heldSchema, reversedSchema } from '../gifts/index.ts';
import {
  amountSchema,
  howLineSchema,
  nullable,
  pageQuery,
  pageSchema,
  publicIdSchema,
  strictObject,
} from '../http/schemas.ts';
import { rankedPersonSchema } from '../identity/index.ts';
import { rateSchema } from '../rates/index.ts';

const daySchema = strictObject({
  date: Type.String({ examples: ['2026-11-24'], description: 'A day, UTC.' }),
  amount: amountSchema,
});

const personSchema = strictObject({
  handle: Type.String(),
  displayName: Type.String(),
  avatar: Type.String(),
});

export const earningsSchema = strictObject({
  pending: amountSchema,
  pendingMoney: amountSchema,
  available: amountSchema,
  availableMoney: amountSchema,
  rate: rateSchema,
  calendar: Type.Array(daySchema, { description: 'What becomes available on which day. Sums to pending.' }),
  how: strictObject({
    fansSpent: amountSchema,
    fansSpentMoney: amountSchema,
    share: strictObject({ numerator: Type.String(), denominator: Type.String() }),
    earned: amountSchema,
    matured: amountSchema,
    withdrawn: amountSchema,
    reserved: amountSchema,
    lines: Type.Array(howLineSchema),
  }),
  days: Type.Array(
    strictObject({
      ...daySchema.properties,
      // Apart from `amount`, which is without it.
      reversed: amountSchema,
    }),
    {
      description:
        'What gifts and answers brought on each of the last 14 days, without `reversed`: what of that day’s was taken back since, with its payment.',
    },
  ),
  supporters: Type.Array(
    strictObject({
      ...rankedPersonSchema.properties,
      amount: amountSchema,
      since: Type.String({ format: 'date-time' }),
    }),
    {
      description:
        'The ten who gave most, ever, without what was taken back and without `unpaid`. All together gave `kept`.',
    },
  ),
  // All that was ever earned and not taken back.
  kept: amountSchema,
  // Of `kept`: what stays the creator's although its payment was taken back after it had matured. It counts for nobody.
  unpaid: amountSchema,
  held: strictObject({
    amount: amountSchema,
    money: amountSchema,
    gifts: Type.Integer(),
    until: nullable(Type.String({ format: 'date-time' })),
  }),
  // Of pending: what is past its date and lands with the next count.
  counting: nullable(
    strictObject({
      amount: amountSchema,
      money: amountSchema,
      since: Type.String({ format: 'date-time' }),
      cause: Type.String({ examples: ['Diamonds are counted every minute.'] }),
    }),
  ),
  // Of pending: what waits longer than usual, in case a bank takes the payment back.
  checked: strictObject({
    amount: amountSchema,
    money: amountSchema,
    gifts: Type.Integer(),
    until: nullable(Type.String({ format: 'date-time' })),
  }),
  reversed: amountSchema,
  policyVersion: Type.Integer(),
  asOf: Type.String({ format: 'date-time' }),
});

export const earningSchema = strictObject({
  giftId: nullable(publicIdSchema('gift'), { description: 'Null for the answer to a question.' }),
  questionId: nullable(publicIdSchema('question'), { description: 'Null for a gift.' }),
  at: Type.String({ format: 'date-time' }),
  giftName: Type.String({ description: 'Question for the answer to one.' }),
  art: Type.String(),
  quantity: Type.Integer(),
  streak: nullable(strictObject({ id: Type.String(), count: Type.Integer() })),
  sender: personSchema,
  coins: amountSchema,
  amount: amountSchema,
  money: amountSchema,
  status: Type.Enum(['pending', 'held', 'available', 'reversed'], {
    description:
      'held: it does not mature until something is decided; reversed: taken back before it matured.',
  }),
  held: heldSchema,
  reversed: reversedSchema,
  maturesAt: Type.String({ format: 'date-time' }),
  delay: delaySchema,
  transferId: publicIdSchema('tx'),
});

const filters = {
  status: Type.Optional(Type.Enum(['pending', 'held', 'available', 'reversed'])),
  from: Type.Optional(Type.String({ maxLength: 40, description: 'ISO 8601, included.' })),
  to: Type.Optional(Type.String({ maxLength: 40, description: 'ISO 8601, not included.' })),
};

export const earningEntriesQuery = Type.Object({ ...pageQuery, ...filters });
export const earningEntriesCsvQuery = Type.Object(filters);
export const earningEntriesSchema = pageSchema(earningSchema);
