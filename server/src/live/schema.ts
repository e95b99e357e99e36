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
import { frameKey, roomName } from '../realtime/frames.ts';
import { EFFECTS_CAP_MAX, SCENES } from './rules.ts';

/** Loose on purpose: the rules behind them name what is wrong with a text. */
const anyText = Type.String({ maxLength: 2_000 });
const units = Type.String({
  pattern: '^(0|[1-9][0-9]*)$',
  maxLength: 19,
  description: 'Diamond units: 1,000 = 1 Diamond.',
});
const effectsCap = Type.Integer({
  minimum: 1,
  maximum: EFFECTS_CAP_MAX,
  description: 'Gifts above this tier are shown as ones of this tier.',
});
const sceneSchema = Type.Enum([...SCENES]);

export const HandleParams = strictObject({ handle: Type.String({ minLength: 1, maxLength: 100 }) });

const cardFields = {
  id: publicIdSchema('stage'),
  handle: Type.String(),
  displayName: Type.String(),
  avatar: Type.String(),
  title: Type.String({ description: 'Of the live now or of the last one; empty before the first.' }),
  hashtags: Type.Array(Type.String()),
  category: nullable(Type.String()),
  live: Type.Boolean(),
  viewers: Type.Integer({ description: 'People watching: each signed-in person once, the host not.' }),
  startedAt: nullable(Type.String({ format: 'date-time' })),
  scene: sceneSchema,
};

export const StageCard = strictObject(cardFields);
export type StageCard = Static<typeof StageCard>;

export const DirectoryQuery = strictObject({
  filter: Type.Enum(['all', 'following'], { default: 'all' }),
  q: Type.Optional(Type.String({ maxLength: 80, pattern: '^[^\\u0000]*$' })),
  ...pageQuery,
});
export const DirectoryAnswer = pageSchema(StageCard);

export const ChatLineSchema = strictObject({
  id: publicIdSchema('chat'),
  at: Type.String({ format: 'date-time' }),
  user: strictObject({
    id: publicIdSchema('user'),
    handle: Type.String(),
    displayName: Type.String(),
    avatar: Type.String(),
    badges: Type.Array(Type.String({ description: 'top1, top2, top3, top10, staff' })),
    host: Type.Boolean(),
  }),
  text: Type.String(),
});

export const GoalSchema = strictObject({
  title: Type.String(),
  units,
  targetUnits: units,
  display: Type.String({ description: 'For a person: 7,400 of 10,000 Diamonds.' }),
});

export const StageView = strictObject({
  ...cardFields,
  creator: strictObject({
    id: publicIdSchema('user'),
    handle: Type.String(),
    displayName: Type.String(),
    avatar: Type.String(),
    bio: Type.String(),
    followers: Type.Integer(),
    following: Type.Boolean({ description: 'Whether the asker follows them.' }),
  }),
  giftsOn: Type.Boolean(),
  giftsOffReason: nullable(Type.String()),
  effectsCap,
  goal: nullable(GoalSchema),
  seq: Type.Integer({ description: 'The last event of the room that this answer includes.' }),
  likes: Type.Integer(),
  chat: Type.Array(ChatLineSchema),
  supporters: Type.Array(
    strictObject({
      rank: Type.Integer(),
      ...rankedPersonSchema.properties,
      coins: amountSchema,
    }),
  ),
  pinned: nullable(strictObject({ text: Type.String() })),
  diamondsThisLive: amountSchema,
});
export type StageView = Static<typeof StageView>;
export const StageAnswer = strictObject({ stage: StageView });

export const EventsQuery = strictObject({
  after: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 0 }),
  limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }),
});
export const EventsAnswer = strictObject({
  items: Type.Array(
    Type.Object(
      {
        type: Type.String(),
        seq: Type.Integer(),
        eventId: publicIdSchema('evt'),
        msgId: Type.String(),
        createTime: Type.String({ description: 'Milliseconds since 1970.' }),
      },
      { additionalProperties: true, description: 'The fields of the type stand beside these.' },
    ),
  ),
  nextSeq: Type.Integer({ description: 'The `after` of the next page.' }),
  lastSeq: Type.Integer({ description: 'The last event there is.' }),
});

export const StartBody = strictObject({
  title: anyText,
  hashtags: Type.Optional(Type.Array(anyText, { maxItems: 20 })),
  category: Type.Optional(anyText),
  scene: Type.Optional(sceneSchema),
  goal: Type.Optional(strictObject({ title: anyText, targetUnits: units })),
  pinned: Type.Optional(anyText),
  giftsOn: Type.Optional(Type.Boolean()),
  effectsCap: Type.Optional(effectsCap),
});
export const EndBody = strictObject({});
export const GoalBody = strictObject({ title: anyText, targetUnits: units });
export const PinBody = strictObject({ text: anyText });

export const chatFrame = strictObject({
  t: Type.Literal('chat'),
  key: frameKey,
  stage: roomName,
  text: anyText,
});

export const likeFrame = strictObject({
  t: Type.Literal('like'),
  stage: roomName,
  count: Type.Integer({ minimum: 1, maximum: 100 }),
});
