import Type, { type Static } from 'typebox';
import { amountSchema, howLineSchema, nullable, publicIdSchema, strictObject } from '../http/schemas.ts';
import { rankedPersonSchema } from '../identity/index.ts';

const time = Type.String({ format: 'date-time' });

export const stageParams = strictObject({ handle: Type.String({ minLength: 1, maxLength: 100 }) });
export const switchBody = strictObject({ on: Type.Boolean() });

export const hypeSchema = strictObject({
  id: publicIdSchema('hype'),
  state: Type.Enum(['running', 'ended']),
  level: Type.Integer({ description: 'The level that fills now, 1 to 5.' }),
  percent: Type.Integer({ description: 'Of this level.' }),
  full: Type.Boolean({ description: 'The fifth level is full.' }),
  progress: amountSchema,
  goal: amountSchema,
  total: amountSchema,
  money: Type.Object(amountSchema.properties, {
    additionalProperties: false,
    description: 'What all its Coins cost.',
  }),
  supporters: Type.Integer({ description: 'Different people who gave.' }),
  startedAt: time,
  endsAt: Type.String({ format: 'date-time', description: 'When its countdown is over; when it ended.' }),
  endedBy: nullable(Type.Enum(['time', 'live_ended', 'switched_off'])),
});
export type HypeJson = Static<typeof hypeSchema>;

export const stageHypeAnswer = strictObject({
  live: Type.Boolean(),
  on: Type.Boolean({ description: 'Whether the creator wants the meter.' }),
  running: nullable(hypeSchema),
  last: nullable(hypeSchema, { description: 'The newest of this live that has ended.' }),
  best: nullable(hypeSchema, { description: 'The one of this stage that came furthest.' }),
  contributions: Type.Array(
    strictObject({ rank: Type.Integer(), ...rankedPersonSchema.properties, coins: amountSchema }),
    { description: 'To the running one, or to the last: who gave most first, at most 50.' },
  ),
  yours: amountSchema,
  warm: Type.Integer({
    description: 'Different people who gave lately, where none runs: with supportersNeeded one begins.',
  }),
  restsUntil: nullable(time, { description: 'No other one begins before.' }),
  rules: strictObject({
    supportersNeeded: Type.Integer(),
    windowSeconds: Type.Integer(),
    levels: Type.Array(amountSchema, { description: 'Coins from its beginning that fill each level.' }),
    levelSeconds: Type.Integer(),
    restSeconds: Type.Integer(),
    how: Type.Array(howLineSchema),
    policyVersion: Type.Integer(),
  }),
  seq: Type.Integer({ description: 'The last event of the room that this answer includes at least.' }),
});
export type StageHypeJson = Static<typeof stageHypeAnswer>;
