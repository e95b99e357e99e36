import type { StageDirectory, StageNow } from '../gifts/index.ts';
import { livingOf } from './living.ts';
import { GIFTS_TURNED_OFF } from './rules.ts';
import { liveSession, type StageRow } from './store.ts';

/** Stages as the gifts slice looks them up, for every gift: from memory where it can. */
export const stageDirectory: StageDirectory = {
  find(house, stageId) {
    const found = livingOf(house).stages.find(stageId);
    return found instanceof Promise ? found.then(forGifts) : forGifts(found);
  },
};

function forGifts(stage: StageRow | undefined): StageNow | undefined {
  if (stage === undefined) return undefined;
  const session = liveSession(stage);
  return {
    stageId: stage.id,
    creatorId: stage.creatorId,
    live: session !== null,
    sessionId: session?.id ?? null,
    giftsOn: session?.giftsOn ?? true,
    giftsOffReason: session?.giftsOn === false ? GIFTS_TURNED_OFF : null,
  };
}
