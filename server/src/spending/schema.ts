import Type, { type Static } from 'typebox';
import { amountSchema, nullable, strictObject } from '../http/schemas.ts';
import { BREAK_DAYS } from './take-break.ts';

const time = Type.String({ format: 'date-time' });
const noLimit = { description: 'null = no limit' };
const CENTS_PATTERN = '^(0|[1-9][0-9]{0,9})$';

const limitSchema = strictObject({
  limit: nullable(amountSchema, noLimit),
  own: Type.Boolean({ description: 'You set it; else it is what everybody has.' }),
  next: nullable(strictObject({ limit: nullable(amountSchema, noLimit), from: time }), {
    description: 'What you asked for and does not hold yet.',
  }),
  bought: Type.Object(amountSchema.properties, {
    additionalProperties: false,
    description: 'What you paid in this time.',
  }),
  open: Type.Object(amountSchema.properties, {
    additionalProperties: false,
    description:
      'What you may still pay for orders that are open. It counts as bought, whenever they were opened.',
  }),
  given: Type.Object(amountSchema.properties, {
    additionalProperties: false,
    description: 'What you gave in this time, at the price of Coins now.',
  }),
  since: time,
});

export const spendingSchema = strictObject({
  day: limitSchema,
  week: limitSchema,
  month: limitSchema,
  raiseAfterHours: Type.Integer({ description: 'A higher limit holds so long after you ask for it.' }),
  breakUntil: nullable(time, { description: 'Buying and giving are closed until then, as you asked.' }),
  breakDays: Type.Array(Type.Integer()),
});
export type SpendingJson = Static<typeof spendingSchema>;

export const spendingAnswer = strictObject({ spending: spendingSchema });

const wish = Type.Optional(
  nullable(Type.String({ pattern: CENTS_PATTERN }), { description: 'Cents, as digits; null = no limit.' }),
);
export const limitsBody = Type.Object(
  { dayCents: wish, weekCents: wish, monthCents: wish },
  { additionalProperties: false, examples: [{ weekCents: '2500' }] },
);

export const breakBody = strictObject({ days: Type.Enum([...BREAK_DAYS]) });
