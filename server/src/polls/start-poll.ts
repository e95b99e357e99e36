import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import { idOfKey, lockRelay, STAGE_NOT_LIVE } from '../gifts/index.ts';
import { IDEMPOTENCY_KEY_REUSED } from '../http/refusals.ts';
import { liveSession, lockStage, ownStage } from '../live/index.ts';
import { appendRoomEvents, type RoomEvent } from '../realtime/hub.ts';
import type { Poll, PollNow } from './poll.ts';
import { pollEvent } from './poll-event.ts';
import type { Polling } from './polling.ts';
import { POLL_NEEDS_GIFTS, POLL_RUNNING } from './refusals.ts';
import { type PollWish, readPoll, requestHash } from './rules.ts';
import { insertPoll, pollById, runningOn } from './store.ts';

/**
 * Puts something to the vote in the creator's running live. The same key again is the same vote.
 * Refuses with `poll_invalid`, `poll_gift_unknown`, `stage_not_live`, `idempotency_key_reused`, `poll_needs_gifts` or
 * `poll_running`.
 */
export async function startPoll(
  polling: Polling,
  creatorId: Uuid,
  key: string,
  wish: PollWish,
): Promise<{ readonly poll: PollNow; readonly replayed: boolean }> {
  const { db, clock, hub } = polling.house;
  const id = idOfKey('poll', creatorId, key);
  const hashed = requestHash(wish);
  const first = await pollById(db, id);
  if (first !== undefined) return replay(first, hashed);
  const nowMs = clock.now();
  const { byId } = await polling.catalogue.now();
  const read = readPoll(wish, (giftId) => {
    const gift = byId.get(giftId);
    if (gift === undefined || gift.validFromMs > nowMs) return undefined;
    if (gift.validUntilMs !== null && gift.validUntilMs <= nowMs) return undefined;
    return { id: gift.id, name: gift.name, art: gift.art, coins: gift.priceCoins };
  });
  if (read instanceof Refusal) throw read;
  const made = await db.transaction(async (tx) => {
    // The relay first, then the stage, then the room: the order of all who count gifts.
    const fromCommitted = wish.kind === 'giftVote' ? await lockRelay(tx) : null;
    const known = await ownStage(tx, creatorId);
    if (known === undefined) throw new Refusal(STAGE_NOT_LIVE);
    await lockStage(tx, known.id);
    const again = await pollById(tx, id);
    if (again !== undefined) return { ...replay(again, hashed), stageId: known.id, events: [] };
    const stage = await ownStage(tx, creatorId);
    const session = stage === undefined ? null : liveSession(stage);
    if (stage === undefined || session === null) throw new Refusal(STAGE_NOT_LIVE);
    if (wish.kind === 'giftVote' && !session.giftsOn) throw new Refusal(POLL_NEEDS_GIFTS);
    const other = await runningOn(tx, stage.id);
    if (other !== undefined) throw new Refusal(POLL_RUNNING, { title: other.title });
    const poll: Poll = {
      id,
      stageId: stage.id,
      sessionId: session.id,
      creatorId,
      kind: wish.kind,
      ...read,
      hidden: wish.hidden,
      startedAt: new Date(nowMs),
      endsAt: new Date(nowMs + wish.seconds * 1_000),
      fromCommitted,
      requestHash: hashed,
    };
    await insertPoll(tx, poll);
    const now: PollNow = {
      ...poll,
      state: 'running',
      endedAt: null,
      endedHow: null,
      toCommitted: null,
      votes: poll.options.map(() => 0n),
    };
    const events: readonly RoomEvent[] = await appendRoomEvents(tx, stage.id, [
      pollEvent(now, { ...stage, id: creatorId }, nowMs),
    ]);
    return { poll: now, replayed: false, stageId: stage.id, events };
  });
  hub.publish(made.stageId, made.events);
  polling.wake();
  return made;
}

function replay(poll: PollNow, hashed: bigint): { readonly poll: PollNow; readonly replayed: true } {
  if (poll.requestHash !== hashed) throw new Refusal(IDEMPOTENCY_KEY_REUSED);
  return { poll, replayed: true };
}
