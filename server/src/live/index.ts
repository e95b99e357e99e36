import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import { useStages, whenRanked } from '../gifts/index.ts';
import type { House, Slice } from '../house.ts';
import { ANONYMOUS } from '../http/principal.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { useLiveness, whenFollowed } from '../identity/index.ts';
import type { RoomPlace } from '../realtime/hub.ts';
import { addSocket } from '../realtime/routes.ts';
import { liveChannel, placeOf, showFollower } from './channel.ts';
import { livingOf } from './living.ts';
import { moderationRoutes } from './moderation-routes.ts';
import { BANNED_FROM_STAGE } from './refusals.ts';
import { liveRoutes } from './routes.ts';
import { requireVoice } from './say.ts';
import { scheduleRoutes } from './schedule-routes.ts';
import type { StageView } from './schema.ts';
import { showStage } from './show-stage.ts';
import type { WordFilter } from './word-filter.ts';
import './stage-messages.ts';
import { stageDirectory } from './stage-directory.ts';
import { liveAmong, type StageRow } from './store.ts';
import { streamRoutes } from './stream-routes.ts';

export { runsOnStage } from './on-stage.ts';
export type { StageView } from './schema.ts';
export { flat } from './stage-events.ts';
export { startLive } from './start-live.ts';
export { liveSession, lockStage, type SessionRow, type StageRow, stageOf as ownStage } from './store.ts';
export { bearerOf, useStreamKeys } from './stream-keys.ts';
export { type TestPeople, type TestStep, useTestEvents } from './test-events.ts';
export { useTogether } from './together.ts';
export type { WordFilter } from './word-filter.ts';

/** The stage of the creator with this handle; `undefined` when nobody by that name has one. */
export function stageNamed(house: House, handle: string): Promise<StageRow | undefined> {
  return livingOf(house).stages.named(handle);
}

/** A stage as its page shows it to anybody. Refuses with `not_found`. */
export function stageShown(house: House, handle: string): Promise<StageView> {
  return showStage(livingOf(house), handle, ANONYMOUS);
}

/** A stage as the hub knows it. */
export function roomOf(house: House, stage: StageRow): RoomPlace {
  return placeOf(livingOf(house), stage);
}

/** What the creator does not want to read on this stage. */
export async function wordsHiddenOn(house: House, stage: StageRow): Promise<WordFilter> {
  return (await livingOf(house).moderation.of(stage)).hides;
}

/** Lets pass who may take part on a stage, whatever they may say there. Refuses with `banned_from_stage`. */
export async function requireWelcomeOn(house: House, stageId: Uuid, userId: Uuid): Promise<void> {
  const { stages, moderation } = livingOf(house);
  const stage = await stages.find(stageId);
  if (stage === undefined) throw new Refusal(NOT_FOUND);
  const { banned } = await moderation.standing(stage, userId);
  if (banned) throw new Refusal(BANNED_FROM_STAGE, { host: stage.displayName, stage: stage.handle });
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
