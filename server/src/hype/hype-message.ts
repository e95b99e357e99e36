import Type from 'typebox';
import { publicIdPattern } from '../core/ids.ts';
import { nullable } from '../http/schemas.ts';
import {
  defineMessage,
  EXAMPLE_HOST,
  EXAMPLE_PERSON,
  exampleNumber,
  flatPerson,
  personFields,
} from '../realtime/messages.ts';

/** What `hype-event.ts` makes, as tools read it. */

const digits = (description: string) => Type.String({ pattern: '^(0|[1-9][0-9]*)$', description });

const example = {
  ...EXAMPLE_HOST,
  hypeId: 'hype_0199f3a1b2c37d4e8f5061728394a5d0',
  full: false,
  startedAt: '2026-09-21T14:13:21.000Z',
  endsAt: '2026-09-21T14:15:21.000Z',
  endedBy: null,
  best: false,
} as const;

defineMessage({
  name: 'hype',
  numbered: true,
  summary:
    'How the stage’s hype stands: when it begins, at most about twice a second while gifts come, when a level is filled, and when it ends',
  fields: {
    ...personFields,
    hypeId: Type.String({ pattern: publicIdPattern('hype') }),
    state: Type.Enum(['started', 'running', 'levelUp', 'ended']),
    level: Type.Integer({ minimum: 1, maximum: 5, description: 'The level that fills now.' }),
    percent: Type.Integer({ minimum: 0, maximum: 100, description: 'Of this level.' }),
    full: Type.Boolean({ description: 'The fifth level is full; it runs on until endsAt.' }),
    progressCoins: digits('In this level so far.'),
    goalCoins: digits('What this level takes.'),
    totalCoins: digits('From its beginning.'),
    supporters: Type.Integer({ minimum: 0, description: 'Different people who gave.' }),
    topContributors: Type.Array(
      Type.Object(
        {
          user: nullable(flatPerson, { description: 'null: a supporter who is in no ranking by name.' }),
          coinCount: digits('Coins'),
        },
        { additionalProperties: false },
      ),
    ),
    startedAt: Type.String({ description: 'ISO 8601.' }),
    endsAt: Type.String({
      description: 'When it ends unless a level is filled before; when it ended. ISO 8601.',
    }),
    endedBy: nullable(
      Type.Enum(['time', 'live_ended', 'switched_off'], { description: 'null while it runs.' }),
    ),
    best: Type.Boolean({ description: 'It ended, and no other one of this stage came so far.' }),
  },
  examples: [
    {
      type: 'hype',
      ...exampleNumber(70),
      ...example,
      state: 'levelUp',
      level: 2,
      percent: 12,
      progressCoins: '120',
      goalCoins: '1000',
      totalCoins: '620',
      supporters: 5,
      topContributors: [
        { user: EXAMPLE_PERSON, coinCount: '400' },
        { user: null, coinCount: '199' },
      ],
    },
    {
      type: 'hype',
      ...exampleNumber(71),
      ...example,
      state: 'ended',
      level: 3,
      percent: 45,
      progressCoins: '900',
      goalCoins: '2000',
      totalCoins: '2400',
      supporters: 9,
      topContributors: [{ user: EXAMPLE_PERSON, coinCount: '1200' }],
      endedBy: 'time',
      best: true,
    },
  ],
});
