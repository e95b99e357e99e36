import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import { lockRelay, recountGifts } from '../gifts/index.ts';
import { peopleByIds } from '../identity/index.ts';
import { appendRoomEvents } from '../realtime/room-events.ts';
import type { PollEnd, PollNow } from './poll.ts';
import { pollEvent } from './poll-event.ts';
import type { Polling } from './polling.ts';
import { isOver } from './rules.ts';
import { keepEnding, lockOpen, markEnded, pollById } from './store.ts';

/** A creator's own end of a vote, with its result (`creator`) or without one (`canceled`); else when it is time. */
export type Ending = Extract<PollEnd, 'creator' | 'canceled'> | 'when_due';

/**
 * Ends a vote in two steps, each of which may be the last thing that a server does: first it takes no more votes, then
 * they are counted, kept and told. Whoever comes second finds the first step done, or nothing left to do.
 */
export async function endPoll(polling: Polling, pollId: Uuid, ending: Ending): Promise<void> {
  if (await stopVotes(polling, pollId, ending)) await countAndTell(polling, pollId);
}

/** From here on no vote is taken; false when it goes on, or has ended. */
async function stopVotes(polling: Polling, pollId: Uuid, ending: Ending): Promise<boolean> {
  const { db, clock } = polling.house;
  const kind = (await pollById(db, pollId))?.kind;
  return db.transaction(async (tx) => {
    const told = kind === 'giftVote' ? await lockRelay(tx) : null;
    const open = await lockOpen(tx, pollId);
    if (open === undefined) return false;
    if (open.endedHow !== null) return true;
    const nowMs = clock.now();
    const due: PollEnd | null = isOver(open, nowMs) ? 'time' : open.liveEnded ? 'live_ended' : null;
    const how = ending === 'when_due' ? due : ending;
    if (how === null) return false;
    await markEnded(tx, pollId, { how, at: new Date(nowMs), toCommitted: told });
    return true;
  });
}

/** Counts what was stopped, once for ever, and tells the room. */
async function countAndTell(polling: Polling, pollId: Uuid): Promise<void> {
  const { db, clock, hub } = polling.house;
  const poll = await pollById(db, pollId);
  if (poll === undefined || poll.state !== 'closing') return;
  // Nothing can be added any more, so the count needs no lock.
  const votes = await recount(db, poll);
  const creator = (await peopleByIds(db, [poll.creatorId])).get(poll.creatorId);
  const events = await db.transaction(async (tx) => {
    if ((await lockOpen(tx, pollId)) === undefined) return [];
    await keepEnding(tx, pollId, votes);
    if (creator === undefined) return [];
    const ended: PollNow = { ...poll, state: 'ended', votes };
    return appendRoomEvents(tx, poll.stageId, [pollEvent(ended, creator, clock.now())]);
  });
  hub.publish(poll.stageId, events);
}

/** The votes by place, added up from the votes and gifts themselves, in the order of the options. */
export async function recount(db: Queryable, poll: PollNow): Promise<bigint[]> {
  if (poll.kind === 'poll') return [...poll.votes];
  if (poll.fromCommitted === null || poll.toCommitted === null) throw new Error('a gift vote without marks');
  const coins = await recountGifts(
    db,
    { sessionId: poll.sessionId, from: poll.fromCommitted, to: poll.toCommitted },
    'catalogue_id',
  );
  return poll.options.map(({ gift }) => (gift === null ? 0n : (coins.get(gift.id) ?? 0n)));
}
