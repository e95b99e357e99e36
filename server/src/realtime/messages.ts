import Type, { type TObject, type TSchema } from 'typebox';
import { publicIdPattern } from '../core/ids.ts';
import type { Json } from './room-event.ts';

/**
 * What a stage's stream says to tools, one flat JSON object each, in the names that TikTok LIVE tools know. Numbered
 * messages are the room's events: kept for 30 days, gapless by `seq`, never sampled. The others are noise: told once.
 */
export interface MessageKind {
  /** Unique; the message's name in `server/asyncapi.json`. */
  readonly name: string;
  /** What stands in `type`. Two kinds may share it: a numbered one and noise. */
  readonly type: string;
  readonly numbered: boolean;
  readonly summary: string;
  /** Strict here; published as open, for fields that are added later. */
  readonly schema: TObject;
  readonly examples: readonly { readonly [field: string]: Json }[];
}

const kinds = new Map<string, MessageKind>();

/** Declares one kind of message, beside the code that makes it. Its common fields are added. */
export function defineMessage(about: {
  readonly name: string;
  /** The name, unless told. */
  readonly type?: string;
  readonly numbered: boolean;
  readonly summary: string;
  readonly fields: Readonly<Record<string, TSchema>>;
  readonly examples: readonly { readonly [field: string]: Json }[];
}): void {
  const { name, type = name, numbered, summary, fields, examples } = about;
  if (kinds.has(name)) throw new Error(`the message ${name} is defined twice`);
  const schema = Type.Object(
    { type: Type.Literal(type), ...(numbered ? NUMBERED : {}), createTime, test, ...fields },
    { additionalProperties: false },
  );
  kinds.set(name, { name, type, numbered, summary, schema, examples });
}

/** Every kind of message, by name. Importing the slices defines them all. */
export function allMessages(): MessageKind[] {
  return [...kinds.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

const createTime = Type.String({
  pattern: '^[0-9]+$',
  description: 'When it happened: milliseconds since 1970, as digits.',
});

const test = Type.Optional(
  Type.Literal(true, {
    description:
      'Sent by the creator to try a tool: nothing happened. Only readers that asked for tests get it.',
  }),
);

export const eventId = Type.String({
  pattern: publicIdPattern('evt'),
  description: 'The same however often the event is read: what was seen before can be passed over.',
});

const NUMBERED = {
  seq: Type.Optional(
    Type.Integer({
      minimum: 1,
      description: 'The stage’s gapless number of this event: 1, 2, 3 … Test events alone have none.',
    }),
  ),
  eventId,
  msgId: Type.String({ description: 'The same as eventId.' }),
};

/** A person, flat, as tools know them. */
export const personFields = {
  userId: Type.String({ pattern: publicIdPattern('user') }),
  uniqueId: Type.String({ description: 'The handle; it may change, the userId does not.' }),
  nickname: Type.String(),
  profilePictureUrl: Type.String({ description: 'A path on this site.' }),
  avatar: Type.String({ description: 'The key of the picture.' }),
};

export const flatPerson = Type.Object(personFields, { additionalProperties: false });

export const EXAMPLE_PERSON = {
  userId: 'user_0199f3a1b2c37d4e8f5061728394a5b6',
  uniqueId: 'ana',
  nickname: 'Ana',
  profilePictureUrl: '/art/avatars/fox.webp',
  avatar: 'fox',
} as const;

export const EXAMPLE_HOST = {
  userId: 'user_0199f3a1b2c37d4e8f5061728394ffff',
  uniqueId: 'mira',
  nickname: 'Mira',
  profilePictureUrl: '/art/avatars/cat.webp',
  avatar: 'cat',
} as const;

/** The common fields of an example with this number. */
export function exampleNumber(seq: number) {
  const id = `evt_0199f3a1b2c37d4e8f506172${(0x8394a500 + seq).toString(16)}`;
  return { seq, eventId: id, msgId: id, createTime: String(1_790_000_000_000 + seq * 1_000) };
}

/** How a stage is when a reader comes in: the first message, always. */
defineMessage({
  name: 'connected',
  numbered: false,
  summary: 'The first message: how the stage is now',
  fields: {
    roomId: Type.String({ pattern: publicIdPattern('stage') }),
    ...personFields,
    live: Type.Boolean(),
    title: Type.String({ description: 'Of the live now or of the last one.' }),
    seq: Type.Integer({ minimum: 0, description: 'The events that follow begin after this number.' }),
    resumed: Type.Boolean({
      description:
        'Whether every event after the number that was asked for follows. False when none was asked for.',
    }),
    viewerCount: Type.Integer({ minimum: 0 }),
    totalLikeCount: Type.Integer({ minimum: 0 }),
  },
  examples: [
    {
      type: 'connected',
      createTime: '1790000000000',
      roomId: 'stage_0199f3a1b2c37d4e8f5061728394a5b6',
      ...EXAMPLE_HOST,
      live: true,
      title: 'Late night',
      seq: 41,
      resumed: true,
      viewerCount: 512,
      totalLikeCount: 9_014,
    },
  ],
});

defineMessage({
  name: 'chat',
  numbered: false,
  summary: 'Somebody said something. In a crowd a sample, the host and top supporters first',
  fields: {
    msgId: Type.String({ pattern: publicIdPattern('chat') }),
    ...personFields,
    comment: Type.String(),
    emotes: Type.Array(Type.Unknown(), { maxItems: 0, description: 'None: what is said is text.' }),
    userBadges: Type.Array(
      Type.Object(
        { type: Type.String({ description: 'top1, top2, top3, top10, staff …' }), name: Type.String() },
        { additionalProperties: false },
      ),
    ),
    isHost: Type.Boolean(),
  },
  examples: [
    {
      type: 'chat',
      createTime: '1790000002000',
      msgId: 'chat_0199f3a1b2c37d4e8f5061728394a5b6',
      ...EXAMPLE_PERSON,
      comment: 'Encore!',
      emotes: [],
      userBadges: [{ type: 'top1', name: 'top1' }],
      isHost: false,
    },
  ],
});

defineMessage({
  name: 'like',
  numbered: false,
  summary: 'Likes since the last message of this type, all people’s together',
  fields: {
    likeCount: Type.Integer({ minimum: 0 }),
    totalLikeCount: Type.Integer({ minimum: 0, description: 'In this live.' }),
  },
  examples: [{ type: 'like', createTime: '1790000002100', likeCount: 12, totalLikeCount: 9_026 }],
});

defineMessage({
  name: 'member',
  numbered: false,
  summary: 'People came in. They are counted, not named',
  fields: {
    actionId: Type.Literal(1, { description: 'Joined.' }),
    joinCount: Type.Integer({ minimum: 1 }),
    memberCount: Type.Integer({ minimum: 0, description: 'People watching now.' }),
  },
  examples: [{ type: 'member', createTime: '1790000002200', actionId: 1, joinCount: 3, memberCount: 515 }],
});

defineMessage({
  name: 'roomUser.viewers',
  type: 'roomUser',
  numbered: false,
  summary: 'How many people watch, when it changes',
  fields: { viewerCount: Type.Integer({ minimum: 0 }) },
  examples: [{ type: 'roomUser', createTime: '1790000002300', viewerCount: 515 }],
});
