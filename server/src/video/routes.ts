import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { App, House } from '../house.ts';
import { userOf } from '../http/principal.ts';
import type { Negotiated } from './engine.ts';
import {
  engineOf,
  knownStage,
  publishTo,
  type Sender,
  stopPublishing,
  watcherOf,
  watchStage,
} from './exchange.ts';
import { hlsRoutes, playlistPath } from './hls-routes.ts';
import { NO_VIDEO_YET, TRICKLE_UNSUPPORTED, VIDEO_FULL } from './refusals.ts';
import {
  EndedAnswer,
  NewStreamKeyAnswer,
  SessionParams,
  StageParams,
  StreamKeyAnswer,
  StreamKeyBody,
  sdpAnswer,
  VideoAnswer,
} from './schema.ts';
import { B_FRAMES_HINT, RETRY_SECONDS, type Showing, sentenceFor, showingOf } from './showing.ts';
import { type StreamKeyRow, streamKeyOf } from './store.ts';
import { makeStreamKey } from './stream-key.ts';

const TAGS = ['video'];
const SDP_BYTES_MAX = 48 * 1024;
/** Whoever is cut off comes back a few times a minute; a building full of people comes at once. */
const OFFERS_PER_MINUTE = { publish: 60, watch: 300 };

export function videoRoutes(app: App, house: House): void {
  const showing = showingOf(house);
  hlsRoutes(app, showing);
  app.addContentTypeParser(
    'application/sdp',
    { parseAs: 'string', bodyLimit: SDP_BYTES_MAX },
    (_request, body, done) => done(null, body),
  );

  app.get(
    '/v1/stages/:handle/video',
    {
      config: { access: 'public' },
      schema: {
        summary: 'Whether a stage has video, and where',
        tags: TAGS,
        params: StageParams,
        response: { 200: VideoAnswer },
      },
    },
    async (request) => describeVideo(showing, request),
  );

  app.post(
    '/v1/stages/:handle/whip',
    {
      config: { access: 'public', origin: 'bearer', rateLimit: perMinute(OFFERS_PER_MINUTE.publish) },
      schema: {
        summary: 'Send video to your own live stage (WHIP, RFC 9725)',
        description:
          'An SDP offer with one picture in H264 (packetization mode 1) or VP8 and one sound in Opus. Either signed in, or with ' +
          '`Authorization: Bearer <stream key>` as OBS sends it. The stage must be live. Whoever sent before is replaced.',
        tags: TAGS,
        consumes: ['application/sdp'],
        params: StageParams,
        response: { 201: sdpAnswer },
      },
    },
    async (request, reply) => {
      const { handle } = request.params;
      const made = await publishTo(showing, handle, senderOf(request), request.body);
      return created(reply, `/v1/stages/${handle}/whip/`, made);
    },
  );

  app.delete(
    '/v1/stages/:handle/whip/:session',
    {
      config: { access: 'public', origin: 'bearer' },
      schema: {
        summary: 'Stop sending video',
        tags: TAGS,
        params: SessionParams,
        response: { 200: EndedAnswer },
      },
    },
    async (request, reply) => {
      const { handle, session } = request.params;
      await stopPublishing(showing, handle, senderOf(request), session);
      return reply.code(200).send({ ended: true as const });
    },
  );

  app.post(
    '/v1/stages/:handle/whep',
    {
      config: { access: 'public', rateLimit: perMinute(OFFERS_PER_MINUTE.watch) },
      schema: {
        summary: 'Watch a stage (WHEP)',
        description:
          'An SDP offer that receives. While nobody sends: 409 with Retry-After. When no more viewers fit: 503, with a ' +
          'Link of rel="alternate" to the HLS playlist where there is one.',
        tags: TAGS,
        consumes: ['application/sdp'],
        params: StageParams,
        response: { 201: sdpAnswer },
      },
    },
    async (request, reply) => {
      const { handle } = request.params;
      try {
        const made = await watchStage(showing, handle, watcherOf(request), request.body);
        return created(reply, `/v1/stages/${handle}/whep/`, made);
      } catch (error) {
        if (error instanceof Refusal) await addHints(showing, handle, reply, error);
        throw error;
      }
    },
  );

  app.delete(
    '/v1/stages/:handle/whep/:session',
    {
      config: { access: 'public' },
      schema: {
        summary: 'Stop watching',
        description: 'The session’s name is known to whoever opened it alone.',
        tags: TAGS,
        params: SessionParams,
        response: { 200: EndedAnswer },
      },
    },
    async (request, reply) => {
      const { stageId } = await knownStage(showing, request.params.handle);
      const { session } = request.params;
      // A publisher's session is not ended this way, even by whoever knows its name.
      if (engineOf(showing).video(stageId).publisher !== session) await engineOf(showing).close(session);
      return reply.code(200).send({ ended: true as const });
    },
  );

  for (const side of ['whip', 'whep'] as const) {
    app.patch(
      `/v1/stages/:handle/${side}/:session`,
      {
        config: { access: 'public', origin: 'bearer' },
        schema: {
          summary: 'Candidates are not needed here: always refused with 405',
          tags: TAGS,
          params: SessionParams,
        },
        onRequest: async () => {
          throw new Refusal(TRICKLE_UNSUPPORTED);
        },
      },
      async () => null,
    );
    app.options(
      `/v1/stages/:handle/${side}`,
      {
        config: { access: 'public' },
        schema: { summary: 'What can be posted here', tags: TAGS, params: StageParams, hide: true },
      },
      async (_request, reply) => reply.code(204).header('accept-post', 'application/sdp').send(),
    );
  }

  app.get(
    '/v1/me/stream-key',
    {
      config: { access: 'creator' },
      schema: {
        summary: 'Whether you have a stream key, and where OBS sends',
        tags: TAGS,
        response: { 200: StreamKeyAnswer },
      },
    },
    async (request) => {
      const { userId, handle } = userOf(request);
      const key = await streamKeyOf(house.db, userId);
      return { whip: whipUrl(house, request, handle), streamKey: key === undefined ? null : keyJson(key) };
    },
  );

  app.post(
    '/v1/me/stream-key',
    {
      config: { access: 'creator' },
      schema: {
        summary: 'Make your stream key anew',
        description:
          'It is told this once. The key before opens nothing any more; what is being sent goes on.',
        tags: TAGS,
        body: StreamKeyBody,
        response: { 201: NewStreamKeyAnswer },
      },
    },
    async (request, reply) => {
      const { userId, handle } = userOf(request);
      const key = await makeStreamKey(house, userId);
      const kept = (await streamKeyOf(house.db, userId)) as StreamKeyRow;
      return reply.code(201).send({ whip: whipUrl(house, request, handle), key, streamKey: keyJson(kept) });
    },
  );
}

async function describeVideo(showing: Showing, request: FastifyRequest<{ Params: { handle: string } }>) {
  const { handle } = request.params;
  const { stageId, creatorId, live } = await knownStage(showing, handle);
  const { engine } = showing;
  const { principal } = request;
  const known = engine?.video(stageId);
  const state = live && known !== undefined ? known.state : 'none';
  const isCreator = principal.kind === 'user' && principal.userId === creatorId;
  return {
    video: {
      state,
      sentence: known === undefined || !live ? null : sentenceFor(known),
      whep: engine === null ? null : `/v1/stages/${handle}/whep`,
      hls: state === 'live' ? hlsOf(showing, handle, stageId) : null,
      mine: isCreator
        ? { session: known?.publisher ?? null, hint: known?.bFrames === true ? B_FRAMES_HINT : null }
        : null,
    },
  };
}

/** A bearer token says who sends, whatever cookie comes with it. */
function senderOf(request: FastifyRequest): Sender {
  const key = /^Bearer +(\S{1,200})$/i.exec(request.headers.authorization ?? '')?.[1];
  if (key !== undefined) return { kind: 'key', key };
  return request.principal.kind === 'user'
    ? { kind: 'user', userId: userOf(request).userId }
    : { kind: 'nobody' };
}

function created(reply: FastifyReply, path: string, { session, answer }: Negotiated): FastifyReply {
  return reply
    .code(201)
    .header('location', `${path}${session}`)
    .header('etag', `"${session}"`)
    .type('application/sdp')
    .send(answer);
}

/** When to ask again, and where else the video is. */
async function addHints(
  showing: Showing,
  handle: string,
  reply: FastifyReply,
  { kind }: Refusal,
): Promise<void> {
  if (kind === NO_VIDEO_YET) reply.header('retry-after', String(RETRY_SECONDS));
  if (kind !== VIDEO_FULL) return;
  const { stageId } = await knownStage(showing, handle);
  const hls = hlsOf(showing, handle, stageId);
  if (hls !== null) reply.header('link', `<${hls}>; rel="alternate"; type="application/vnd.apple.mpegurl"`);
}

/** Where a stage is to be had over HTTP: here, or where the engine says. */
function hlsOf({ engine }: Showing, handle: string, stageId: Uuid): string | null {
  if (engine === null) return null;
  return engine.shelves === null ? engine.hls(stageId) : playlistPath(handle);
}

function perMinute(max: number) {
  return { max, timeWindow: 60_000 };
}

function keyJson({ endsWith, madeAt, lastUsedAt }: StreamKeyRow) {
  return { endsWith, madeAt: madeAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() ?? null };
}

function whipUrl({ config }: House, request: FastifyRequest, handle: string): string {
  const origin = config.publicOrigin ?? `${request.protocol}://${request.host}`;
  return `${origin}/v1/stages/${handle}/whip`;
}
