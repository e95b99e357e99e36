import type { WordFilter } from '../live/index.ts';
import type { Json } from '../realtime/room-event.ts';
import type { StreamMessage } from '../realtime/stream-batch.ts';
import { type Source, shownPerson } from './rules.ts';

/**
 * What an overlay is told of an event of its stage: only what it draws, without names and words that the creator does not
 * want to read. `null`: nothing. Pure; what it does not know it passes over.
 */
export function shaped(source: Source, event: StreamMessage, hides: WordFilter): StreamMessage | null {
  if (event.type === 'stage') return { ...common(event), type: 'live', live: event.live === true };
  switch (source) {
    case 'alerts':
      return event.type === 'gift'
        ? giftShown(event, hides)
        : event.type === 'follow'
          ? followShown(event, hides)
          : null;
    case 'ticker':
      return event.type === 'gift' && event.final === true ? giftShown(event, hides) : null;
    case 'goal':
      return event.type === 'goal' ? { ...common(event), type: 'goal', goal: goalOf(event) } : null;
    case 'leaderboard':
      return event.type === 'roomUser' && Array.isArray(event.topViewers)
        ? { ...common(event), type: 'leaders', leaders: leadersOf(event.topViewers, hides) }
        : null;
    case 'question':
      return event.type === 'questionStatus' ? questionShown(event, hides) : null;
    case 'match':
      return event.type === 'match' || event.type === 'matchScore' ? matchShown(event, hides) : null;
  }
}

function giftShown(event: StreamMessage, hides: WordFilter): StreamMessage {
  const { name, picture } = personOf(event, hides);
  return {
    ...common(event),
    type: 'gift',
    alert: `${text(event.groupId)}`.replaceAll(/[^A-Za-z0-9_.:-]/g, '_'),
    name,
    picture,
    gift: text(event.giftName),
    art: text(event.giftPictureUrl),
    count: number(event.repeatCount),
    coins: text(event.coins),
    money: dollars(event.valueMinor),
    tier: number(event.tier),
    streaks: event.giftType === 1,
    final: event.final === true,
  };
}

function followShown(event: StreamMessage, hides: WordFilter): StreamMessage {
  return { ...common(event), type: 'follow', alert: text(event.eventId), ...personOf(event, hides) };
}

function questionShown(event: StreamMessage, hides: WordFilter): StreamMessage {
  const shows = event.answerStatus === 'answering' && !hides(text(event.questionText));
  return {
    ...common(event),
    type: 'question',
    id: text(event.questionId),
    question: shows
      ? {
          ...personOf(event, hides),
          text: text(event.questionText),
          coins: text(event.coins),
          money: dollars(event.valueMinor),
        }
      : null,
  };
}

/** The event of a match or of its score, with names as they may be shown. */
export function matchShown(event: StreamMessage, hides: WordFilter): StreamMessage {
  const sides = (Array.isArray(event.sides) ? event.sides : []) as readonly {
    readonly [field: string]: Json;
  }[];
  return {
    ...event,
    sides: sides.map((side) => {
      if (typeof side.nickname !== 'string') return side;
      const avatar = typeof side.avatar === 'string' ? side.avatar : '';
      return {
        ...side,
        nickname: shownPerson({ nickname: side.nickname, picture: null }, hides).name,
        picture: avatar === '' ? null : pictureOf(avatar),
      };
    }),
  };
}

function goalOf({ title, units, targetUnits }: StreamMessage) {
  if (typeof title !== 'string') return null;
  return { title, units: text(units), targetUnits: text(targetUnits) };
}

function leadersOf(top: readonly Json[], hides: WordFilter): readonly Json[] {
  return (top as readonly { readonly user: StreamMessage | null; readonly coinCount: string }[]).map(
    ({ user, coinCount }) => ({
      ...shownPerson(
        user === null ? null : { nickname: text(user.nickname), picture: text(user.profilePictureUrl) },
        hides,
      ),
      id: user === null ? null : text(user.userId),
      coins: coinCount,
    }),
  );
}

function personOf(event: StreamMessage, hides: WordFilter) {
  const picture = text(event.avatar) === '' ? null : text(event.profilePictureUrl);
  return shownPerson({ nickname: text(event.nickname), picture }, hides);
}

/** Where the picture of an avatar is. */
export function pictureOf(avatar: string): string {
  return `/art/avatars/${avatar}.webp`;
}

function common({ createTime, seq, test }: StreamMessage) {
  return {
    createTime,
    ...(seq === undefined ? {} : { seq }),
    ...(test === true ? { test: true } : {}),
  };
}

function dollars(cents: Json | undefined): string {
  const digits = text(cents).padStart(3, '0');
  return /^[0-9]+$/.test(digits) ? `$${digits.slice(0, -2)}.${digits.slice(-2)}` : '';
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function number(value: Json | undefined): number {
  return typeof value === 'number' ? value : 0;
}
