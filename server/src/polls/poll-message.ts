import Type from 'typebox';
import { publicIdPattern } from '../core/ids.ts';
import { nullable } from '../http/schemas.ts';
import { defineMessage, EXAMPLE_HOST, exampleNumber, personFields } from '../realtime/messages.ts';

/** What `poll-event.ts` makes, as tools read it. */

const digits = (description: string) => Type.String({ pattern: '^(0|[1-9][0-9]*)$', description });

const example = {
  ...EXAMPLE_HOST,
  pollId: 'poll_0199f3a1b2c37d4e8f5061728394a5c0',
  title: 'Which song next?',
  resultsHidden: false,
  startedAt: '2026-09-21T14:13:21.000Z',
  endsAt: '2026-09-21T14:15:21.000Z',
} as const;

const rose = { giftId: 'rose', giftName: 'Rose', art: '1f339', coins: '1' } as const;
const heart = { giftId: 'heart', giftName: 'Heart', art: '1f496', coins: '10' } as const;
const free = { giftId: null, giftName: null, art: null, coins: null } as const;

defineMessage({
  name: 'poll',
  numbered: true,
  summary:
    'How a vote on the stage stands: when it begins, at most about twice a second while votes come, and when it ends',
  fields: {
    ...personFields,
    pollId: Type.String({ pattern: publicIdPattern('poll') }),
    kind: Type.Enum(['poll', 'giftVote'], {
      description:
        'poll: one free vote a person. giftVote: every Coin given with an option’s gift is a vote.',
    }),
    state: Type.Enum(['running', 'ended', 'canceled']),
    title: Type.String(),
    resultsHidden: Type.Boolean({ description: 'Votes per option are told only when it has ended.' }),
    options: Type.Array(
      Type.Object(
        {
          id: Type.String(),
          text: Type.String(),
          giftId: nullable(Type.String()),
          giftName: nullable(Type.String()),
          art: nullable(Type.String({ description: 'The key of the gift’s picture.' })),
          coins: nullable(digits('What one of the gift costs.')),
          votes: nullable(digits('People, or Coins.')),
          percent: nullable(Type.Integer({ minimum: 0, maximum: 100 })),
          winner: Type.Boolean({ description: 'It ended with the most votes; several when they are even.' }),
        },
        { additionalProperties: false },
      ),
    ),
    votes: digits('Of all options: people, or Coins.'),
    startedAt: Type.String({ description: 'ISO 8601.' }),
    endsAt: Type.String({ description: 'ISO 8601.' }),
    endedBy: nullable(
      Type.Enum(['time', 'creator', 'live_ended', 'canceled'], { description: 'null while it runs.' }),
    ),
  },
  examples: [
    {
      type: 'poll',
      ...exampleNumber(60),
      ...example,
      kind: 'poll',
      state: 'running',
      options: [
        { id: '1', text: 'Lanterns', ...free, votes: '12', percent: 75, winner: false },
        { id: '2', text: 'Encore', ...free, votes: '4', percent: 25, winner: false },
      ],
      votes: '16',
      endedBy: null,
    },
    {
      type: 'poll',
      ...exampleNumber(61),
      ...example,
      kind: 'giftVote',
      state: 'ended',
      options: [
        { id: '1', text: 'Red light', ...rose, votes: '40', percent: 29, winner: false },
        { id: '2', text: 'Blue light', ...heart, votes: '100', percent: 71, winner: true },
      ],
      votes: '140',
      endedBy: 'time',
    },
  ],
});
