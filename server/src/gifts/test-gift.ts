import { newId } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import { policyNow } from '../policy/index.ts';
import type { NewRoomEvent } from '../realtime/room-event.ts';
import { giftEvent, type ShownPerson } from './gift-event.ts';
import { giftingOf } from './gifting.ts';
import type { Moment } from './merge-gifts.ts';
import { GIFT_UNKNOWN } from './refusals.ts';
import { diamondUnitsOf, isStreakable } from './rules.ts';

/**
 * What a stage would be told of so many of a gift: a streak and its end, or one event. Nothing is paid or kept.
 * Refuses with `gift_unknown`.
 */
export async function giftToTest(
  house: House,
  asked: { readonly giftId: string; readonly count: number },
  people: { readonly sender: ShownPerson; readonly receiver: ShownPerson },
): Promise<NewRoomEvent[]> {
  const nowMs = house.clock.now();
  const policy = policyNow(house.db, nowMs);
  const gift = (await giftingOf(house).catalogue.now()).byId.get(asked.giftId);
  if (gift === undefined) throw new Refusal(GIFT_UNKNOWN, { giftId: asked.giftId }, '/giftId');
  const moment: Moment = {
    stageId: newId(),
    sessionId: newId(),
    senderId: people.sender.id,
    creatorId: people.receiver.id,
    homeStageId: null,
    catalogueId: gift.id,
    policyVersion: policy.version,
    giftId: newId(),
    groupId: newId(),
    repeatCount: asked.count,
    deltaCount: asked.count,
    diamondUnits: diamondUnitsOf(gift, policy.gifts) * BigInt(asked.count),
    final: true,
    atMs: nowMs,
  };
  const about = { gift, ...people, policy };
  if (!isStreakable(gift, policy.gifts)) return [giftEvent(moment, about)];
  return [
    giftEvent({ ...moment, final: false }, about),
    giftEvent({ ...moment, deltaCount: 0, diamondUnits: 0n }, about),
  ];
}
