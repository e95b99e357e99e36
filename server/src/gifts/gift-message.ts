import Type from 'typebox';
import { publicIdPattern } from '../core/ids.ts';
import {
  defineMessage,
  EXAMPLE_HOST,
  EXAMPLE_PERSON,
  exampleNumber,
  flatPerson,
  personFields,
} from '../realtime/messages.ts';

const digits = (description: string) => Type.String({ pattern: '^(0|[1-9][0-9]*)$', description });

const rose = {
  type: 'gift',
  timestamp: 1_790_000_042_000,
  ...EXAMPLE_PERSON,
  giftId: 'rose',
  giftName: 'Rose',
  art: '1f339',
  giftPictureUrl: '/art/gifts/1f339.webp',
  giftType: 1,
  diamondCount: 1,
  groupId: '0199f3a1-b2c3-7d4e-8f50-61728394a5b6',
  giftInstanceId: 'gift_0199f3a1b2c37d4e8f5061728394a5b6',
  status: 'shown',
  currency: 'USD',
  tier: 1,
  givenOn: 'stage_0199f3a1b2c37d4e8f5061728394a5b6',
  receiverUserId: EXAMPLE_HOST.userId,
  toUser: EXAMPLE_HOST,
} as const;

/** What `giftEvent` makes. */
defineMessage({
  name: 'gift',
  numbered: true,
  summary:
    'A gift, or some of a streak. Each streak has exactly one message with final: true; so has each single gift. ' +
    'One to a guest is told on two stages, where it was given and on the receiver’s own: count it where toUser is the host',
  fields: {
    timestamp: Type.Integer({ description: 'createTime as a number.' }),
    ...personFields,
    giftId: Type.String({
      description: 'Of the catalogue (GET /v1/gifts/catalogue): its price never changes.',
    }),
    giftName: Type.String(),
    art: Type.String(),
    giftPictureUrl: Type.String(),
    giftType: Type.Union([Type.Literal(1), Type.Literal(2)], {
      description:
        '1 streaks: count it when repeatEnd is true, or add up deltaCount. 2 comes once: count it.',
    }),
    diamondCount: Type.Integer({
      description: 'The price of one, in Coins; the name is the one that tools know.',
    }),
    repeatCount: Type.Integer({ minimum: 1, description: 'Of the whole group so far.' }),
    repeatEnd: Type.Boolean({ description: 'The same as final.' }),
    groupId: Type.String({ description: 'The streak. userId and groupId name it.' }),
    deltaCount: Type.Integer({
      minimum: 0,
      description: 'How many came with this message; 0 when it only ends the streak. Their sum is the truth.',
    }),
    deltaCoins: digits('Coins that came with this message.'),
    final: Type.Boolean(),
    giftInstanceId: Type.String({
      pattern: publicIdPattern('gift'),
      description: 'The gift of the ledger that it ends with: GET /v1/gifts/{id} for those whose it is.',
    }),
    status: Type.Literal('shown', {
      description: 'Paid for in the ledger before anybody is told; the Diamonds are pending.',
    }),
    coins: digits('Coins of the whole group so far.'),
    valueMinor: digits('What the group cost so far, in minor units of currency, rounded up.'),
    currency: Type.Literal('USD'),
    tier: Type.Integer({ minimum: 1, maximum: 5 }),
    diamonds: digits('Diamond units (1,000 = 1 Diamond) that the creator earned with this message.'),
    givenOn: Type.String({
      pattern: publicIdPattern('stage'),
      description:
        'The stage on which it was given; another than this one when it was given to its host there.',
    }),
    receiverUserId: Type.String({
      pattern: publicIdPattern('user'),
      description: 'Whose Diamonds they are: the host’s, or a guest’s.',
    }),
    toUser: flatPerson,
  },
  examples: [
    {
      ...rose,
      ...exampleNumber(42),
      repeatCount: 3,
      repeatEnd: false,
      deltaCount: 3,
      deltaCoins: '3',
      final: false,
      coins: '3',
      valueMinor: '5',
      diamonds: '1500',
    },
    {
      ...rose,
      ...exampleNumber(43),
      repeatCount: 3,
      repeatEnd: true,
      deltaCount: 0,
      deltaCoins: '0',
      final: true,
      coins: '3',
      valueMinor: '5',
      diamonds: '0',
    },
  ],
});
