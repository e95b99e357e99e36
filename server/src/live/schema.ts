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
import { ACTS } from './moderation-store.ts';
import { EFFECTS_CAP_MAX, MUTE_MINUTES_MAX, MUTE_MINUTES_USUAL, SCENES, SLOW_SECONDS_MAX } from './rules.ts';
import { FILTER_WORDS_MAX } from './word-filter.ts';

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

/** Of an answer that has no body. */
export const noBody = Type.Null({ description: 'No body.' });

export const HandleParams = strictObject({ handle: Type.String({ minLength: 1, maxLength: 100 }) });

/** The next live that a creator announced. */
export const NextSchema = strictObject({
  id: publicIdSchema('sched'),
  title: Type.String(),
  startsAt: Type.String({ format: 'date-time' }),
  reminders: Type.Integer({ description: 'People who are told when it begins.' }),
  reminded: Type.Boolean({ description: 'Whether the asker is one of them.' }),
});
export type NextView = Static<typeof NextSchema>;

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
  next: nullable(NextSchema),
};

export const StageCard = strictObject(cardFields);
export type StageCard = Static<typeof StageCard>;

export const DirectoryQuery = strictObject({
  filter: Type.Enum(['all', 'following', 'scheduled'], { default: 'all' }),
  q: Type.Optional(Type.String({ maxLength: 80, pattern: '^[^\\u0000]*$' })),
  tag: Type.Optional(
    Type.String({
      maxLength: 80,
      pattern: '^[^\\u0000]*$',
      description: 'Only stages whose running or last live has this very hashtag, with or without its `#`.',
    }),
  ),
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
  replyTo: Type.Optional(
    strictObject({
      id: publicIdSchema('chat'),
      handle: Type.String(),
      displayName: Type.String(),
      text: Type.String({ description: 'Its first 80 letters.' }),
    }),
  ),
});

/** How a person stands on a stage. */
export const StandingSchema = strictObject({
  role: nullable(Type.Enum(['host', 'moderator'])),
  mutedUntil: nullable(Type.String({ format: 'date-time' })),
  banned: Type.Boolean(),
});
export type StandingView = Static<typeof StandingSchema>;

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
  together: Type.Boolean({
    description:
      'Whether others are live together with the creator: GET /v1/stages/{handle}/guests and /match.',
  }),
  giftsOn: Type.Boolean(),
  giftsOffReason: nullable(Type.String()),
  effectsCap,
  goal: nullable(GoalSchema),
  running: Type.Array(Type.String(), {
    description: 'What else runs in this live, each to be asked for at its own address: poll, hype.',
  }),
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
  pinned: nullable(
    strictObject({
      text: Type.String(),
      lineId: nullable(publicIdSchema('chat')),
      author: nullable(Type.String({ description: 'Who said it; null = the creator’s own words.' })),
    }),
  ),
  slowSeconds: Type.Integer({ description: 'Seconds between two messages of one person; 0 = not slow.' }),
  you: nullable(StandingSchema, { description: 'How the asker stands here; null without a session.' }),
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
export const EffectsCapBody = strictObject({ effectsCap });
export const PinBody = strictObject({ text: anyText });

export const chatFrame = strictObject({
  t: Type.Literal('chat'),
  key: frameKey,
  stage: roomName,
  text: anyText,
  replyTo: Type.Optional(publicIdSchema('chat')),
});

export const likeFrame = strictObject({
  t: Type.Literal('like'),
  stage: roomName,
  count: Type.Integer({ minimum: 1, maximum: 100 }),
});

export const ScheduleBody = strictObject({
  title: anyText,
  startsAt: Type.String({
    pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,3})?)?(Z|[+-]\\d{2}:\\d{2})$',
    description: 'ISO 8601, with its offset.',
  }),
});
export const ScheduleAnswer = strictObject({ items: Type.Array(NextSchema) });
export const ScheduledAnswer = strictObject({ scheduled: NextSchema });
export const ScheduledParams = strictObject({ id: publicIdSchema('sched') });

// Keeping order

const reason = Type.Optional(Type.String({ maxLength: 1_000 }));
const anyHandle = Type.String({ minLength: 1, maxLength: 100 });

export const LineParams = strictObject({ handle: anyHandle, id: publicIdSchema('chat') });
export const FanParams = strictObject({ handle: anyHandle, user: anyHandle });
export const ModeratorParams = strictObject({ user: anyHandle });
export const ReasonBody = strictObject({ reason });
export const MuteBody = strictObject({
  minutes: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: MUTE_MINUTES_MAX,
      description: `${MUTE_MINUTES_USUAL} unless told.`,
    }),
  ),
  reason,
});
export const RulesBody = strictObject({
  slowSeconds: Type.Optional(Type.Integer({ minimum: 0, maximum: SLOW_SECONDS_MAX })),
  filterWords: Type.Optional(Type.Array(Type.String({ maxLength: 200 }), { maxItems: FILTER_WORDS_MAX })),
});

const roomRules = {
  slowSeconds: Type.Integer(),
  filterWords: Type.Array(Type.String()),
};
const personFields = { handle: Type.String(), displayName: Type.String(), avatar: Type.String() };
const excluded = strictObject({
  ...personFields,
  at: Type.String({ format: 'date-time' }),
  until: nullable(Type.String({ format: 'date-time' }), { description: 'null = until it is lifted.' }),
});

/** A creator's room as they set it. */
export const RoomView = strictObject({
  ...roomRules,
  moderators: Type.Array(strictObject(personFields)),
  muted: Type.Array(excluded),
  banned: Type.Array(excluded),
});
export type RoomView = Static<typeof RoomView>;
export const RoomAnswer = strictObject({ room: RoomView });

/** One act of keeping order. */
export const ActView = strictObject({
  id: publicIdSchema('act'),
  at: Type.String({ format: 'date-time' }),
  act: Type.Enum([...ACTS]),
  by: nullable(strictObject(personFields)),
  whom: nullable(strictObject(personFields)),
  line: nullable(strictObject({ id: publicIdSchema('chat'), text: Type.String() })),
  reason: nullable(Type.String()),
  until: nullable(Type.String({ format: 'date-time' })),
  rules: nullable(strictObject(roomRules)),
});
export type ActView = Static<typeof ActView>;
export const ActsQuery = strictObject({ ...pageQuery });
export const ActsAnswer = pageSchema(ActView);
