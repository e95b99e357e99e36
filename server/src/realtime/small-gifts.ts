import type { RoomEvent } from './room-event.ts';

/** So many gift events in one frame are told one by one; nobody can follow more of them. */
const GIFTS_APART = 30;
/** A gift or a streak that has cost no more than this is small. Dear ones are always told by themselves. */
const SMALL_COINS_MAX = 99;

/** The small gifts of one frame, added up. */
export interface SmallGifts {
  /** The frame holds everything after this number and up to its own `seq`. */
  readonly after: number;
  /** How many people gave them. */
  readonly senders: number;
  /** One entry for each gift of the catalogue and receiver. */
  readonly gifts: readonly SmallGift[];
}

export interface SmallGift {
  readonly giftId: string;
  readonly giftName: string;
  readonly art: string;
  /** `user_…` of who was given them. */
  readonly receiverUserId: string;
  readonly count: number;
  /** Coins, as digits. */
  readonly coins: string;
  /** Diamond units that the receiver got, as digits. */
  readonly diamonds: string;
}

/**
 * The events of a frame as those who watch a crowded stage are told of them: when there are too many gifts to follow,
 * the small ones are one sum. Nothing is left out of it, and each of them can still be read by its number.
 *
 * @param events without a gap
 */
export function addUpSmallGifts(events: readonly RoomEvent[]): {
  readonly apart: readonly RoomEvent[];
  readonly small: SmallGifts | null;
} {
  const [first] = events;
  const gifts = events.reduce((count, { type }) => count + (type === 'gift' ? 1 : 0), 0);
  if (first === undefined || gifts <= GIFTS_APART) return { apart: events, small: null };
  const apart: RoomEvent[] = [];
  const senders = new Set<string>();
  const sums = new Map<string, SmallGift>();
  for (const event of events) {
    if (!isSmall(event)) {
      apart.push(event);
      continue;
    }
    senders.add(String(event.userId));
    const key = `${event.giftId} ${event.receiverUserId}`;
    sums.set(key, sumWith(sums.get(key), event));
  }
  if (senders.size === 0) return { apart: events, small: null };
  return { apart, small: { after: first.seq - 1, senders: senders.size, gifts: [...sums.values()] } };
}

function isSmall({ type, coins }: RoomEvent): boolean {
  return type === 'gift' && Number(coins) <= SMALL_COINS_MAX;
}

function sumWith(sum: SmallGift | undefined, event: RoomEvent): SmallGift {
  return {
    giftId: String(event.giftId),
    giftName: String(event.giftName),
    art: String(event.art),
    receiverUserId: String(event.receiverUserId),
    count: (sum?.count ?? 0) + Number(event.deltaCount),
    coins: (BigInt(sum?.coins ?? 0) + BigInt(String(event.deltaCoins))).toString(),
    diamonds: (BigInt(sum?.diamonds ?? 0) + BigInt(String(event.diamonds))).toString(),
  };
}
