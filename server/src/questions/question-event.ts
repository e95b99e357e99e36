import { publicId, type Uuid } from '../core/ids.ts';
import { convertUp, type Ratio } from '../core/money.ts';
import type { Person } from '../identity/index.ts';
import type { NewRoomEvent } from '../realtime/room-event.ts';
import type { QuestionNow, QuestionSettings } from './question.ts';

/** A person as events show them. */
export type ShownPerson = Pick<Person, 'id' | 'handle' | 'displayName' | 'avatar'>;

/**
 * What became of a question, flat, about the one who asked it: `questionNew` when it was asked, `questionStatus`
 * afterwards. `answerStatus` says where it is after this event, not now.
 */
export function questionEvent(
  question: Pick<
    QuestionNow,
    'id' | 'status' | 'text' | 'coins' | 'diamondUnits' | 'askedAt' | 'returnReason'
  >,
  asker: ShownPerson,
  centsPerCoin: Ratio,
  nowMs: number,
): NewRoomEvent {
  return {
    type: question.status === 'waiting' ? 'questionNew' : 'questionStatus',
    createTime: String(question.status === 'waiting' ? question.askedAt.getTime() : nowMs),
    ...flat(asker),
    questionId: publicId('question', question.id),
    questionText: question.text,
    answerStatus: question.status,
    returnReason: question.status === 'returned' ? question.returnReason : null,
    coins: question.coins.toString(),
    valueMinor: convertUp(question.coins, centsPerCoin).toString(),
    currency: 'USD',
    diamonds: question.diamondUnits.toString(),
    askedAt: question.askedAt.toISOString(),
  };
}

/** How many people want to hear the answer. */
export function votesEvent(questionId: Uuid, votes: number, nowMs: number): NewRoomEvent {
  return {
    type: 'questionVotes',
    createTime: String(nowMs),
    questionId: publicId('question', questionId),
    votes,
  };
}

/** The creator opened or closed questions, or changed their price. */
export function settingsEvent(creator: ShownPerson, settings: QuestionSettings, nowMs: number): NewRoomEvent {
  return {
    type: 'questionSettings',
    createTime: String(nowMs),
    ...flat(creator),
    questionsOn: settings.isOn,
    coins: settings.coins.toString(),
  };
}

/** Stands for a person whose row cannot be found: the event still counts. */
export function nobody(id: Uuid): ShownPerson {
  return { id, handle: '', displayName: 'Somebody', avatar: '' };
}

function flat(person: ShownPerson) {
  return {
    userId: publicId('user', person.id),
    uniqueId: person.handle,
    nickname: person.displayName,
    profilePictureUrl: `/art/avatars/${person.avatar}.webp`,
    avatar: person.avatar,
  };
}
