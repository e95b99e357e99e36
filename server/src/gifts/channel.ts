import { publicId } from '../core/ids.ts';
import { amountJson } from '../core/money.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import type { Hub } from '../realtime/hub.ts';
import { giftingOf } from './gifting.ts';
import { readGift } from './routes.ts';
import { giftFrame } from './schema.ts';
import { confirmedOf, sendGift } from './send-gift.ts';

/** The frame `gift`: the same verb as `POST /v1/gifts`, with answers that an optimistic client can go by. */
export function giftChannel(hub: Hub, house: House): void {
  const gifting = giftingOf(house);
  hub.on('gift', giftFrame, async (client, frame) => {
    const { userId } = client.user();
    try {
      const { gift, count, coinsLeft } = await sendGift(gifting, userId, readGift(frame, frame.key));
      client.send({
        t: 'gift.ok',
        key: frame.key,
        giftId: publicId('gift', gift.id),
        count,
        coins: { ...amountJson('COIN', coinsLeft) },
      });
    } catch (error) {
      // When the database is away there is no honest count to tell.
      if (!(error instanceof Refusal) || error.kind.status === 503) throw error;
      const { count, coinsLeft } = await confirmedOf(gifting, userId, frame.streakId ?? null);
      client.refuse(frame.key, error, { count, coins: { ...amountJson('COIN', coinsLeft) } });
    }
  });
}
