import { publicId, type Uuid } from '../core/ids.ts';
import type { Person } from '../identity/index.ts';
import { flat } from '../live/index.ts';
import type { HypeRules } from '../policy/index.ts';
import type { NewRoomEvent } from '../realtime/room-event.ts';
import type { Contribution, HypeNow } from './hype.ts';
import { standingAt } from './rules.ts';

/** What happened: it began, went on, filled a level, or is over. */
export type HypeMoment = 'started' | 'running' | 'levelUp' | 'ended';

/** How a hype stands, flat, about its creator. */
export function hypeEvent(
  hype: HypeNow,
  about: {
    readonly moment: HypeMoment;
    readonly creator: Pick<Person, 'id' | 'handle' | 'displayName' | 'avatar'>;
    readonly rules: HypeRules;
    readonly top: readonly Contribution[];
    readonly people: ReadonlyMap<Uuid, Person>;
    /** When it has ended: whether no other one of this stage came so far. */
    readonly isBest: boolean;
    readonly nowMs: number;
  },
): NewRoomEvent {
  const { level, progressCoins, goalCoins, percent, isFull } = standingAt(hype.coins, about.rules);
  return {
    ...flat(about.creator),
    type: 'hype',
    createTime: String(about.nowMs),
    hypeId: publicId('hype', hype.id),
    state: about.moment,
    level,
    percent,
    full: isFull,
    progressCoins: progressCoins.toString(),
    goalCoins: goalCoins.toString(),
    totalCoins: hype.coins.toString(),
    supporters: hype.supporters,
    topContributors: about.top.map(({ senderId, coins }) => {
      const person = about.people.get(senderId);
      return { user: person?.inRanks === true ? flat(person) : null, coinCount: coins.toString() };
    }),
    startedAt: hype.startedAt.toISOString(),
    endsAt: hype.endsAt.toISOString(),
    endedBy: hype.state === 'ended' ? hype.endedHow : null,
    best: about.isBest,
  };
}
