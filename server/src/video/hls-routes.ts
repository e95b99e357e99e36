import { Refusal } from '../core/refusal.ts';
import type { App } from '../house.ts';
import { NOT_FOUND } from '../http/refusals.ts';
import { watcherOf } from './exchange.ts';
import { HlsPieceParams, HlsQuery, pieceAnswer, playlistAnswer, StageParams } from './schema.ts';
import type { Showing } from './showing.ts';
import { nextPlaylist, watchOverHttp } from './watch-over-http.ts';

const TAGS = ['video'];
const PLAYLIST = 'application/vnd.apple.mpegurl';
/** A building full of players asks six times a second each. */
const ASKED_PER_MINUTE = 60_000;

/** The address of a stage's playlist here. */
export function playlistPath(handle: string): string {
  return `/v1/stages/${handle}/hls/index.m3u8`;
}

/** A stage's video over HTTP, a few seconds behind: where UDP does not pass and where no more viewers fit. */
export function hlsRoutes(app: App, showing: Showing): void {
  const often = { max: ASKED_PER_MINUTE, timeWindow: 60_000 };

  app.get(
    '/v1/stages/:handle/hls/index.m3u8',
    {
      config: { access: 'public', rateLimit: { max: 300, timeWindow: 60_000 } },
      exposeHeadRoute: false,
      schema: {
        summary: 'Watch a stage over HTTP (HLS)',
        description:
          'Begins making it when nobody watches this way yet, and answers as soon as there is a picture. H264 and Opus in ' +
          'fragmented MP4, in parts of a third of a second. 409 with Retry-After while nobody sends; 415 when what is sent is VP8.',
        tags: TAGS,
        params: StageParams,
        response: { 200: playlistAnswer },
      },
    },
    async (request, reply) => {
      const playlist = await watchOverHttp(showing, request.params.handle, watcherOf(request));
      return reply.type(PLAYLIST).send(playlist);
    },
  );

  app.get(
    '/v1/stages/:handle/hls/live.m3u8',
    {
      config: { access: 'public', identified: false, rateLimit: often },
      exposeHeadRoute: false,
      schema: {
        summary: 'What can be played now',
        description:
          'With _HLS_msn and _HLS_part, once that part is there (blocking playlist reload). `viewer` is told by the playlist before.',
        tags: TAGS,
        params: StageParams,
        querystring: HlsQuery,
        response: { 200: playlistAnswer },
      },
    },
    async (request, reply) => {
      const { viewer, _HLS_msn: segment, _HLS_part: part } = request.query;
      const position = segment === undefined ? null : { segment, part: part ?? null };
      const playlist = await nextPlaylist(showing, request.params.handle, viewer, position);
      return reply.type(PLAYLIST).send(playlist);
    },
  );

  app.get(
    '/v1/stages/:handle/hls/:piece',
    {
      config: { access: 'public', identified: false, rateLimit: often },
      exposeHeadRoute: false,
      schema: {
        summary: 'A piece that a playlist names',
        tags: TAGS,
        params: HlsPieceParams,
        response: { 200: pieceAnswer },
      },
    },
    async (request, reply) => {
      const { handle, piece } = request.params;
      const bytes = showing.audience.shelf(handle)?.piece(piece);
      if (bytes === undefined) throw new Refusal(NOT_FOUND);
      // A piece never changes, and the same name never comes again.
      return reply.header('cache-control', 'public, max-age=60, immutable').type('video/mp4').send(bytes);
    },
  );
}
