import { parsePublicId, publicId, type Uuid } from '../core/ids.ts';
import { decodeCursor, encodeCursor } from '../core/page.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import { INVALID_REQUEST } from '../http/refusals.ts';
import { peopleByIds } from '../identity/index.ts';
import { giftJson } from './own-supporters.ts';
import type { OwnThanksAnswer } from './schema.ts';
import { thanksTo } from './store.ts';

/** One page of the shout-outs and notes that a person was thanked with, newest first. Refuses with `invalid_request`. */
export async function ownThanks(
  house: House,
  userId: Uuid,
  asked: { readonly cursor?: string; readonly limit: number },
): Promise<OwnThanksAnswer> {
  const after = asked.cursor === undefined ? null : readCursor(asked.cursor);
  const rows = await thanksTo(house.db, userId, after, asked.limit + 1);
  const shown = rows.slice(0, asked.limit);
  const last = shown.at(-1);
  const creators = await peopleByIds(
    house.db,
    shown.map(({ creatorId }) => creatorId),
  );
  return {
    items: shown.map((row) => {
      const { handle = '', displayName = 'Somebody', avatar = '' } = creators.get(row.creatorId) ?? {};
      return {
        kind: row.kind,
        at: row.at.toISOString(),
        from: { handle, displayName, avatar },
        gift: giftJson({ ...row, id: row.giftId }),
        text: row.text,
      };
    }),
    nextCursor:
      rows.length > asked.limit && last !== undefined
        ? encodeCursor([last.at.getTime(), last.kind, publicId('gift', last.giftId)])
        : null,
  };
}

function readCursor(cursor: string) {
  const [at, kind, id] = decodeCursor(cursor, 3) ?? [];
  const giftId = typeof id === 'string' ? parsePublicId('gift', id) : null;
  if (!Number.isSafeInteger(at) || (kind !== 'note' && kind !== 'shoutOut') || giftId === null) {
    throw new Refusal(
      INVALID_REQUEST,
      { field: 'cursor', rule: 'is not one that this list gave' },
      '/cursor',
    );
  }
  return { at: new Date(at as number), kind, giftId };
}
