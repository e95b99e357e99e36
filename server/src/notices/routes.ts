import { parsePublicId, publicId, type Uuid } from '../core/ids.ts';
import { decodeCursor, encodeCursor } from '../core/page.ts';
import { Refusal } from '../core/refusal.ts';
import type { App, House } from '../house.ts';
import { userOf } from '../http/principal.ts';
import { INVALID_REQUEST } from '../http/refusals.ts';
import { noticeViews } from './bell.ts';
import { NoticesAnswer, NoticesQuery, ReadBody, UnreadAnswer } from './schema.ts';
import { markRead, noticesOf, unreadOf } from './store.ts';

const TAGS = ['notices'];

export function noticeRoutes(app: App, house: House): void {
  app.get(
    '/v1/me/notices',
    {
      config: { access: 'user' },
      schema: {
        summary: 'What you should know of, newest first',
        tags: TAGS,
        querystring: NoticesQuery,
        response: { 200: NoticesAnswer },
      },
    },
    async (request) => {
      const { userId } = userOf(request);
      const { cursor, limit } = request.query;
      const after = cursor === undefined ? null : readCursor(cursor);
      const rows = await noticesOf(house.db, userId, after, limit + 1);
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      return {
        items: await noticeViews(house.db, shown),
        unread: await unreadOf(house.db, userId),
        nextCursor:
          rows.length > limit && last !== undefined
            ? encodeCursor([last.at.getTime(), publicId('notice', last.id)])
            : null,
      };
    },
  );

  app.post(
    '/v1/me/notices/read',
    {
      config: { access: 'user' },
      schema: {
        summary: 'Mark notices as read',
        tags: TAGS,
        body: ReadBody,
        response: { 200: UnreadAnswer },
      },
    },
    async (request) => {
      const { userId } = userOf(request);
      const ids = request.body.ids?.map((id) => parsePublicId('notice', id)).filter((id) => id !== null);
      await markRead(house.db, userId, ids ?? null, new Date(house.clock.now()));
      return { unread: await unreadOf(house.db, userId) };
    },
  );
}

function readCursor(cursor: string): { at: Date; id: Uuid } {
  const [atMs, noticeId] = decodeCursor(cursor, 2) ?? [];
  const id = typeof noticeId === 'string' ? parsePublicId('notice', noticeId) : null;
  if (typeof atMs !== 'number' || !Number.isSafeInteger(atMs) || Math.abs(atMs) > 8.64e12 || id === null) {
    throw new Refusal(
      INVALID_REQUEST,
      { field: 'cursor', rule: 'is not one that this list gave' },
      '/cursor',
    );
  }
  return { at: new Date(atMs), id };
}
