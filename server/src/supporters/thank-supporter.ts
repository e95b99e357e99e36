import { publicId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { nameInRanks, type Person, peopleByIds, type RankedPerson } from '../identity/index.ts';
import { flat, liveSession, lockStage, ownStage } from '../live/index.ts';
import { bellOf, type News } from '../notices/index.ts';
import type { NewRoomEvent } from '../realtime/room-event.ts';
import { appendRoomEvents } from '../realtime/room-events.ts';
import { STAGE_NOT_LIVE } from './refusals.ts';
import { insertThanks, type ThankableGift, thankableGift, thankedAt } from './store.ts';

/** A supporter who was thanked. */
export interface Thanked {
  readonly gift: ThankableGift;
  readonly supporter: RankedPerson;
  readonly at: Date;
}

/**
 * Thanks a supporter for a gift on the creator's running stage: everybody sees it, and it stays in the room's history.
 * A second time for the same gift shows nothing and answers the first.
 * Refuses with `not_found` when it is no gift to this creator, or `stage_not_live`.
 */
export async function thankSupporter(house: House, creatorId: Uuid, giftId: Uuid | null): Promise<Thanked> {
  const { db, clock, hub } = house;
  const gift = await giftTo(house, creatorId, giftId);
  const people = await peopleByIds(db, [gift.senderId, creatorId]);
  const host = people.get(creatorId);
  if (host === undefined) throw new Refusal(NOT_FOUND);
  const supporter = people.get(gift.senderId);
  const nowMs = clock.now();
  const told = await db.transaction(async (tx) => {
    const before = await thankedAt(tx, gift.id);
    if (before !== undefined) return { at: before, stageId: '', events: [] };
    const known = await ownStage(tx, creatorId);
    if (known === undefined) throw new Refusal(STAGE_NOT_LIVE);
    // The live may not end between the look and the word.
    await lockStage(tx, known.id);
    const stage = await ownStage(tx, creatorId);
    const session = stage === undefined ? null : liveSession(stage);
    if (stage === undefined || session === null) throw new Refusal(STAGE_NOT_LIVE);
    const at = new Date(nowMs);
    const isNew = await insertThanks(tx, {
      giftId: gift.id,
      creatorId,
      supporterId: gift.senderId,
      sessionId: session.id,
      at,
    });
    if (isNew) await bellOf(house).tell(tx, thanksNews(host, gift, at), [gift.senderId]);
    const event = shoutOutEvent(host, supporter, gift, nowMs);
    return { at, stageId: stage.id, events: isNew ? await appendRoomEvents(tx, stage.id, [event]) : [] };
  });
  if (told.events.length > 0) hub.publish(told.stageId, told.events, { now: true });
  return { gift, supporter: nameInRanks(supporter), at: told.at };
}

/** The gift with this id if it was given to this creator. Refuses with `not_found`. */
export async function giftTo(house: House, creatorId: Uuid, giftId: Uuid | null): Promise<ThankableGift> {
  const gift = giftId === null ? undefined : await thankableGift(house.db, giftId);
  if (gift === undefined || gift.creatorId !== creatorId) throw new Refusal(NOT_FOUND, {}, '/giftId');
  return gift;
}

/** For the supporter themself, wherever they are. */
function thanksNews(host: Person, gift: ThankableGift, at: Date): News {
  return {
    topic: `thanks ${gift.id}`,
    kind: 'thanks',
    title: `${host.displayName} thanked you on the stage`,
    text: `For ${gift.name} ×${gift.count}.`,
    link: `/live/${host.handle}`,
    about: host.id,
    at,
  };
}

/** What everybody on the stage is shown; who is in no ranking by name is not named here either. */
function shoutOutEvent(
  host: Person,
  supporter: Person | undefined,
  gift: ThankableGift,
  atMs: number,
): NewRoomEvent {
  const named = supporter?.inRanks === true ? supporter : null;
  return {
    ...flat(host),
    type: 'shoutOut',
    createTime: String(atMs),
    toUser: named === null ? null : flat(named),
    giftName: gift.name,
    art: gift.art,
    giftPictureUrl: `/art/gifts/${gift.art}.webp`,
    tier: gift.tier,
    repeatCount: gift.count,
    giftInstanceId: named === null ? null : publicId('gift', gift.id),
  };
}
