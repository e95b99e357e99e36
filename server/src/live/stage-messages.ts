import Type from 'typebox';
import { nullable } from '../http/schemas.ts';
import {
  defineMessage,
  EXAMPLE_HOST,
  EXAMPLE_PERSON,
  exampleNumber,
  flatPerson,
  personFields,
} from '../realtime/messages.ts';
import { SCENES } from './rules.ts';

/** What `stage-events.ts` makes, as tools read it. */

const units = nullable(Type.String({ pattern: '^(0|[1-9][0-9]*)$' }), {
  description: 'Diamond units: 1,000 = 1 Diamond.',
});

defineMessage({
  name: 'stage',
  numbered: true,
  summary: 'A live began, or ended (live: false)',
  fields: {
    ...personFields,
    live: Type.Boolean(),
    title: nullable(Type.String()),
    hashtags: Type.Array(Type.String()),
    category: nullable(Type.String()),
    scene: nullable(Type.Enum([...SCENES])),
    startedAt: nullable(Type.String({ description: 'ISO 8601.' })),
  },
  examples: [
    {
      type: 'stage',
      ...exampleNumber(1),
      ...EXAMPLE_HOST,
      live: true,
      title: 'Late night',
      hashtags: ['music'],
      category: 'Music',
      scene: 'lamp',
      startedAt: '2026-09-21T14:13:21.000Z',
    },
  ],
});

defineMessage({
  name: 'streamEnd',
  numbered: true,
  summary: 'The live ended. Follows the stage message that says so',
  fields: {
    ...personFields,
    action: Type.Literal(3, { description: '3 = ended by the host.' }),
  },
  examples: [{ type: 'streamEnd', ...exampleNumber(99), ...EXAMPLE_HOST, action: 3 }],
});

defineMessage({
  name: 'goal',
  numbered: true,
  summary: 'How far the goal is; all null when there is none any more',
  fields: {
    ...personFields,
    title: nullable(Type.String()),
    units,
    targetUnits: units,
    reached: Type.Boolean(),
  },
  examples: [
    {
      type: 'goal',
      ...exampleNumber(44),
      ...EXAMPLE_HOST,
      title: 'Encore',
      units: '7400000',
      targetUnits: '10000000',
      reached: false,
    },
  ],
});

defineMessage({
  name: 'roomUser',
  numbered: true,
  summary: 'Who gave most in this live, when it changes',
  fields: {
    ...personFields,
    viewerCount: Type.Integer({ minimum: 0 }),
    topViewers: Type.Array(
      Type.Object(
        {
          user: nullable(flatPerson, { description: 'null: a supporter who is in no ranking by name.' }),
          coinCount: Type.String({ pattern: '^[0-9]+$' }),
        },
        { additionalProperties: false },
      ),
    ),
  },
  examples: [
    {
      type: 'roomUser',
      ...exampleNumber(45),
      ...EXAMPLE_HOST,
      viewerCount: 512,
      topViewers: [{ user: EXAMPLE_PERSON, coinCount: '1200' }],
    },
  ],
});

defineMessage({
  name: 'roomPin',
  numbered: true,
  summary: 'The line above the chat changed; null = taken down',
  fields: { ...personFields, text: nullable(Type.String()) },
  examples: [{ type: 'roomPin', ...exampleNumber(2), ...EXAMPLE_HOST, text: 'Requests open' }],
});

defineMessage({
  name: 'follow',
  numbered: true,
  summary: 'Somebody follows the creator, once per live',
  fields: {
    ...personFields,
    followCount: Type.Integer({ minimum: 0, description: 'Followers of the creator now.' }),
  },
  examples: [{ type: 'follow', ...exampleNumber(46), ...EXAMPLE_PERSON, followCount: 1_204 }],
});
