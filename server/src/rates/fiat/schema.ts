import { Type } from 'typebox';
import { nullable, publicIdSchema, strictObject } from '../../http/schemas.ts';

const ratioSchema = strictObject({ numerator: Type.String(), denominator: Type.String() });
const day = Type.String({ examples: ['2026-11-20'], description: 'A day, UTC.' });

export const fiatSchema = strictObject({
  table: nullable(
    strictObject({
      version: Type.Integer(),
      asOf: day,
      source: Type.String(),
      takenAt: Type.String({ format: 'date-time' }),
      ageDays: Type.Integer({ description: 'Whole days since the beginning of asOf.' }),
      tooOld: Type.Boolean({ description: 'Whether its rates are refused because of their age.' }),
      rates: Type.Array(
        strictObject({
          currency: Type.String({ examples: ['EUR'] }),
          perUsd: ratioSchema,
          decimals: Type.Integer({ description: 'Decimals of its smallest unit.' }),
          display: Type.String({ description: 'Units for one dollar, cut after seven digits.' }),
        }),
      ),
    }),
    { description: 'Null while there are no rates: then amounts are in dollars alone.' },
  ),
  maxAgeDays: Type.Integer({ description: 'Older rates are not used.' }),
});

export const fiatConsoleSchema = strictObject({
  source: nullable(Type.String()),
  lookedAt: nullable(Type.String({ format: 'date-time' })),
  nextLookAt: Type.String({ format: 'date-time' }),
  outcome: nullable(Type.Enum(['taken', 'same', 'parked', 'refused', 'failed'])),
  detail: nullable(Type.String({ description: 'What is wrong.' })),
  parked: Type.Array(
    strictObject({
      id: publicIdSchema('fiat'),
      asOf: day,
      source: Type.String(),
      parkedAt: Type.String({ format: 'date-time' }),
      moves: Type.Array(
        strictObject({
          currency: Type.String(),
          from: Type.String({ description: 'Units for one dollar.' }),
          to: Type.String(),
          basisPoints: Type.String({ description: 'Hundredths of a percent, whichever way.' }),
        }),
      ),
    }),
  ),
});

export const decideParkedSchema = strictObject({
  take: Type.Boolean({ description: 'True puts the table in force; false drops it.' }),
  reason: Type.String({ minLength: 1, maxLength: 500 }),
});
