import { useEffect, useState } from 'react';
import type { Room } from '../live/room.ts';
import { eventsAfter } from '../live/stage-api.ts';
import { type GiftEvent, isGift } from '../realtime/frames.ts';

/** A gift, or a whole streak of one, as the dashboard lists it. */
export interface FedGift {
  /** The sender and the streak. */
  readonly key: string;
  /** The last gift of the streak: by it they are thanked. */
  readonly giftId: string;
  readonly displayName: string;
  readonly avatar: string;
  readonly giftName: string;
  readonly art: string;
  readonly tier: number;
  readonly count: number;
  readonly coins: string;
  readonly atMs: number;
}

const SHOWN = 60;
const LOOK_BACK = 200;

/** The list with a gift in it: a streak that is known moves on in its place, a new one comes first. */
export function fed(gifts: readonly FedGift[], event: GiftEvent): readonly FedGift[] {
  const key = `${event.userId}:${event.groupId}`;
  const gift: FedGift = {
    key,
    giftId: event.giftInstanceId,
    displayName: event.nickname,
    avatar: event.avatar,
    giftName: event.giftName,
    art: event.art,
    tier: event.tier,
    count: event.repeatCount,
    coins: event.coins,
    atMs: Number(event.createTime),
  };
  const known = gifts.findIndex((other) => other.key === key);
  if (known >= 0) return gifts.with(known, { ...gift, atMs: gifts[known]?.atMs ?? gift.atMs });
  return [gift, ...gifts].slice(0, SHOWN);
}

/** Gifts as they come, newest first, beginning with the last ones of this live before the page was opened. */
export function useGiftFeed(
  room: Room,
  seq: number,
  startedAt: string,
  onGift: () => void,
): readonly FedGift[] {
  const [gifts, setGifts] = useState<readonly FedGift[]>([]);
  useEffect(() => {
    let left = false;
    const waiting: GiftEvent[] = [];
    let isRead = false;
    const from = Date.parse(startedAt);
    // What a guest was given on this stage is theirs to thank for.
    const take = (events: readonly GiftEvent[]) =>
      setGifts((before) =>
        events.filter(({ receiverUserId }) => receiverUserId === room.hostId).reduce(fed, before),
      );
    const stop = room.onGift((event) => {
      if (isRead) take([event]);
      else waiting.push(event);
      onGift();
    });
    const read = async () => {
      const events: GiftEvent[] = [];
      let after = Math.max(0, seq - LOOK_BACK);
      while (after < seq) {
        const page = await eventsAfter(room.handle, after);
        events.push(...page.items.filter(isGift).filter((event) => Number(event.createTime) >= from));
        if (page.items.length === 0 || page.nextSeq <= after) break;
        after = page.nextSeq;
      }
      return events;
    };
    read()
      // What came before the page stays unknown; what comes now is shown all the same.
      .catch((): GiftEvent[] => [])
      .then((events) => {
        if (left) return;
        isRead = true;
        const known = new Set(events.map(({ eventId }) => eventId));
        take([...events, ...waiting.filter(({ eventId }) => !known.has(eventId))]);
      });
    return () => {
      left = true;
      stop();
    };
  }, [room, seq, startedAt, onGift]);
  return gifts;
}
