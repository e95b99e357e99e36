import { newId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { peopleByIds } from '../identity/index.ts';
import { keepOrder, type Ordering } from './keep-order.ts';
import type { Living } from './living.ts';
import { shownLine } from './moderation-store.ts';
import { STAGE_NOT_LIVE } from './refusals.ts';
import { readPin } from './rules.ts';
import { type Pin, pinEvent } from './stage-events.ts';
import { must } from './start-live.ts';
import { endPins, insertPin, liveSession } from './store.ts';

/** What stays above the chat: words of the creator's own, or a line that somebody said. */
export type PinWish = { readonly text: string } | { readonly lineId: Uuid };

/**
 * Keeps a line above the chat of a running live, in place of the one before; `null` takes it down.
 * Refuses as `keepOrder` does, and with `stage_not_live`, `stage_text_invalid` or `not_found` (the line).
 */
export function pinLine(
  living: Living,
  byUser: Uuid,
  stageHandle: string,
  wish: PinWish | null,
): Promise<void> {
  const own = wish !== null && 'text' in wish ? must(readPin(wish.text), 'pinned line', '/text') : null;
  return keepOrder(living, byUser, stageHandle, async (ordering) => {
    const { tx, stage, at } = ordering;
    const session = liveSession(stage);
    if (session === null) throw new Refusal(STAGE_NOT_LIVE);
    const pin =
      wish === null ? null : 'text' in wish ? ownPin(own ?? '') : await pinOfLine(ordering, wish.lineId);
    await endPins(tx, session.id, at);
    if (pin !== null) {
      await insertPin(tx, { id: newId(), sessionId: session.id, text: pin.text, lineId: pin.lineId, at });
    }
    return {
      acts: [{ act: pin === null ? 'unpin' : 'pin', lineId: pin?.lineId ?? null }],
      events: [pinEvent(stage, pin, at.getTime())],
    };
  });
}

function ownPin(text: string): Pin {
  return { text, lineId: null, author: null };
}

async function pinOfLine({ tx, stage }: Ordering, lineId: Uuid): Promise<Pin> {
  const line = await shownLine(tx, stage.id, lineId);
  if (line === undefined) throw new Refusal(NOT_FOUND, {}, '/lineId');
  const author = (await peopleByIds(tx, [line.userId])).get(line.userId)?.displayName ?? null;
  return { text: line.text, lineId, author };
}
