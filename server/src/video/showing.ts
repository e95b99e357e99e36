import type { Uuid } from '../core/ids.ts';
import { oncePer } from '../core/once-per.ts';
import { Refusal } from '../core/refusal.ts';
import { goRounds } from '../core/rounds.ts';
import type { House, Stop } from '../house.ts';
import { EmbeddedEngine } from './embedded/embedded-engine.ts';
import { EngineRefusal, type LiveEngine, type RoomVideo } from './engine.ts';
import { HlsAudience } from './hls-audience.ts';
import { SessionPlaces } from './places.ts';
import { CODEC_UNSUPPORTED, NO_VIDEO_YET, SDP_INVALID, VIDEO_FULL, VIDEO_UNAVAILABLE } from './refusals.ts';
import { RemoteEngine } from './remote-engine.ts';
import { creatorOf, liveOf } from './store.ts';

/** What this process keeps of the video of stages. */
export interface Showing {
  readonly house: House;
  /** `null` where video is switched off. */
  readonly engine: LiveEngine | null;
  readonly people: SessionPlaces;
  readonly networks: SessionPlaces;
  /** Whoever watches over HTTP. */
  readonly audience: HlsAudience;
  /** Stages that had video since the server started, until their live ended. */
  readonly shown: Set<Uuid>;
}

/** One person watches on a few screens; one network may be a university. */
const SESSIONS_PER_PERSON = 8;
const SESSIONS_PER_NETWORK = 100;
const LOOK_EVERY_MS = 3_000;
const PUBLISHERS_MAX = 50;

export const showingOf = oncePer((house: House): Showing => {
  const engine = engineOf(house);
  const people = new SessionPlaces(SESSIONS_PER_PERSON);
  const networks = new SessionPlaces(SESSIONS_PER_NETWORK);
  const leave = (session: string) => {
    people.leave(session);
    networks.leave(session);
  };
  const showing = {
    house,
    engine,
    people,
    networks,
    audience: new HlsAudience({
      gone: leave,
      empty: (stageId) => engine?.shelves?.close(stageId),
    }),
    shown: new Set<Uuid>(),
  };
  engine?.observe({
    changed: (stageId, video) => {
      showing.shown.add(stageId);
      void tellStage(house, stageId, video);
    },
    closed: leave,
  });
  return showing;
});

function engineOf({ config: { video }, log }: House): LiveEngine | null {
  switch (video.kind) {
    case 'off':
      return null;
    case 'remote':
      return new RemoteEngine(video);
    case 'embedded':
      return new EmbeddedEngine({ ...video, publishersMax: PUBLISHERS_MAX }, log);
  }
}

/** What viewers are told about a stage's video; `null` where there is nothing to tell. */
export function sentenceFor({ state }: RoomVideo): string | null {
  if (state === 'reconnecting') return 'The creator’s video broke off. It comes back by itself.';
  if (state === 'ended') return 'Video stopped. Chat and gifts still work.';
  return null;
}

export const B_FRAMES_HINT =
  'Your encoder sends B-frames, so viewers see a stuttering picture. In OBS, set “Max B-frames” to 0.';

async function tellStage(house: House, stageId: Uuid, video: RoomVideo): Promise<void> {
  house.hub.toRoom(stageId, { t: 'video', state: video.state, sentence: sentenceFor(video) });
  const creatorId = await creatorOf(house.db, stageId).catch(() => undefined);
  if (creatorId === undefined) return;
  const hint = video.bFrames ? B_FRAMES_HINT : null;
  house.hub.toUser(creatorId, { t: 'video.mine', state: video.state, session: video.publisher, hint });
}

/** Ends the video of lives that end, here or in another process. */
export function followLives({ house, engine, shown, audience }: Showing): Stop {
  if (engine === null) return async () => {};
  house.hub.observe((stageId, events) => {
    if (events.some((event) => event.type === 'stage' && event.live === false))
      void endVideo(house, engine, stageId);
  });
  const rounds = goRounds('video of ended lives', LOOK_EVERY_MS, house.log, async () => {
    if (shown.size === 0) return;
    const live = await liveOf(house.db, [...shown]);
    for (const stageId of shown) {
      if (live.has(stageId)) continue;
      shown.delete(stageId);
      await endVideo(house, engine, stageId);
    }
  });
  return async () => {
    await rounds.stop();
    audience.stop();
    await engine.stop();
  };
}

async function endVideo(house: House, engine: LiveEngine, stageId: Uuid): Promise<void> {
  try {
    await engine.closeRoom(stageId);
  } catch (error) {
    house.log.warn({ err: error, stageId }, 'the video of a live that ended could not be closed');
  }
}

/** What an engine says no with, as a refusal of the house. */
export function refusalFrom(error: unknown): unknown {
  if (!(error instanceof EngineRefusal)) return error;
  switch (error.reason) {
    case 'sdp_invalid':
      return new Refusal(SDP_INVALID, { detail: error.message });
    case 'codec_unsupported':
      return new Refusal(CODEC_UNSUPPORTED, { detail: error.message });
    case 'no_video':
      return new Refusal(NO_VIDEO_YET, { seconds: RETRY_SECONDS });
    case 'full':
      return new Refusal(VIDEO_FULL);
    case 'unavailable':
      return new Refusal(VIDEO_UNAVAILABLE);
  }
}

export const RETRY_SECONDS = 2;
