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
const anyText = Type.String({ maxLength: 1_000 });
const digits = (description: string) => Type.String({ pattern: '^(0|[1-9][0-9]*)$', description });

export const stageParams = strictObject({ handle: Type.String({ minLength: 1, maxLength: 100 }) });
export const pollParams = strictObject({ id: Type.String({ maxLength: 100 }) });

export const startBody = strictObject({
  kind: Type.Enum(['poll', 'giftVote'], {
    description: 'poll: one free vote a person. giftVote: every Coin given with an option’s gift is a vote.',
  }),
  title: anyText,
  options: Type.Array(
    strictObject({
      text: anyText,
      giftId: Type.Optional(
        Type.String({ maxLength: 100, description: 'In a gift vote: of the catalogue.' }),
      ),
    }),
    { maxItems: 20 },
  ),
  seconds: Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'How long it runs.' }),
  results: Type.Optional(
    Type.Enum(['live', 'end'], {
      description:
        'When people see how the options stand: while it runs (unless told), or when it has ended.',
    }),
  ),
});

export const voteBody = strictObject({ optionId: Type.String({ maxLength: 20 }) });
export const voteAnswer = strictObject({ optionId: Type.String() });

export const pollSchema = strictObject({
  id: publicIdSchema('poll'),
  liveId: publicIdSchema('live'),
  kind: Type.Enum(['poll', 'giftVote']),
  state: Type.Enum(['running', 'ended', 'canceled']),
  title: Type.String(),
  results: Type.Enum(['live', 'end']),
  options: Type.Array(
    strictObject({
      id: Type.String(),
      text: Type.String(),
      gift: nullable(
        strictObject({ id: Type.String(), name: Type.String(), art: Type.String(), price: amountSchema }),
      ),
      votes: nullable(digits('People, or Coins; null where results are not shown.')),
      percent: nullable(Type.Integer()),
      winner: Type.Boolean(),
    }),
  ),
  votes: digits('Of all options: people, or Coins.'),
  myVote: nullable(Type.String({ description: 'The option that the one who looks voted for.' })),
  startedAt: time,
  endsAt: time,
  endedAt: nullable(time),
  endedBy: nullable(Type.Enum(['time', 'creator', 'live_ended', 'canceled'])),
});
export type PollJson = Static<typeof pollSchema>;

export const stagePollsAnswer = strictObject({
  live: Type.Boolean(),
  running: nullable(pollSchema),
  past: Type.Array(pollSchema, { description: 'Of this live or the last one, newest first.' }),
  seq: Type.Integer({ description: 'The last event of the room that this answer includes at least.' }),
  bounds: strictObject({
    titleLengthMax: Type.Integer(),
    optionLengthMax: Type.Integer(),
    optionsMin: Type.Integer(),
    optionsMax: Type.Integer(),
    secondsMin: Type.Integer(),
    secondsMax: Type.Integer(),
  }),
});

export const pollAnswer = strictObject({ poll: pollSchema });
export const ownQuery = Type.Object({
  ...pageQuery,
  live: Type.Optional(Type.String({ maxLength: 100, description: 'Only those of this live.' })),
});
export const ownAnswer = pageSchema(pollSchema);

export const proofAnswer = strictObject({
  poll: pollSchema,
  proof: strictObject({
    fromCommitted: nullable(digits('A gift vote counts the gifts of its live after this ledger timestamp,')),
    toCommitted: nullable(digits('up to this one.')),
    counted: Type.Array(digits('Of each option, in their order: added up anew from votes or gifts.')),
    agrees: Type.Boolean({ description: 'Whether that is what the stage showed.' }),
    how: Type.Array(howLineSchema),
  }),
});
export type ProofJson = Static<typeof proofAnswer>;
