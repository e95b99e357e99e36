import { parsePublicId, publicId, type Uuid } from '../core/ids.ts';
import { decodeCursor, encodeCursor } from '../core/page.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import { INVALID_REQUEST } from '../http/refusals.ts';
import { nameInRanks, peopleByIds } from '../identity/index.ts';
import { ownStage } from '../live/index.ts';
import { giftJson } from './own-supporters.ts';
import type { GivenThanksAnswer } from './schema.ts';
import { thanksIn } from './store.ts';

/** One page of what a creator thanked for in their running live, or in the last one. Refuses with `invalid_request`. */
export async function givenThanks(
  { db }: House,
  creatorId: Uuid,
  asked: { readonly cursor?: string; readonly limit: number },
): Promise<GivenThanksAnswer> {
  const after = asked.cursor === undefined ? null : readCursor(asked.cursor);
  const session = (await ownStage(db, creatorId))?.session ?? null;
  const rows = session === null ? [] : await thanksIn(db, session.id, after, asked.limit + 1);
  const shown = rows.slice(0, asked.limit);
  const last = shown.at(-1);
  const people = await peopleByIds(
    db,
    shown.map(({ senderId }) => senderId),
  );
  return {
    items: shown.map((gift) => ({
      gift: giftJson(gift),
      supporter: nameInRanks(people.get(gift.senderId)),
      at: gift.thankedAt.toISOString(),
    })),
    nextCursor:
      rows.length > asked.limit && last !== undefined
        ? encodeCursor([last.thankedAt.getTime(), publicId('gift', last.id)])
        : null,
  };
}

function readCursor(cursor: string) {
  const [at, id] = decodeCursor(cursor, 2) ?? [];
  const giftId = typeof id === 'string' ? parsePublicId('gift', id) : null;
  if (!Number.isSafeInteger(at) || giftId === null) {
    throw new Refusal(
      INVALID_REQUEST,
      { field: 'cursor', rule: 'is not one that this list gave' },
      '/cursor',
    );
  }
  return { at: new Date(at as number), giftId };
}
