import { randomUUID } from 'node:crypto';
import { Refusal } from '../core/refusal.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import type { PlaylistPosition } from './engine.ts';
import { admit, engineOf, negotiated, type Watcher } from './exchange.ts';
import { NO_VIDEO_YET, VIDEO_FULL } from './refusals.ts';
import { RETRY_SECONDS, type Showing } from './showing.ts';

/**
 * Lets somebody watch over HTTP, and answers the playlist to begin with.
 * Refuses with `not_found`, `banned_from_stage`, `too_many_video_sessions`, `no_video_yet`, `codec_unsupported`,
 * `video_full` or `video_unavailable`.
 */
export async function watchOverHttp(showing: Showing, handle: string, watcher: Watcher): Promise<string> {
  const { stageId } = await admit(showing, handle, watcher);
  const { shelves } = engineOf(showing);
  const { audience, people, networks } = showing;
  if (shelves === null) throw new Refusal(NOT_FOUND);
  if (audience.isFull) throw new Refusal(VIDEO_FULL);
  const shelf = await negotiated(() => shelves.open(stageId));
  const viewer = randomUUID();
  audience.join(viewer, stageId, handle, shelf);
  people.take(watcher.userId, viewer);
  networks.take(watcher.network, viewer);
  const playlist = await shelf.master(viewer);
  if (playlist !== null) return playlist;
  audience.leave(viewer);
  throw noVideo();
}

/**
 * What can be played now, or once there is more than a player knows.
 * Refuses with `not_found` whoever is no viewer here any more, and with `no_video_yet`.
 */
export async function nextPlaylist(
  { audience }: Showing,
  handle: string,
  viewer: string,
  position: PlaylistPosition | null,
): Promise<string> {
  const shelf = audience.see(viewer, handle);
  if (shelf === undefined) throw new Refusal(NOT_FOUND);
  const playlist = await shelf.playlist(position);
  if (playlist !== null) return playlist;
  throw noVideo();
}

function noVideo(): Refusal {
  return new Refusal(NO_VIDEO_YET, { seconds: RETRY_SECONDS });
}
