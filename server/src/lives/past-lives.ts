import { parsePublicId, publicId, type Uuid } from '../core/ids.ts';
import { decodeCursor, encodeCursor } from '../core/page.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import { INVALID_REQUEST } from '../http/refusals.ts';
import { pricesAt } from '../wallet/index.ts';
import type { PastLivesAnswer } from './schema.ts';
import { liveJson } from './show-dashboard.ts';
import { endedLives } from './store.ts';

/** One page of a creator's lives that ended, newest first. Refuses with `invalid_request` (cursor). */
export async function pastLives(
  { db, clock }: House,
  creatorId: Uuid,
  asked: { readonly cursor?: string; readonly limit: number },
): Promise<PastLivesAnswer> {
  const after = asked.cursor === undefined ? null : readCursor(asked.cursor);
  const lives = await endedLives(db, creatorId, after, asked.limit + 1);
  const prices = await pricesAt(db, clock.now());
  const shown = lives.slice(0, asked.limit);
  const last = shown.at(-1);
  return {
    items: shown.map((live) => liveJson(live, prices)),
    nextCursor:
      lives.length > asked.limit && last !== undefined
        ? encodeCursor([last.startedAt.getTime(), publicId('live', last.id)])
        : null,
  };
}

function readCursor(cursor: string): { readonly startedAt: Date; readonly id: Uuid } {
  const [at, live] = decodeCursor(cursor, 2) ?? [];
  const id = typeof live === 'string' ? parsePublicId('live', live) : null;
  if (!Number.isSafeInteger(at) || id === null) {
    throw new Refusal(
      INVALID_REQUEST,
      { field: 'cursor', rule: 'is not one that this list gave' },
      '/cursor',
    );
  }
  return { startedAt: new Date(at as number), id };
}
