import { Refusal } from '../core/refusal.ts';
import type { StageDirectory, StageNow } from '../gifts/index.ts';
import { livingOf } from './living.ts';
import type { Moderation, RoomOrder } from './moderation.ts';
import { BANNED_FROM_STAGE } from './refusals.ts';
import { GIFTS_TURNED_OFF } from './rules.ts';
import { liveSession, type StageRow } from './store.ts';

/** Stages as the gifts slice looks them up, for every gift: from memory where it can. */
export const stageDirectory: StageDirectory = {
  find(house, stageId) {
    const { stages, moderation } = livingOf(house);
    const found = stages.find(stageId);
    if (!(found instanceof Promise)) return withOrder(found, moderation);
    return found.then((stage) => withOrder(stage, moderation));
  },
};

function withOrder(
  stage: StageRow | undefined,
  moderation: Moderation,
): StageNow | undefined | Promise<StageNow | undefined> {
  if (stage === undefined) return undefined;
  const order = moderation.of(stage);
  return order instanceof Promise ? order.then((read) => forGifts(stage, read)) : forGifts(stage, order);
}

function forGifts(stage: StageRow, { banned }: RoomOrder): StageNow {
  const session = liveSession(stage);
  return {
    stageId: stage.id,
    creatorId: stage.creatorId,
    live: session !== null,
    sessionId: session?.id ?? null,
    giftsOn: session?.giftsOn ?? true,
    refusalOf: (senderId) =>
      banned.has(senderId)
        ? new Refusal(BANNED_FROM_STAGE, { host: stage.displayName, stage: stage.handle })
        : null,
    giftsOffReason: session?.giftsOn === false ? GIFTS_TURNED_OFF : null,
  };
}
