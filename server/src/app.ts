import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import Fastify, { type FastifyBaseLogger, type FastifyReply, LogController } from 'fastify';
import { Type } from 'typebox';
import { Refusal } from './core/refusal.ts';
import type { App, House, Slice, Stop } from './house.ts';
import { guardAccess, guardConfirmed, guardOrigin, identify } from './http/guards.ts';
import { letGoOnClose } from './http/let-go.ts';
import { describeApi } from './http/openapi.ts';
import { servePages } from './http/pages.ts';
import type { Authenticate } from './http/principal.ts';
import { answerError, installProblems } from './http/problems.ts';
import { NOT_FOUND } from './http/refusals.ts';
import { lazyCompilers, refuseNul } from './http/validation.ts';
import type { Sandbox } from './sandbox/index.ts';

const BODY_LIMIT_BYTES = 64 * 1024;
const REQUESTS_PER_MINUTE = 6_000;
/** A request that has not come in whole by then is dropped: a slow sender keeps no connection for ever. */
const REQUEST_MS = 30_000;

/** A house with its doors open: the HTTP server and the background work of every slice. */
export interface RunningApp {
  readonly app: App;
  /** Begins the slices' background work. Routes may be called only after this. */
  start(): Promise<void>;
  /** Does what the first requests would wait for otherwise, between other work. */
  warmUp(): Promise<void>;
  /** Takes no more requests, finishes those in flight, then ends the background work. */
  stop(): Promise<void>;
}

/** The server made from a list of slices, in their order, and from the pages of the sandbox where there is one. */
export async function buildApp(
  house: House,
  slices: readonly Slice[],
  authenticate: Authenticate,
  sandbox: Sandbox | null = null,
): Promise<RunningApp> {
  const app: App = Fastify<never, never, never, FastifyBaseLogger>({
    loggerInstance: house.log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    trustProxy: house.config.trustProxy,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    requestTimeout: REQUEST_MS,
    frameworkErrors: (error, request, reply) => answerError(error, request, reply as unknown as FastifyReply),
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 300 },
  }) as unknown as App;

  const closing = letGoOnClose(app.server);

  const { validator, serializer, warmUp } = lazyCompilers();
  app.setValidatorCompiler(validator);
  app.setSerializerCompiler(serializer);
  app.removeContentTypeParser('text/plain');
  // Set anew for every request by `identify`; Fastify takes no shared object here.
  app.decorateRequest('principal', null as never);
  installProblems(app);
  await app.register(helmet, securityHeaders(house.config.publicOrigin));
  // Whoever hung up before being heard has no address to count, and hears no answer.
  app.addHook('onRequest', async (request, reply) => {
    if (request.socket.destroyed || request.socket.remoteAddress === undefined) reply.hijack();
  });
  await app.register(rateLimit, { max: REQUESTS_PER_MINUTE, timeWindow: 60_000, cache: 10_000 });
  await app.register(cookie);
  await describeApi(app);

  await app.register(async (scope) => {
    const api = scope as unknown as App;
    api.addHook('onRequest', async (request) => {
      guardOrigin(request, house.config.publicOrigin);
      await identify(request, authenticate);
      guardAccess(request);
      guardConfirmed(request, house.clock.now());
    });
    api.addHook('preValidation', async (request) => {
      // No address has a NUL character, so there is nothing there.
      if (request.url.split('?', 1)[0]?.includes('%00')) throw new Refusal(NOT_FOUND);
      refuseNul(request.query, 'querystring');
      refuseNul(request.body, 'body');
    });
    api.addHook('onSend', async (_request, reply) => {
      if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    });
    addHealthRoutes(api, house);
    for (const slice of slices) {
      slice.channel?.(house.hub, house);
      await slice.routes?.(api, house);
    }
    await sandbox?.addPages(api);
  });
  await servePages(app, house.config.webRoot);

  const stops: Stop[] = [];
  return {
    app,
    async start() {
      await app.ready();
      for (const slice of slices) {
        const stop = await slice.start?.(house);
        if (stop) stops.unshift(stop);
      }
      sandbox?.start(app);
    },
    warmUp,
    async stop() {
      await closing(() => app.close());
      for (const stop of stops.splice(0)) await stop();
    },
  };
}

function addHealthRoutes(api: App, house: House): void {
  api.get(
    '/v1/health',
    {
      config: { access: 'public' },
      schema: {
        summary: 'Whether the server and its database answer',
        tags: ['house'],
        response: { 200: Type.Object({ ok: Type.Literal(true) }) },
      },
    },
    async () => {
      await house.db.query('SELECT 1');
      return { ok: true as const };
    },
  );
  api.get(
    '/v1/openapi.json',
    { config: { access: 'public' }, schema: { summary: 'This contract', tags: ['house'], hide: true } },
    async () => api.swagger(),
  );
}

function securityHeaders(publicOrigin: string | undefined) {
  const overTls = publicOrigin?.startsWith('https://') ?? false;
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        fontSrc: ["'self'", 'data:'],
        connectSrc: ["'self'", 'ws:', 'wss:'],
        mediaSrc: ["'self'", 'blob:'],
        workerSrc: ["'self'", 'blob:'],
        objectSrc: ["'none'"],
        requireTrustedTypesFor: ["'script'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: overTls ? { maxAge: 31_536_000 } : false,
    crossOriginOpenerPolicy: overTls,
    originAgentCluster: overTls,
    referrerPolicy: { policy: 'same-origin' as const },
  } as const;
}
