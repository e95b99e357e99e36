import type { Uuid } from '../core/ids.ts';
import { lockRelay, recountGifts } from '../gifts/index.ts';
import { appendRoomEvents } from '../realtime/room-events.ts';
import type { HypeEnd, HypeNow } from './hype.ts';
import { eventsOf, type Hyping, rulesOf } from './hyping.ts';
import { filledBy } from './rules.ts';
import { bestOf, forgetWarmUps, hypeById, keepEnding, lockOpen, markEnded } from './store.ts';

/**
 * Ends a hype in two steps, each of which may be the last thing that a server does: first it takes no more gifts, then
 * what it came to is added up from the gifts themselves, kept and told. Whoever comes second finds the first step done,
 * or nothing left to do. Without `how` it ends when its countdown or its live is over.
 */
export async function endHype(hyping: Hyping, hypeId: Uuid, how: HypeEnd | null = null): Promise<void> {
  if (await stopCounting(hyping, hypeId, how)) await addUpAndTell(hyping, hypeId);
}

async function stopCounting(hyping: Hyping, hypeId: Uuid, wanted: HypeEnd | null): Promise<boolean> {
  const { db, clock } = hyping.house;
  return db.transaction(async (tx) => {
    const toCommitted = await lockRelay(tx);
    const open = await lockOpen(tx, hypeId);
    const hype = open === undefined ? undefined : await hypeById(tx, hypeId);
    if (open === undefined || hype === undefined) return false;
    if (open.endedHow !== null) return true;
    const nowMs = clock.now();
    const isOver = nowMs >= open.endsAt.getTime();
    const how = wanted ?? (isOver ? 'time' : open.liveEnded ? 'live_ended' : null);
    if (how === null) return false;
    const { restMs } = rulesOf(hyping, hype.policyVersion);
    // However late somebody looks: its time was over when its countdown was.
    const endedMs = how === 'time' ? open.endsAt.getTime() : nowMs;
    await markEnded(tx, hypeId, {
      how,
      at: new Date(endedMs),
      toCommitted,
      restsUntil: new Date(endedMs + restMs),
    });
    await forgetWarmUps(tx, hype.sessionId);
    return true;
  });
}

async function addUpAndTell(hyping: Hyping, hypeId: Uuid): Promise<void> {
  const { db, hub } = hyping.house;
  const hype = await hypeById(db, hypeId);
  if (hype === undefined || hype.state !== 'closing' || hype.toCommitted === null) return;
  // Nothing can be added any more, so the sum needs no lock.
  const range = { sessionId: hype.sessionId, from: hype.fromCommitted, to: hype.toCommitted };
  const gave = await recountGifts(db, range, 'sender_id');
  const coins = [...gave.values()].reduce((sum, some) => sum + some, 0n);
  const filled = filledBy(coins, rulesOf(hyping, hype.policyVersion));
  const events = await db.transaction(async (tx) => {
    if ((await lockOpen(tx, hypeId)) === undefined) return [];
    await keepEnding(tx, hypeId, { coins, filled, gave });
    const ended: HypeNow | undefined = await hypeById(tx, hypeId);
    if (ended === undefined) return [];
    const best = await bestOf(tx, ended.stageId);
    return appendRoomEvents(
      tx,
      ended.stageId,
      await eventsOf(hyping, tx, ended, 'ended', best?.id === hypeId),
    );
  });
  hub.publish(hype.stageId, events);
}
