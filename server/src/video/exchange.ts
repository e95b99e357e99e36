import type { FastifyRequest } from 'fastify';
import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import { publicNetworkOf } from '../http/network.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { requireWelcomeOn } from '../live/index.ts';
import type { Negotiated } from './engine.ts';
import {
  NOT_YOUR_STAGE,
  SDP_INVALID,
  STAGE_NOT_LIVE,
  STREAM_KEY_INVALID,
  TOO_MANY_VIDEO_SESSIONS,
  VIDEO_UNAVAILABLE,
} from './refusals.ts';
import { refusalFrom, type Showing } from './showing.ts';
import { stageNamed, type VideoStage } from './store.ts';
import { isStreamKey } from './stream-key.ts';

/** Who sends: with a stream key, as OBS does, or signed in. */
export type Sender =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'user'; readonly userId: Uuid }
  | { readonly kind: 'nobody' };

/** Whoever watches, as they are counted. */
export interface Watcher {
  readonly userId: Uuid | null;
  readonly network: string | null;
}

export function watcherOf({ principal, ip }: FastifyRequest): Watcher {
  return { userId: principal.kind === 'user' ? principal.userId : null, network: publicNetworkOf(ip) };
}

/**
 * Takes the offer of a stage's creator; the stage must be live.
 * Refuses with `not_found`, `stream_key_invalid`, `not_your_stage`, `stage_not_live`, `sdp_invalid`,
 * `codec_unsupported`, `video_full` or `video_unavailable`.
 */
export async function publishTo(
  showing: Showing,
  handle: string,
  sender: Sender,
  offer: unknown,
): Promise<Negotiated> {
  const stage = await creatorsStage(showing, handle, sender);
  if (!stage.live) throw new Refusal(STAGE_NOT_LIVE, {}, '/handle');
  return negotiated(() => engineOf(showing).publish(stage.stageId, sdp(offer)));
}

/** Ends a creator's own session. Refuses with `not_found`, `stream_key_invalid` or `not_your_stage`. */
export async function stopPublishing(
  showing: Showing,
  handle: string,
  sender: Sender,
  session: string,
): Promise<void> {
  const stage = await creatorsStage(showing, handle, sender);
  const engine = engineOf(showing);
  if (engine.video(stage.stageId).publisher !== session) return;
  await negotiated(() => engine.close(session));
}

/**
 * Takes the offer of somebody who watches.
 * Refuses with `not_found`, `banned_from_stage`, `too_many_video_sessions`, `no_video_yet`, `sdp_invalid`, `codec_unsupported`,
 * `video_full` or `video_unavailable`.
 */
export async function watchStage(
  showing: Showing,
  handle: string,
  { userId, network }: Watcher,
  offer: unknown,
): Promise<Negotiated> {
  const { stageId } = await admit(showing, handle, { userId, network });
  const { people, networks } = showing;
  const made = await negotiated(() => engineOf(showing).play(stageId, sdp(offer)));
  people.take(userId, made.session);
  networks.take(network, made.session);
  return made;
}

/** The stage that somebody may watch. Refuses with `not_found`, `banned_from_stage` or `too_many_video_sessions`. */
export async function admit(
  showing: Showing,
  handle: string,
  { userId, network }: Watcher,
): Promise<VideoStage> {
  const stage = await knownStage(showing, handle);
  if (userId !== null) await requireWelcomeOn(showing.house, stage.stageId, userId);
  for (const [places, holder] of [
    [showing.people, userId],
    [showing.networks, network],
  ] as const) {
    if (places.isFull(holder)) throw new Refusal(TOO_MANY_VIDEO_SESSIONS, { most: places.most });
  }
  return stage;
}

/** The stage of whoever has this name. Refuses with `not_found`. */
export async function knownStage({ house }: Showing, handle: string): Promise<VideoStage> {
  const stage = await stageNamed(house.db, handle);
  if (stage === undefined) throw new Refusal(NOT_FOUND);
  return stage;
}

export function engineOf({ engine }: Showing): NonNullable<Showing['engine']> {
  if (engine === null) throw new Refusal(VIDEO_UNAVAILABLE);
  return engine;
}

async function creatorsStage(showing: Showing, handle: string, sender: Sender): Promise<VideoStage> {
  const stage = await stageNamed(showing.house.db, handle);
  if (sender.kind === 'key') {
    // A name that nobody has takes as long and says the same as a wrong key.
    const fits = await isStreamKey(showing.house, stage?.creatorId ?? NOBODY, sender.key);
    if (stage === undefined || !fits) throw new Refusal(STREAM_KEY_INVALID);
    return stage;
  }
  if (stage === undefined) throw new Refusal(NOT_FOUND);
  if (sender.kind === 'nobody' || sender.userId !== stage.creatorId) throw new Refusal(NOT_YOUR_STAGE);
  return stage;
}

const NOBODY = '00000000-0000-0000-0000-000000000000';

function sdp(offer: unknown): string {
  if (typeof offer === 'string' && offer !== '') return offer;
  throw new Refusal(SDP_INVALID, { detail: 'There is no offer.' });
}

/** What an engine makes, and its refusals as those of the house. */
export async function negotiated<Made>(make: () => Promise<Made>): Promise<Made> {
  try {
    return await make();
  } catch (error) {
    throw refusalFrom(error);
  }
}
