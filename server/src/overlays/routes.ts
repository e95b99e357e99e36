import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { App, House } from '../house.ts';
import { userOf } from '../http/principal.ts';
import { FORBIDDEN } from '../http/refusals.ts';
import { strictObject } from '../http/schemas.ts';
import { bearerOf } from '../live/index.ts';
import { listKeys, makeKey, revokeKey } from './manage-keys.ts';
import { openOverlay } from './open-overlay.ts';
import { overlaysOf } from './overlays.ts';
import { OVERLAY_TOKEN_UNKNOWN } from './refusals.ts';
import { SOURCES, type Source } from './rules.ts';
import {
  AlertParams,
  type AnySettings,
  KeyBody,
  KeyParams,
  NewKeyAnswer,
  OverlaysAnswer,
  PlayBody,
  SETTINGS,
  StreamQuery,
} from './schema.ts';
import { allSettings, setSettings } from './settings.ts';
import { markPlay } from './store.ts';

const TAGS = ['overlays'];
const noBody = Type.Null({ description: 'No body.' });
/** Six sources that come back after a cut, in a house with several streamers. */
const OPENINGS_PER_MINUTE = 600;

export function overlayRoutes(app: App, house: House): void {
  const overlays = overlaysOf(house);

  app.get(
    '/v1/me/overlays',
    {
      config: { access: 'creator' },
      schema: {
        summary: 'Your overlay tokens, without what they open with, and how your overlays are set',
        tags: TAGS,
        response: { 200: OverlaysAnswer },
      },
    },
    async (request) => {
      const { userId } = userOf(request);
      return { keys: await listKeys(overlays, userId), settings: await allSettings(overlays, userId) };
    },
  );

  app.post(
    '/v1/me/overlays/keys',
    {
      config: { access: 'creator' },
      schema: {
        summary: 'Make an overlay token',
        description: 'It is told this once. It reads what your overlays show and nothing else.',
        tags: TAGS,
        body: KeyBody,
        response: { 201: NewKeyAnswer },
      },
    },
    async (request, reply) => {
      const { name, mayTest = false } = request.body;
      return reply.code(201).send(await makeKey(overlays, userOf(request).userId, { name, mayTest }));
    },
  );

  app.delete(
    '/v1/me/overlays/keys/:id',
    {
      config: { access: 'creator' },
      schema: {
        summary: 'Revoke an overlay token: what is open with it goes blank within seconds',
        tags: TAGS,
        params: KeyParams,
        response: { 204: noBody },
      },
    },
    async (request, reply) => {
      await revokeKey(overlays, userOf(request).userId, request.params.id);
      return reply.code(204).send(null);
    },
  );

  for (const source of SOURCES) settingsRoute(source);

  app.get(
    '/v1/overlay/stream',
    {
      exposeHeadRoute: false,
      config: {
        access: 'public',
        streams: true,
        rateLimit: { max: OPENINGS_PER_MINUTE, timeWindow: 60_000 },
      },
      schema: {
        summary: 'What one overlay draws, as it happens, for the pages under /overlay',
        description:
          'Server-sent events. With `Authorization: Bearer <overlay token>`; without one, a preview for the creator who ' +
          'is signed in.',
        tags: TAGS,
        querystring: StreamQuery,
        response: {
          200: {
            description: 'Goes on until either side ends it.',
            content: { 'text/event-stream': { schema: Type.String() } },
          },
        },
      },
    },
    async (request, reply) => {
      const { source, after } = request.query;
      await openOverlay(overlays, await openerOf(request), { source, after }, request, reply);
      return reply;
    },
  );

  app.put(
    '/v1/overlay/alerts/:alert',
    {
      config: { access: 'public', origin: 'bearer' },
      schema: {
        summary: 'An overlay shows an alert, or has shown it: opened again, it goes on after that',
        tags: TAGS,
        params: AlertParams,
        body: PlayBody,
        response: { 204: noBody },
      },
    },
    async (request, reply) => {
      const token = bearerOf(request);
      if (token === null) throw new Refusal(OVERLAY_TOKEN_UNKNOWN);
      const key = await overlays.keyring.open(token, request.ip);
      const at = new Date(house.clock.now());
      await markPlay(house.db, { keyId: key.id, alert: request.params.alert, done: request.body.done, at });
      return reply.code(204).send(null);
    },
  );

  /** Whose overlay it is: of the token's creator, or of whoever looks at their own. */
  async function openerOf(request: FastifyRequest): Promise<{ keyId: Uuid | null; creatorId: Uuid }> {
    const token = bearerOf(request);
    if (token !== null) {
      const { id, creatorId } = await overlays.keyring.open(token, request.ip);
      return { keyId: id, creatorId };
    }
    const user = userOf(request);
    if (!user.roles.has('creator')) throw new Refusal(FORBIDDEN, { role: 'creator' });
    return { keyId: null, creatorId: user.userId };
  }

  function settingsRoute(source: Source): void {
    const schema: Type.TSchema = SETTINGS[source];
    app.put(
      `/v1/me/overlays/${source}`,
      {
        config: { access: 'creator' },
        schema: {
          summary: `Say how your overlay ${source} is; open ones follow at once`,
          tags: TAGS,
          body: schema,
          response: { 200: strictObject({ settings: schema }) },
        },
      },
      async (request) => {
        const settings = request.body as AnySettings;
        await setSettings(overlays, userOf(request).userId, source, settings);
        return { settings };
      },
    );
  }
}
