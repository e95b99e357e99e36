import { parsePublicId, publicId, type Uuid } from '../core/ids.ts';
import { decodeCursor, encodeCursor } from '../core/page.ts';
import { Refusal } from '../core/refusal.ts';
import type { App, House } from '../house.ts';
import { userOf } from '../http/principal.ts';
import { INVALID_REQUEST, NOT_FOUND } from '../http/refusals.ts';
import { approvalKind } from './kinds.ts';
import { approvalAnswer, approvalParams, approvalsAnswer, approvalsQuery, decisionBody } from './schema.ts';
import { approvalsJson } from './show.ts';
import { approvalById, approvalsPage } from './store.ts';

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

  app.put(
    '/v1/console/approvals/:id',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Approve what another operator asked for, and so do it, or say no; whoever asked cannot',
        tags: ['console'],
        params: approvalParams,
        body: decisionBody,
        response: { 200: approvalAnswer },
      },
    },
    async (request) => {
      const { verdict, bodyHash, reason = null } = request.body;
      if (verdict === 'rejected' && reason === null) {
        const rule = 'is needed with a rejection';
        throw new Refusal(INVALID_REQUEST, { field: 'reason', rule }, '/reason');
      }
      const id = parsePublicId('approval', request.params.id);
      const approval = id === null ? null : await approvalById(house.db, id);
      const kind = approval === null ? undefined : approvalKind(approval.kind);
      if (approval === null || kind === undefined) throw new Refusal(NOT_FOUND);
      const { userId } = userOf(request);
      const hash = Buffer.from(bodyHash, 'hex');
      await kind.decide(house, approval, {
        approvalId: approval.id,
        by: userId,
        verdict,
        bodyHash: hash,
        reason,
      });
      const decided = (await approvalById(house.db, approval.id)) ?? approval;
      const [shown] = await approvalsJson(house.db, [decided], { userId, nowMs: house.clock.now() });
      if (shown === undefined) throw new Refusal(NOT_FOUND);
      return { approval: shown };
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
