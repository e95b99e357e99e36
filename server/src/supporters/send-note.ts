import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { Queryable } from '../db/database.ts';
import type { House } from '../house.ts';
import { cleanText, nameInRanks, type Person, peopleByIds, type RankedPerson } from '../identity/index.ts';
import { bellOf } from '../notices/index.ts';
import { NOTE_INVALID, NOTE_SENT_ALREADY } from './refusals.ts';
import { NOTE_LENGTH_MAX } from './rules.ts';
import { keepNote, type Note, type ThankableGift } from './store.ts';
import { giftTo } from './thank-supporter.ts';

/**
 * Sends a supporter a few words about a gift, for them alone. The same words again are the same note.
 * Refuses with `not_found` when it is no gift to this creator, `note_invalid` or `note_sent_already`.
 */
export async function sendNote(
  house: House,
  creatorId: Uuid,
  asked: { readonly giftId: Uuid | null; readonly text: string },
): Promise<{ readonly gift: ThankableGift; readonly supporter: RankedPerson; readonly note: Note }> {
  const clean = cleanText(asked.text, { lengthMin: 1, lengthMax: NOTE_LENGTH_MAX, lines: true });
  if ('rule' in clean) throw new Refusal(NOTE_INVALID, { rule: clean.rule }, '/text');
  const gift = await giftTo(house, creatorId, asked.giftId);
  const people = await peopleByIds(house.db, [gift.senderId, creatorId]);
  const creator = people.get(creatorId);
  const { kept, isNew } = await house.db.transaction(async (tx) => {
    const note = await keepNote(tx, {
      giftId: gift.id,
      creatorId,
      supporterId: gift.senderId,
      text: clean.text,
      at: new Date(house.clock.now()),
    });
    if (note.isNew && creator !== undefined) await tell(house, tx, creator, gift, note.kept);
    return note;
  });
  if (!isNew && kept.text !== clean.text) throw new Refusal(NOTE_SENT_ALREADY, {}, '/giftId');
  return { gift, supporter: nameInRanks(people.get(gift.senderId)), note: kept };
}

/** The note as its receiver's notice. */
async function tell(
  house: House,
  tx: Queryable,
  creator: Person,
  gift: ThankableGift,
  note: Note,
): Promise<void> {
  const news = {
    topic: `note ${gift.id}`,
    kind: 'note',
    title: `${creator.displayName} wrote to you about ${gift.name} ×${gift.count}`,
    text: note.text,
    link: `/live/${creator.handle}`,
    about: creator.id,
    at: note.at,
  };
  await bellOf(house).tell(tx, news, [gift.senderId]);
}
