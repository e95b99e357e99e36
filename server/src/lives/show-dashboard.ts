import { publicId, type Uuid } from '../core/ids.ts';
import { amountJson } from '../core/money.ts';
import { minutesOf } from '../gifts/index.ts';
import type { House } from '../house.ts';
import { ownStage } from '../live/index.ts';
import { currentPolicy } from '../policy/index.ts';
import { type Prices, priceOf, pricesAt } from '../wallet/index.ts';
import { everyMinute, firstMinute } from './rules.ts';
import type { DashboardAnswer } from './schema.ts';
import { followersSince, type LiveRow, newestLive } from './store.ts';

/** What a creator sees of their running live beside the room itself; `live: null` when they are not live. */
export async function showDashboard(house: House, creatorId: Uuid): Promise<DashboardAnswer> {
  const { db, clock, hub } = house;
  const nowMs = clock.now();
  const [live, ended, stage, prices, policy] = await Promise.all([
    newestLive(db, creatorId, 'running'),
    newestLive(db, creatorId, 'ended'),
    ownStage(db, creatorId),
    pricesAt(db, nowMs),
    currentPolicy(db, nowMs),
  ]);
  const lastLive = ended === undefined ? null : publicId('live', ended.id);
  if (live === undefined || stage === undefined) return { live: null, lastLive };
  const [minutes, newFollowers] = await Promise.all([
    minutesOf(db, live.id, new Date(firstMinute(nowMs))),
    followersSince(db, creatorId, live.startedAt, null),
  ]);
  return {
    live: {
      ...liveJson(live, prices),
      handle: stage.handle,
      maturityDays: policy.diamonds.maturityDays,
      viewers: hub.viewers(stage.id),
      likes: Number(live.likes),
      newFollowers,
      minutes: everyMinute(minutes, nowMs).map(({ minute, gifts, coins, diamondUnits }) => ({
        minute: minute.toISOString(),
        gifts: Number(gifts),
        coins: amountJson('COIN', coins),
        diamonds: amountJson('DIAMOND', diamondUnits),
      })),
    },
    lastLive,
  };
}

/** A live and what it brought, as lists show it. */
export function liveJson(live: LiveRow, prices: Prices) {
  return {
    id: publicId('live', live.id),
    title: live.title,
    startedAt: live.startedAt.toISOString(),
    endedAt: live.endedAt?.toISOString() ?? null,
    coins: amountJson('COIN', live.coins),
    diamonds: amountJson('DIAMOND', live.diamondUnits),
    money: amountJson('USD', priceOf(prices, 'DIAMOND', live.diamondUnits)),
    gifts: Number(live.gifts),
  };
}
