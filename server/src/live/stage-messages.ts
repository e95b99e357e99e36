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
import { EFFECTS_CAP_MAX, SCENES } from './rules.ts';

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
  fields: {
    ...personFields,
    text: nullable(Type.String()),
    lineId: nullable(Type.String({ description: 'The chat line that it shows, chat_….' })),
    author: nullable(Type.String({ description: 'Who said that line; null = the creator’s own words.' })),
  },
  examples: [
    {
      type: 'roomPin',
      ...exampleNumber(2),
      ...EXAMPLE_HOST,
      text: 'Requests open',
      lineId: null,
      author: null,
    },
  ],
});

defineMessage({
  name: 'chatRemoved',
  numbered: true,
  summary: 'Chat lines were taken down: those of lineIds, and all that ofUser said in this live',
  fields: {
    ...personFields,
    lineIds: Type.Array(Type.String({ description: 'chat_…' })),
    ofUser: nullable(Type.String({ description: 'user_…' })),
  },
  examples: [
    {
      type: 'chatRemoved',
      ...exampleNumber(12),
      ...EXAMPLE_HOST,
      lineIds: ['chat_01992a3b4c5d7e6f8091a2b3c4d5e6f7'],
      ofUser: null,
    },
  ],
});

defineMessage({
  name: 'roomRules',
  numbered: true,
  summary: 'How slowly people write from now on',
  fields: {
    ...personFields,
    slowSeconds: Type.Integer({
      minimum: 0,
      description: 'Seconds between two messages of one person; 0 = not slow.',
    }),
  },
  examples: [{ type: 'roomRules', ...exampleNumber(13), ...EXAMPLE_HOST, slowSeconds: 30 }],
});

defineMessage({
  name: 'roomEffects',
  numbered: true,
  summary: 'How much of the stage gifts may take from now on',
  fields: {
    ...personFields,
    effectsCap: Type.Integer({
      minimum: 1,
      maximum: EFFECTS_CAP_MAX,
      description: 'Gifts above this tier are shown as ones of this tier; 5 = no cap.',
    }),
  },
  examples: [{ type: 'roomEffects', ...exampleNumber(14), ...EXAMPLE_HOST, effectsCap: 4 }],
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
