import Type from 'typebox';
import { publicIdPattern } from '../core/ids.ts';
import { defineMessage, EXAMPLE_HOST, exampleNumber, personFields } from '../realtime/messages.ts';

/** What `together.ts` tells the stages of creators who are live together. */
defineMessage({
  name: 'guests',
  numbered: true,
  summary: 'Who is live together on this stage changed; nobody: its creator is alone again',
  fields: {
    ...personFields,
    guests: Type.Array(
      Type.Object(
        {
          ...personFields,
          stageId: Type.String({ pattern: publicIdPattern('stage'), description: 'Their own stage.' }),
          scene: Type.String({ description: 'What is drawn where they send no picture.' }),
          host: Type.Boolean({ description: 'Whether they invite here.' }),
        },
        { additionalProperties: false },
      ),
      { description: 'Everybody, this stage’s creator among them, in the order of coming.' },
    ),
  },
  examples: [
    {
      type: 'guests',
      ...exampleNumber(60),
      ...EXAMPLE_HOST,
      guests: [
        {
          ...EXAMPLE_HOST,
          stageId: 'stage_0199f3a1b2c37d4e8f5061728394a5b6',
          scene: 'lamp',
          host: true,
        },
        {
          userId: 'user_0199f3a1b2c37d4e8f5061728394eeee',
          uniqueId: 'juno',
          nickname: 'Juno',
          profilePictureUrl: '/art/avatars/owl.webp',
          avatar: 'owl',
          stageId: 'stage_0199f3a1b2c37d4e8f5061728394eeee',
          scene: 'galaxy',
          host: false,
        },
      ],
    },
  ],
});
