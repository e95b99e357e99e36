import { Type } from 'typebox';
import { amountSchema, howLineSchema, nullable, strictObject } from '../http/schemas.ts';

export const rateSchema = strictObject({
  version: Type.Integer(),
  diamonds: Type.String({ description: 'So many Diamonds…', examples: ['1000'] }),
  money: amountSchema,
  centsPerUnit: strictObject({
    numerator: Type.String(),
    denominator: Type.String(),
  }),
  from: Type.String({ format: 'date-time' }),
  reason: Type.String(),
  inputs: strictObject({
    method: Type.Literal('policy'),
    policyVersion: Type.Integer(),
    preset: Type.String(),
    centsPerUnit: strictObject({ numerator: Type.String(), denominator: Type.String() }),
  }),
  how: Type.Array(howLineSchema),
});

export const ratesSchema = strictObject({
  current: rateSchema,
  history: Type.Array(rateSchema),
  nextCursor: nullable(Type.String()),
});
