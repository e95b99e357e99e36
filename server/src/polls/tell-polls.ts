import { SECOND_MS } from '../core/clock.ts';
import type { Uuid } from '../core/ids.ts';
import { peopleByIds } from '../identity/index.ts';
import { appendRoomEvents, lockRoomHead } from '../realtime/room-events.ts';
import type { PollNow } from './poll.ts';
import { pollEvent } from './poll-event.ts';
import type { Polling } from './polling.ts';
import { showsVotes } from './rules.ts';
import { markTold, pollById, takeTelling, toldBefore } from './store.ts';

/** However many people vote, a room is told this often at most, whatever number of processes look. */
export const TELL_EVERY_MS = SECOND_MS / 2;

/** Tells the rooms of running votes how they stand, where that changed. How many were told. */
export async function tellPolls(polling: Polling, open: readonly Uuid[]): Promise<number> {
  const { db, clock } = polling.house;
  const told = await toldBefore(db, new Date(clock.now() - TELL_EVERY_MS));
  let count = 0;
  for (const pollId of open) {
    const before = told.get(pollId);
    if (before === undefined) continue;
    const poll = await pollById(db, pollId);
    if (poll !== undefined && poll.state === 'running' && fingerprint(poll) !== before) {
      count += await tell(polling, poll);
    }
  }
  return count;
}

async function tell(polling: Polling, { id, stageId, creatorId }: PollNow): Promise<number> {
  const { db, clock, hub } = polling.house;
  const creator = (await peopleByIds(db, [creatorId])).get(creatorId);
  if (creator === undefined) return 0;
  const events = await db.transaction(async (tx) => {
    const nowMs = clock.now();
    const before = await takeTelling(tx, id, new Date(nowMs - TELL_EVERY_MS));
    if (before === undefined) return [];
    // Read behind the lock: what is told later was counted later.
    await lockRoomHead(tx, stageId);
    const poll = await pollById(tx, id);
    if (poll === undefined || poll.state !== 'running') return [];
    const now = fingerprint(poll);
    if (now === before) return [];
    await markTold(tx, id, now, new Date(nowMs));
    return appendRoomEvents(tx, stageId, [pollEvent(poll, creator, nowMs)]);
  });
  hub.publish(stageId, events);
  return events.length;
}

/** What can be seen of the votes. The first event told that there are none. */
function fingerprint(poll: PollNow): string {
  const all = poll.votes.reduce((sum, some) => sum + some, 0n);
  if (all === 0n) return '';
  return showsVotes(poll) ? poll.votes.join() : String(all);
}
