import { publicId, type Uuid } from '../core/ids.ts';
import { amountJson } from '../core/money.ts';
import { encodeCursor } from '../core/page.ts';
import { type RankedSupporter, rankedSupporters } from '../gifts/index.ts';
import type { House } from '../house.ts';
import { nameInRanks, peopleByIds } from '../identity/index.ts';
import { ownStage } from '../live/index.ts';
import { readPlace } from './list-supporters.ts';
import { listAt } from './rules.ts';
import type { OwnSupportersAnswer } from './schema.ts';
import { giftsCommitted, lastThanks, type ThankableGift } from './store.ts';

/** Supporters looked at for one page: who was thanked is known only after asking. */
const SCAN_MAX = 1_000;
const BEGINNING = new Date(0);

/**
 * One page of a creator's own supporters with whether they were thanked, who gave most first. Each comes with their
 * last gift, by which they are thanked. A page may be short, also empty, while `nextCursor` says that there is more.
 * Refuses with `invalid_request` (cursor).
 */
export async function ownSupporters(
  house: House,
  creatorId: Uuid,
  asked: {
    readonly period: 'live' | 'all';
    readonly thanked: 'any' | 'no';
    readonly cursor?: string;
    readonly limit: number;
  },
): Promise<OwnSupportersAnswer> {
  const { db, clock } = house;
  const stage = await ownStage(db, creatorId);
  const at = listAt(asked.period, { creatorId, session: stage?.session ?? null }, clock.now());
  const place = readPlace(asked.cursor, at.key);
  if (at.list === null) return { items: [], nextCursor: null };
  const since = at.sinceMs === null ? BEGINNING : new Date(at.sinceMs);
  const found: { readonly row: RankedSupporter; readonly rank: number; readonly thanked: Date | null }[] = [];
  let { after, rank } = place;
  let isLast = false;
  while (!isLast && found.length < asked.limit && rank - place.rank < SCAN_MAX) {
    const wanted = asked.limit - found.length;
    const rows = await rankedSupporters(db, at.list, { after, limit: wanted + 1 });
    isLast = rows.length <= wanted;
    const looked = rows.slice(0, wanted);
    const thanks = await lastThanks(
      db,
      creatorId,
      looked.map(({ senderId }) => senderId),
      since,
    );
    for (const row of looked) {
      rank += 1;
      after = row;
      const thanked = thanks.get(row.senderId) ?? null;
      if (asked.thanked === 'any' || thanked === null) found.push({ row, rank, thanked });
    }
  }
  const people = await peopleByIds(
    db,
    found.map(({ row }) => row.senderId),
  );
  const gifts = await giftsCommitted(
    db,
    found.map(({ row }) => row.reached),
  );
  return {
    items: found.flatMap(({ row, rank: own, thanked }) => {
      const gift = gifts.get(row.reached);
      if (gift === undefined) return [];
      return [
        {
          rank: own,
          ...nameInRanks(people.get(row.senderId)),
          coins: amountJson('COIN', row.coins),
          diamonds: amountJson('DIAMOND', row.diamondUnits),
          lastGift: giftJson(gift),
          lastGiftAt: gift.sentAt.toISOString(),
          thankedAt: thanked?.toISOString() ?? null,
        },
      ];
    }),
    nextCursor:
      isLast || after === null ? null : encodeCursor([at.key, `${after.coins}`, `${after.reached}`, rank]),
  };
}

/** A gift as thanks name it. */
export function giftJson({ id, name, art, count }: Pick<ThankableGift, 'id' | 'name' | 'art' | 'count'>) {
  return { id: publicId('gift', id), name, art, count };
}
