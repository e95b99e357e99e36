import { Type } from 'typebox';
import { amountSchema, nullable, pageQuery, publicIdSchema, strictObject } from '../http/schemas.ts';

export const monthParams = Type.Object({
  month: Type.String({ pattern: '^2[0-9]{3}-(0[1-9]|1[0-2])$', examples: ['2026-11'], description: 'UTC.' }),
});

export const kindQuery = Type.Object({
  of: Type.Enum(['fan', 'creator'], {
    default: 'fan',
    description: 'fan: Coins and bought Diamonds. creator: what was earned and withdrawn.',
  }),
});

export const linesQuery = Type.Object({ ...kindQuery.properties, ...pageQuery });

const microsSchema = strictObject({
  micros: Type.String({ pattern: '^-?(0|[1-9][0-9]*)$', description: 'Millionths of a US dollar.' }),
  display: Type.String({ examples: ['$0.0135'] }),
});

const splitSchema = Type.Object(
  {
    fanPaid: microsSchema,
    providerFee: microsSchema,
    platform: microsSchema,
    creator: microsSchema,
  },
  {
    additionalProperties: false,
    description: 'fanPaid = providerFee + platform + creator, exactly.',
  },
);

const boughtSchema = strictObject({ price: amountSchema, providerFee: amountSchema });

const payoutSchema = strictObject({
  gross: amountSchema,
  fee: amountSchema,
  tax: amountSchema,
  net: amountSchema,
});

const standingSchema = strictObject({
  free: amountSchema,
  held: amountSchema,
});

export const statementSchema = strictObject({
  of: Type.Enum(['fan', 'creator']),
  month: Type.String(),
  timeZone: Type.Literal('UTC'),
  from: Type.String({ format: 'date-time' }),
  to: Type.String({ format: 'date-time', description: 'Not included.' }),
  soFar: Type.Boolean({ description: 'The month is not over: this is what has happened in it so far.' }),
  asOf: Type.String({ format: 'date-time' }),
  person: strictObject({ handle: Type.String(), displayName: Type.String() }),
  accounts: Type.Array(
    strictObject({
      account: Type.String(),
      opening: standingSchema,
      sections: Type.Array(
        strictObject({ title: Type.String(), lines: Type.Integer(), change: amountSchema }),
      ),
      closing: standingSchema,
      lines: Type.Integer(),
      addsUp: Type.Literal(true),
    }),
  ),
  lineCount: Type.Integer(),
  notes: Type.Array(Type.String()),
});

export const lineSchema = strictObject({
  number: Type.Integer(),
  at: Type.String({ format: 'date-time' }),
  transferId: publicIdSchema('tx'),
  account: Type.String(),
  section: Type.String(),
  kind: Type.String(),
  title: Type.String(),
  detail: Type.String(),
  reference: nullable(Type.String()),
  change: amountSchema,
  balanceAfter: amountSchema,
  split: nullable(splitSchema),
  bought: nullable(boughtSchema),
  paidOut: nullable(
    strictObject({
      method: Type.String(),
      ...payoutSchema.properties,
      currency: Type.String(),
      payoutMinor: Type.String(),
    }),
  ),
  policyVersion: nullable(Type.Integer()),
  rateVersion: nullable(Type.Integer()),
  fiatVersion: nullable(Type.Integer()),
  corrects: Type.Array(Type.String({ examples: ['2026-10'] }), {
    description: 'The months of what this line takes back.',
  }),
});

export const linesSchema = strictObject({
  items: Type.Array(lineSchema),
  nextCursor: nullable(Type.String()),
});

export const totalsSchema = strictObject({
  lines: Type.Integer(),
  split: splitSchema,
  bought: boughtSchema,
  paidOut: payoutSchema,
});

const monthSchema = strictObject({
  month: Type.String(),
  soFar: Type.Boolean(),
  closing: Type.Array(amountSchema, { description: 'What was there at its end, account by account.' }),
  changed: Type.Boolean({ description: 'Whether anything moved in it.' }),
});

export const monthsSchema = strictObject({
  of: Type.Enum(['fan', 'creator']),
  months: Type.Array(monthSchema),
});

export const yearParams = Type.Object({
  year: Type.Integer({ minimum: 2000, maximum: 2999, description: 'UTC.' }),
});

const paymentSums = {
  payments: Type.Integer({ description: 'Payments sent.' }),
  returned: Type.Integer({ description: 'Payments that came back.' }),
  gross: amountSchema,
  fee: amountSchema,
  taxWithheld: amountSchema,
  net: amountSchema,
};

export const taxYearSchema = strictObject({ year: Type.Integer(), soFar: Type.Boolean(), ...paymentSums });
export const taxYearsSchema = strictObject({ years: Type.Array(taxYearSchema) });

export const taxPaymentSchema = strictObject({
  month: Type.String(),
  corrects: nullable(Type.String({ description: 'Of what came back: the month in which it had been sent.' })),
  method: Type.String(),
  currency: Type.String(),
  country: Type.String(),
  holder: Type.String(),
  ...paymentSums,
  paidMinor: Type.String({ description: 'What was sent, in the smallest unit of the currency.' }),
});
