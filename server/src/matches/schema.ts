import Type, { type Static } from 'typebox';
import {
  amountSchema,
  nullable,
  pageQuery,
  pageSchema,
  publicIdSchema,
  strictObject,
} from '../http/schemas.ts';
import { rankedPersonSchema } from '../identity/index.ts';

const time = Type.String({ format: 'date-time' });
const handle = Type.String({ minLength: 1, maxLength: 100 });
const digits = Type.String({ pattern: '^(0|[1-9][0-9]*)$' });

export const stageParams = strictObject({ handle });
export const matchParams = strictObject({ id: Type.String({ maxLength: 100 }) });
export const askBody = strictObject({
  with: Type.Array(handle, { minItems: 1, maxItems: 4, uniqueItems: true }),
});

export const matchSchema = strictObject({
  id: publicIdSchema('match'),
  state: Type.Enum(['invited', 'running', 'ended', 'canceled']),
  seconds: Type.Integer({ description: 'How long it runs.' }),
  askedAt: time,
  expiresAt: Type.String({ format: 'date-time', description: 'Until when it can be accepted.' }),
  sides: Type.Array(
    strictObject({
      id: publicIdSchema('user'),
      handle: Type.String(),
      displayName: Type.String(),
      avatar: Type.String(),
      coins: amountSchema,
      accepted: Type.Boolean(),
    }),
    { description: 'Whoever asked comes first.' },
  ),
  startedAt: nullable(time),
  endsAt: nullable(time),
  endedAt: nullable(time),
  resultUntil: nullable(time),
  winner: nullable(
    Type.String({ description: 'A handle, or draw; null: not over, or ended before its time.' }),
  ),
  why: nullable(Type.Enum(['time', 'left', 'live_ended', 'stopped', 'declined', 'withdrawn', 'expired'])),
  by: nullable(Type.String({ description: 'The handle of who ended it or said no.' })),
});
export type MatchJson = Static<typeof matchSchema>;

export const shownMatchAnswer = strictObject({
  match: nullable(matchSchema, { description: 'The one that is asked for or runs, or ended a moment ago.' }),
  now: Type.String({ format: 'date-time', description: 'The clock of the server: endsAt is of it.' }),
});

export const runningAnswer = strictObject({
  items: Type.Array(matchSchema, { description: 'At most 50, the newest first.' }),
  now: Type.String({ format: 'date-time', description: 'The clock of the server: endsAt is of it.' }),
});

export const matchAnswer = strictObject({
  match: matchSchema,
  rule: Type.String({ description: 'How the scores are made, in words.' }),
  range: nullable(
    strictObject({
      from: digits,
      to: nullable(digits, { description: 'null while it runs.' }),
    }),
    {
      description:
        'The gifts that count are those to a side whose `committed`, the ledger’s own timestamp, is after `from` and ' +
        'up to `to`. null: it has not begun.',
    },
  ),
});

export const countedQuery = Type.Object(pageQuery);
export const countedAnswer = pageSchema(
  strictObject({
    id: publicIdSchema('gift'),
    committed: digits,
    at: time,
    sender: strictObject(rankedPersonSchema.properties),
    receiver: Type.String({ description: 'The handle of the side.' }),
    givenOn: publicIdSchema('stage'),
    giftId: Type.String(),
    quantity: Type.Integer(),
    coins: amountSchema,
  }),
);
