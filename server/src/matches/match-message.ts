import Type from 'typebox';
import { publicIdPattern } from '../core/ids.ts';
import { nullable } from '../http/schemas.ts';
import { defineMessage, EXAMPLE_HOST, exampleNumber, personFields } from '../realtime/messages.ts';

/** What `match-event.ts` tells the stages of a match. */

const digits = Type.String({
  pattern: '^(0|[1-9][0-9]*)$',
  description: 'The score: Coins of the gifts that count, as digits.',
});
const matchId = Type.String({
  pattern: publicIdPattern('match'),
  description: 'GET /v1/matches/{id} says how the scores are made, and of which gifts.',
});
const instant = (description: string) =>
  nullable(Type.Integer(), { description: `${description} Milliseconds since 1970.` });

const JUNO = {
  userId: 'user_0199f3a1b2c37d4e8f5061728394eeee',
  uniqueId: 'juno',
  nickname: 'Juno',
  profilePictureUrl: '/art/avatars/owl.webp',
  avatar: 'owl',
} as const;

const running = {
  type: 'match',
  matchId: 'match_0199f3a1b2c37d4e8f5061728394a5b6',
  state: 'running',
  startedAt: 1_790_000_061_000,
  endsAt: 1_790_000_361_000,
  endedAt: null,
  resultUntil: null,
  sides: [
    { ...EXAMPLE_HOST, coins: '0', accepted: true },
    { ...JUNO, coins: '0', accepted: true },
  ],
  winner: null,
  why: null,
  by: null,
} as const;

defineMessage({
  name: 'match',
  numbered: true,
  summary: 'A match was asked for, began, ended with its result, or was called off',
  fields: {
    matchId,
    state: Type.Enum(['invited', 'running', 'ended', 'canceled']),
    startedAt: instant('When it began.'),
    endsAt: instant('When its time is over.'),
    endedAt: instant('When it ended.'),
    resultUntil: instant('Until when stages show the result.'),
    sides: Type.Array(
      Type.Object(
        {
          ...personFields,
          coins: digits,
          accepted: Type.Boolean({ description: 'Whether they have said yes.' }),
        },
        { additionalProperties: false },
      ),
    ),
    winner: nullable(Type.String(), {
      description: 'The uniqueId of the winner, or draw; null: not over, or ended before its time.',
    }),
    why: nullable(Type.Enum(['time', 'left', 'live_ended', 'stopped', 'declined', 'withdrawn', 'expired']), {
      description: 'Why it ended or was called off.',
    }),
    by: nullable(Type.String(), { description: 'The uniqueId of who ended it or said no.' }),
  },
  examples: [
    { ...running, ...exampleNumber(61) },
    {
      ...running,
      ...exampleNumber(63),
      state: 'ended',
      endedAt: 1_790_000_361_120,
      resultUntil: 1_790_000_376_120,
      sides: [
        { ...EXAMPLE_HOST, coins: '1240', accepted: true },
        { ...JUNO, coins: '990', accepted: true },
      ],
      winner: 'mira',
      why: 'time',
    },
  ],
});

defineMessage({
  name: 'matchScore',
  numbered: true,
  summary: 'The scores of a match that runs, at most four times a second',
  fields: {
    matchId,
    sides: Type.Array(
      Type.Object({ uniqueId: Type.String(), coins: digits }, { additionalProperties: false }),
    ),
  },
  examples: [
    {
      type: 'matchScore',
      ...exampleNumber(62),
      matchId: running.matchId,
      sides: [
        { uniqueId: 'mira', coins: '140' },
        { uniqueId: 'juno', coins: '99' },
      ],
    },
  ],
});
