import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { cleanText, personByHandle } from '../identity/index.ts';
import { keepOrder, NOTHING_DONE } from './keep-order.ts';
import type { Living } from './living.ts';
import {
  deleteExclusion,
  deleteModerator,
  insertModerator,
  type RoomRules,
  readRoom,
  writeRules,
} from './moderation-store.ts';
import { MODERATION_INVALID, NOT_A_MODERATOR, NOT_THEIRS_TO_MODERATE, ROOM_LIST_FULL } from './refusals.ts';
import { rulesEvent } from './stage-events.ts';
import { FILTER_WORD_LENGTH_MAX, FILTER_WORDS_MAX, isSearchable } from './word-filter.ts';

const MODERATORS_MAX = 50;

/** Changes what the creator says of how people write here. Refuses as `keepOrder` does, and with `moderation_invalid`. */
export function setRules(
  living: Living,
  creator: { readonly userId: Uuid; readonly handle: string },
  wish: { readonly slowSeconds?: number; readonly filterWords?: readonly string[] },
): Promise<void> {
  const filterWords = wish.filterWords === undefined ? undefined : readWords(wish.filterWords);
  return keepOrder(living, creator.userId, creator.handle, async ({ tx, stage, role, at }) => {
    if (role !== 'host') throw new Refusal(NOT_A_MODERATOR);
    const before = (await readRoom(tx, stage.id)).rules;
    const rules: RoomRules = {
      slowSeconds: wish.slowSeconds ?? before.slowSeconds,
      filterWords: filterWords ?? before.filterWords,
    };
    if (JSON.stringify(rules) === JSON.stringify(before)) return NOTHING_DONE;
    await writeRules(tx, stage.id, rules);
    const slower = rules.slowSeconds !== before.slowSeconds;
    return {
      acts: [{ act: 'rules', rules }],
      events: slower ? [rulesEvent(stage, rules.slowSeconds, at.getTime())] : [],
    };
  });
}

/** Lets a fan keep order on the creator's stage, or no more. Refuses as `keepOrder` does, and with `room_list_full`. */
export function nameModerator(
  living: Living,
  creator: { readonly userId: Uuid; readonly handle: string },
  asked: { readonly user: string; readonly named: boolean },
): Promise<void> {
  return keepOrder(living, creator.userId, creator.handle, async ({ tx, stage, at }) => {
    const person = await personByHandle(tx, asked.user.toLowerCase());
    if (person === undefined) throw new Refusal(NOT_FOUND, {}, '/user');
    if (person.id === stage.creatorId) throw new Refusal(NOT_THEIRS_TO_MODERATE);
    if (!asked.named) {
      const was = await deleteModerator(tx, stage.id, person.id);
      return was ? { acts: [{ act: 'dismiss_moderator', userId: person.id }], events: [] } : NOTHING_DONE;
    }
    const { moderators } = await readRoom(tx, stage.id);
    if (moderators.includes(person.id)) return NOTHING_DONE;
    if (moderators.length >= MODERATORS_MAX) {
      throw new Refusal(ROOM_LIST_FULL, { most: MODERATORS_MAX, what: 'moderators' });
    }
    await insertModerator(tx, stage.id, person.id, at);
    // Whoever keeps order is neither silent nor away.
    for (const kind of ['mute', 'ban'] as const) await deleteExclusion(tx, stage.id, person.id, kind);
    return { acts: [{ act: 'name_moderator', userId: person.id }], events: [] };
  });
}

/** The words as they are kept, each once. */
function readWords(raw: readonly string[]): string[] {
  const refuse = (rule: string): never => {
    throw new Refusal(MODERATION_INVALID, { what: 'list of words', rule }, '/filterWords');
  };
  const words = new Set<string>();
  for (const word of raw) {
    const clean = cleanText(word, { lengthMin: 1, lengthMax: FILTER_WORD_LENGTH_MAX });
    if ('rule' in clean) return refuse(`has an entry that ${clean.rule}`);
    if (!isSearchable(clean.text)) return refuse(`has “${clean.text}”, which needs at least two letters`);
    words.add(clean.text);
  }
  if (words.size > FILTER_WORDS_MAX) return refuse(`may have ${FILTER_WORDS_MAX} entries at most`);
  return [...words];
}
