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

/** What `thank-supporter.ts` tells a stage. */
defineMessage({
  name: 'shoutOut',
  numbered: true,
  summary: 'The creator thanks a supporter for a gift',
  fields: {
    ...personFields,
    toUser: nullable(flatPerson, { description: 'null: a supporter who is in no ranking by name.' }),
    giftName: Type.String(),
    art: Type.String(),
    giftPictureUrl: Type.String(),
    tier: Type.Integer({ minimum: 1, maximum: 5 }),
    repeatCount: Type.Integer({
      minimum: 1,
      description: 'Of the streak so far, where it is one of a streak.',
    }),
    giftInstanceId: nullable(Type.String({ pattern: publicIdPattern('gift') }), {
      description: 'null where the supporter is not named.',
    }),
  },
  examples: [
    {
      type: 'shoutOut',
      ...exampleNumber(47),
      ...EXAMPLE_HOST,
      toUser: EXAMPLE_PERSON,
      giftName: 'Rose',
      art: '1f339',
      giftPictureUrl: '/art/gifts/1f339.webp',
      tier: 1,
      repeatCount: 3,
      giftInstanceId: 'gift_0199f3a1b2c37d4e8f5061728394a5b6',
    },
  ],
});
