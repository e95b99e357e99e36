import type { Uuid } from '../core/ids.ts';
import { useStages, whenRanked } from '../gifts/index.ts';
import type { House, Slice } from '../house.ts';
import { useLiveness, whenFollowed } from '../identity/index.ts';
import { addSocket } from '../realtime/routes.ts';
import { liveChannel, showFollower } from './channel.ts';
import { livingOf } from './living.ts';
import { moderationRoutes } from './moderation-routes.ts';
import { liveRoutes } from './routes.ts';
import { requireVoice } from './say.ts';
import { scheduleRoutes } from './schedule-routes.ts';
import './stage-messages.ts';
import { stageDirectory } from './stage-directory.ts';
import { liveAmong, type StageRow } from './store.ts';
import { streamRoutes } from './stream-routes.ts';

export { flat } from './stage-events.ts';
export { startLive } from './start-live.ts';
export { liveSession, lockStage, type StageRow, stageOf as ownStage } from './store.ts';

/** The stage of the creator with this handle; `undefined` when nobody by that name has one. */
export function stageNamed(house: House, handle: string): Promise<StageRow | undefined> {
  return livingOf(house).stages.named(handle);
}

/** Lets pass who may say this on the stage now. Refuses with `banned_from_stage`, `chat_muted` or `chat_filtered`. */
export async function requireVoiceOn(
  house: House,
  stage: StageRow,
  said: { readonly userId: Uuid; readonly text: string; readonly nowMs: number },
): Promise<void> {
  requireVoice(stage, await livingOf(house).moderation.of(stage), said);
}

useStages(stageDirectory);
useLiveness(liveAmong);
whenRanked('live', (house, stageIds) => livingOf(house).progress.giftsRanked(stageIds));
whenFollowed('live', (house, { followerId, followedId }) => {
  showFollower(house, followerId, followedId).catch((error: unknown) => {
    house.log.warn({ err: error }, 'a new follower could not be shown on the stage');
  });
});

/** Stages: lives, the directory, chat, likes, goals, and the socket that shows them. */
export const live: Slice = {
  name: 'live',
  routes(app, house) {
    liveRoutes(app, house);
    moderationRoutes(app, house);
    scheduleRoutes(app, house);
    streamRoutes(app, house);
    addSocket(app, house);
  },
  channel: liveChannel,
  start(house) {
    const { likes, progress, others, announcer } = livingOf(house);
    others.start();
    announcer.start();
    return async () => {
      await announcer.stop();
      await others.stop();
      await progress.stop();
      await likes.stop();
    };
  },
};
