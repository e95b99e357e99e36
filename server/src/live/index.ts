import { useStages } from '../gifts/index.ts';
import type { Slice } from '../house.ts';
import { useLiveness, whenFollowed } from '../identity/index.ts';
import { addSocket } from '../realtime/routes.ts';
import { liveChannel, showFollower } from './channel.ts';
import { livingOf } from './living.ts';
import { liveRoutes } from './routes.ts';
import './stage-messages.ts';
import { stageDirectory } from './stage-directory.ts';
import { liveAmong } from './store.ts';
import { streamRoutes } from './stream-routes.ts';

export { startLive } from './start-live.ts';

useStages(stageDirectory);
useLiveness(liveAmong);
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
    streamRoutes(app, house);
    addSocket(app, house);
  },
  channel: liveChannel,
  start(house) {
    const { likes, progress, others } = livingOf(house);
    others.start();
    return async () => {
      await others.stop();
      await progress.stop();
      await likes.stop();
    };
  },
};
