import type { Uuid } from '../core/ids.ts';
import type { House } from '../house.ts';
import { readRoom } from './moderation-store.ts';
import type { StageRow } from './store.ts';
import { type WordFilter, wordFilter } from './word-filter.ts';

/** What holds in one room, as its chat and its gifts ask for it. */
export interface RoomOrder {
  readonly version: number;
  readonly slowSeconds: number;
  readonly hides: WordFilter;
  readonly moderators: ReadonlySet<Uuid>;
  /** Until when, in milliseconds since 1970. */
  readonly mutedUntil: ReadonlyMap<Uuid, number>;
  readonly banned: ReadonlySet<Uuid>;
}

/** A person's standing in a room. */
export interface Standing {
  readonly role: 'host' | 'moderator' | null;
  /** `null` when they may write. */
  readonly mutedUntilMs: number | null;
  readonly banned: boolean;
}

const ROOMS_MAX = 5_000;
const NOTHING_SET: RoomOrder = {
  version: 0,
  slowSeconds: 0,
  hides: () => false,
  moderators: new Set(),
  mutedUntil: new Map(),
  banned: new Set(),
};

/**
 * The order of the rooms that people are in, in memory. A stage that is read says which version is in force; what is
 * remembered of an older one is read again, so a change in another process holds here as soon as the stage is fresh.
 */
export class Moderation {
  readonly #house: House;
  readonly #orders = new Map<Uuid, RoomOrder>();

  constructor(house: House) {
    this.#house = house;
  }

  /** What holds on this stage, at once when it is known. */
  of(stage: Pick<StageRow, 'id' | 'roomVersion'>): RoomOrder | Promise<RoomOrder> {
    if (stage.roomVersion === 0) return NOTHING_SET;
    const known = this.#orders.get(stage.id);
    return known !== undefined && known.version >= stage.roomVersion ? known : this.#read(stage.id);
  }

  /** What a person is and may do on this stage. */
  async standing(stage: StageRow, userId: Uuid): Promise<Standing> {
    return standingOf(stage, await this.of(stage), userId, this.#house.clock.now());
  }

  async #read(stageId: Uuid): Promise<RoomOrder> {
    const { version, rules, moderators, exclusions } = await readRoom(this.#house.db, stageId);
    const order: RoomOrder = {
      version,
      slowSeconds: rules.slowSeconds,
      hides: wordFilter(rules.filterWords),
      moderators: new Set(moderators),
      mutedUntil: new Map(
        exclusions.flatMap(({ kind, userId, until }) =>
          kind === 'mute' && until !== null ? [[userId, until.getTime()]] : [],
        ),
      ),
      banned: new Set(exclusions.flatMap(({ kind, userId }) => (kind === 'ban' ? [userId] : []))),
    };
    if (this.#orders.size >= ROOMS_MAX) this.#orders.clear();
    this.#orders.set(stageId, order);
    return order;
  }
}

export function standingOf(
  stage: Pick<StageRow, 'creatorId'>,
  order: RoomOrder,
  userId: Uuid,
  nowMs: number,
): Standing {
  const mutedUntilMs = order.mutedUntil.get(userId) ?? 0;
  return {
    role: stage.creatorId === userId ? 'host' : order.moderators.has(userId) ? 'moderator' : null,
    mutedUntilMs: mutedUntilMs > nowMs ? mutedUntilMs : null,
    banned: order.banned.has(userId),
  };
}
