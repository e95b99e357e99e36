import { parsePublicId, publicId, type Uuid } from '../core/ids.ts';
import { decodeCursor, encodeCursor } from '../core/page.ts';
import { Refusal } from '../core/refusal.ts';
import type { App, House } from '../house.ts';
import { userOf } from '../http/principal.ts';
import { INVALID_REQUEST } from '../http/refusals.ts';
import { approvalsAnswer, approvalsQuery } from './schema.ts';
import { approvalsJson } from './show.ts';
import { approvalsPage } from './store.ts';

export function approvalRoutes(app: App, house: House): void {
  app.get(
    '/v1/console/approvals',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'What operators asked each other to approve, newest first',
        tags: ['console'],
        querystring: approvalsQuery,
        response: { 200: approvalsAnswer },
      },
    },
    async (request) => {
      const { cursor, limit, kind, state } = request.query;
      const nowMs = house.clock.now();
      const rows = await approvalsPage(house.db, {
        kind: kind ?? null,
        openAt: state === 'all' ? null : new Date(nowMs),
        before: cursor === undefined ? null : readCursor(cursor),
        limit: limit + 1,
      });
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      return {
        items: await approvalsJson(house.db, shown, { userId: userOf(request).userId, nowMs }),
        nextCursor:
          rows.length > limit && last !== undefined
            ? encodeCursor([last.askedAt.getTime(), publicId('approval', last.id)])
            : null,
      };
    },
  );
}

function readCursor(cursor: string): { askedAt: Date; id: Uuid } {
  const [askedMs, approvalId] = decodeCursor(cursor, 2) ?? [];
  const id = typeof approvalId === 'string' ? parsePublicId('approval', approvalId) : null;
  const isTime = typeof askedMs === 'number' && Number.isSafeInteger(askedMs) && Math.abs(askedMs) <= 8.64e12;
  if (isTime && id !== null) return { askedAt: new Date(askedMs), id };
  throw new Refusal(INVALID_REQUEST, { field: 'cursor', rule: 'is not one that this list gave' }, '/cursor');
}
