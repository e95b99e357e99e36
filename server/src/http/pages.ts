import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from '../core/refusal.ts';
import { send } from './problems.ts';
import { NOT_FOUND } from './refusals.ts';

/**
 * Serves the web app: its files as they are, and its one page for every other address that is opened.
 * Whatever else is asked for and is not there is refused with `not_found`.
 * Hashed assets are cached for a year, the page itself never.
 */
export async function servePages(app: FastifyInstance, webRoot: string | undefined): Promise<void> {
  const index = await readIndex(app, webRoot);
  app.setNotFoundHandler((request, reply) => {
    if (
      index === null ||
      !wantsPage(request) ||
      request.url.startsWith('/v1/') ||
      request.url.startsWith('/assets/')
    ) {
      send(reply, new Refusal(NOT_FOUND));
      return;
    }
    reply.header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(index);
  });
  if (index === null || webRoot === undefined) return;
  await app.register(fastifyStatic, {
    root: webRoot,
    index: false,
    wildcard: false,
    preCompressed: true,
    cacheControl: false,
    setHeaders: (reply, path) => {
      const cache = path.includes('/assets/')
        ? 'public, max-age=31536000, immutable'
        : 'public, max-age=3600';
      reply.header('cache-control', cache);
    },
  });
}

/** Whether this opens an address: a browser, or whoever takes anything, as scripts and link previews do. */
function wantsPage({ method, headers: { accept = '*/*' } }: FastifyRequest): boolean {
  return (method === 'GET' || method === 'HEAD') && (accept.includes('text/html') || accept === '*/*');
}

/** The one page of the web app, `null` where it is not served or not built. */
async function readIndex(app: FastifyInstance, webRoot: string | undefined): Promise<Buffer | null> {
  if (webRoot === undefined) return null;
  const file = join(webRoot, 'index.html');
  if (existsSync(file)) return readFile(file);
  app.log.warn({ webRoot }, 'the web app is not built; only the API is served');
  return null;
}
