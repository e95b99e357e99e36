import { Type } from 'typebox';
import {
  amountSchema,
  howLineSchema,
  nullable,
  pageQuery,
  pageSchema,
  strictObject,
} from '../http/schemas.ts';

const ratioSchema = strictObject({
  numerator: Type.String({ description: 'Cents…' }),
  denominator: Type.String({ description: '…for so many Diamond units (1 Diamond = 1,000 units).' }),
});
const digits = Type.String({ pattern: '^-?(0|[1-9][0-9]*)$' });

const inputsSchema = Type.Union([
  strictObject({
    method: Type.Literal('policy'),
    policyVersion: Type.Integer(),
    preset: Type.String(),
    centsPerUnit: ratioSchema,
  }),
  strictObject({
    method: Type.Literal('formula'),
    day: Type.String({ description: 'A day, UTC: what the ledger held before it began.' }),
    policyVersion: Type.Integer(),
    windowDays: Type.Integer(),
    settledDays: Type.Optional(
      Type.Integer({
        description:
          'So many days before `day` the window ended. Older versions have none: theirs ended at `day`.',
      }),
    ),
    bandBasisPoints: Type.Integer(),
    dayCapBasisPoints: Type.Integer(),
    neutralWithdrawnPercent: Type.Integer(),
    coveragePercent: Type.Integer(),
    weights: strictObject({ demand: Type.Integer(), supply: Type.Integer(), market: Type.Integer() }),
    base: ratioSchema,
    previousVersion: Type.Integer(),
    previous: ratioSchema,
    purchasedCents: digits,
    withdrawnUnits: digits,
    outstandingUnits: digits,
    heldCents: digits,
    market: nullable(ratioSchema, { description: 'Null while Diamonds are not traded.' }),
  }),
  strictObject({
    method: Type.Literal('manual'),
    draftId: Type.String(),
    centsPerUnit: ratioSchema,
  }),
]);

export const rateSchema = strictObject({
  version: Type.Integer(),
  diamonds: Type.String({ description: 'So many Diamonds…', examples: ['1000'] }),
  money: amountSchema,
  centsPerUnit: ratioSchema,
  announced: Type.String({ format: 'date-time', description: 'When it was told.' }),
  from: Type.String({ format: 'date-time' }),
  reason: Type.String(),
  inputs: inputsSchema,
  how: Type.Array(howLineSchema),
});

export const ratesSchema = strictObject({
  current: rateSchema,
  announced: Type.Array(rateSchema, {
    description: 'Told, and not yet started; in the order of their starts.',
  }),
  formula: strictObject({
    isOn: Type.Boolean(),
    text: Type.String({ description: 'The formula as it is published.' }),
    bandBasisPoints: Type.Integer(),
    dayCapBasisPoints: Type.Integer(),
    noticeDays: Type.Integer(),
    windowDays: Type.Integer(),
    settledDays: Type.Integer({ description: 'So many days before its midnight the window ends.' }),
    lastRun: nullable(Type.String({ description: 'The last day (UTC) on which it ran.' })),
  }),
});

const filters = {
  method: Type.Optional(Type.Enum(['policy', 'formula', 'manual'])),
  from: Type.Optional(
    Type.String({ maxLength: 40, description: 'Starts at this ISO 8601 instant or later.' }),
  ),
  to: Type.Optional(Type.String({ maxLength: 40, description: 'Starts before this ISO 8601 instant.' })),
};
export const historyQuery = Type.Object({ ...pageQuery, ...filters });
export const historyCsvQuery = Type.Object(filters);
export const historySchema = pageSchema(rateSchema);

export const oneRateSchema = strictObject({
  rate: rateSchema,
  formula: nullable(Type.String(), {
    description: 'The formula as it is published; null for a rate that was set.',
  }),
  steps: Type.Array(strictObject({ name: Type.String(), formula: Type.String(), value: Type.String() }), {
    description: 'The arithmetic from the inputs, line by line.',
  }),
  recomputed: ratioSchema,
  agrees: Type.Boolean({ description: 'Whether the inputs make this very rate.' }),
});
