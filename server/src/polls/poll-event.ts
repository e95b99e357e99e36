import { publicId } from '../core/ids.ts';
import type { Person } from '../identity/index.ts';
import { flat } from '../live/index.ts';
import type { NewRoomEvent } from '../realtime/room-event.ts';
import type { PollNow } from './poll.ts';
import { percentsOf, shownState, showsVotes, winnersOf } from './rules.ts';

/** How a vote stands, flat, about its creator. Votes of a gift vote are Coins. */
export function pollEvent(
  poll: PollNow,
  creator: Pick<Person, 'id' | 'handle' | 'displayName' | 'avatar'>,
  nowMs: number,
): NewRoomEvent {
  const isShown = showsVotes(poll);
  const percents = percentsOf(poll.votes);
  const winners = poll.state === 'ended' && isShown ? winnersOf(poll.votes) : [];
  return {
    ...flat(creator),
    type: 'poll',
    createTime: String(nowMs),
    pollId: publicId('poll', poll.id),
    kind: poll.kind,
    state: shownState(poll),
    title: poll.title,
    resultsHidden: poll.hidden,
    options: poll.options.map(({ text, gift }, index) => ({
      id: String(index + 1),
      text,
      giftId: gift?.id ?? null,
      giftName: gift?.name ?? null,
      art: gift?.art ?? null,
      coins: gift === null ? null : gift.coins.toString(),
      votes: isShown ? String(poll.votes[index] ?? 0n) : null,
      percent: isShown ? (percents[index] ?? 0) : null,
      winner: winners.includes(index + 1),
    })),
    votes: poll.votes.reduce((sum, some) => sum + some, 0n).toString(),
    startedAt: poll.startedAt.toISOString(),
    endsAt: poll.endsAt.toISOString(),
    endedBy: poll.state === 'ended' ? poll.endedHow : null,
  };
}
