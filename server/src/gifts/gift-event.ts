import { publicId, type Uuid } from '../core/ids.ts';
import { convertUp } from '../core/money.ts';
import type { Person } from '../identity/index.ts';
import type { Policy } from '../policy/index.ts';
import type { NewRoomEvent } from '../realtime/room-event.ts';
import type { CatalogueGift } from './catalogue.ts';
import type { Moment } from './merge-gifts.ts';
import { isStreakable } from './rules.ts';

/** A person as events show them. */
export type ShownPerson = Pick<Person, 'id' | 'handle' | 'displayName' | 'avatar'>;

/** What a tool that counts TikTok gifts reads: `giftType` 1 streaks and is counted at its end, 2 is counted at once. */
const STREAKS = 1;
const SINGLE = 2;

/**
 * A moment as the room's event, in the flat shape that TikTok LIVE tool makers know, with our own fields beside it.
 *
 * - `repeatCount`, `coins` and `valueMinor` are of the whole group so far: what the banner shows, and what it cost.
 * - `deltaCount`, `deltaCoins` and `diamonds` came with this event: adding them up over all events gives the truth.
 * - A streak is `userId` and `groupId`; exactly one of its events is `final`.
 */
export function giftEvent(
  moment: Moment,
  about: { gift: CatalogueGift; sender: ShownPerson; receiver: ShownPerson; policy: Policy },
): NewRoomEvent {
  const { gift, sender, receiver, policy } = about;
  const coins = gift.priceCoins * BigInt(moment.repeatCount);
  return {
    type: 'gift',
    createTime: String(moment.atMs),
    timestamp: moment.atMs,
    userId: publicId('user', sender.id),
    uniqueId: sender.handle,
    nickname: sender.displayName,
    profilePictureUrl: pictureUrl(sender),
    avatar: sender.avatar,
    giftId: gift.id,
    giftName: gift.name,
    art: gift.art,
    giftPictureUrl: `/art/gifts/${gift.art}.webp`,
    giftType: isStreakable(gift, policy.gifts) ? STREAKS : SINGLE,
    diamondCount: Number(gift.priceCoins),
    repeatCount: moment.repeatCount,
    repeatEnd: moment.final,
    groupId: moment.groupId,
    deltaCount: moment.deltaCount,
    deltaCoins: (gift.priceCoins * BigInt(moment.deltaCount)).toString(),
    final: moment.final,
    giftInstanceId: publicId('gift', moment.giftId),
    status: 'shown',
    coins: coins.toString(),
    valueMinor: convertUp(coins, policy.coins.centsPerCoin).toString(),
    currency: 'USD',
    tier: gift.tier,
    diamonds: moment.diamondUnits.toString(),
    givenOn: publicId('stage', moment.stageId),
    receiverUserId: publicId('user', receiver.id),
    toUser: {
      userId: publicId('user', receiver.id),
      uniqueId: receiver.handle,
      nickname: receiver.displayName,
      profilePictureUrl: pictureUrl(receiver),
      avatar: receiver.avatar,
    },
  };
}

function pictureUrl(person: ShownPerson): string {
  return `/art/avatars/${person.avatar}.webp`;
}

/** Stands for a person whose row cannot be found: the event still counts. */
export function nobody(id: Uuid): ShownPerson {
  return { id, handle: '', displayName: 'Somebody', avatar: '' };
}
