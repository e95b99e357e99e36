import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { keepOrder, NOTHING_DONE, readReason, requireBelow } from './keep-order.ts';
import type { Living } from './living.ts';
import { insertRemovals, shownLine } from './moderation-store.ts';
import { linesGoneEvent, pinEvent } from './stage-events.ts';
import { endPins, liveSession, pinOf } from './store.ts';

/**
 * Takes a chat line down for everybody, now and for whoever comes later; it stays as evidence. One that is down already
 * is no refusal. Refuses as `keepOrder` does, and with `not_theirs_to_moderate`.
 */
export function removeLine(
  living: Living,
  byUser: Uuid,
  asked: { readonly stage: string; readonly lineId: Uuid; readonly reason?: string },
): Promise<void> {
  const reason = readReason(asked.reason);
  return keepOrder(living, byUser, asked.stage, async ({ tx, stage, role, at }) => {
    const line = await shownLine(tx, stage.id, asked.lineId);
    if (line === undefined) throw new Refusal(NOT_FOUND);
    if (line.userId !== byUser) await requireBelow(tx, stage, role, line.userId);
    const removed = await insertRemovals(tx, [asked.lineId], at);
    if (removed.length === 0) return NOTHING_DONE;
    const events = [linesGoneEvent(stage, { lineIds: removed, ofUser: null }, at.getTime())];
    const session = liveSession(stage);
    if (session !== null && (await pinOf(tx, session.id))?.lineId === asked.lineId) {
      await endPins(tx, session.id, at);
      events.push(pinEvent(stage, null, at.getTime()));
    }
    return { acts: [{ act: 'remove', userId: line.userId, lineId: asked.lineId, reason }], events };
  });
}
