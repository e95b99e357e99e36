import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Type from 'typebox';
import type { App, House } from '../house.ts';
import { strictObject } from '../http/schemas.ts';
import { SOURCES } from './rules.ts';

const PageParams = strictObject({
  token: Type.String({ maxLength: 200 }),
  source: Type.Enum([...SOURCES]),
});

/**
 * Serves the page of a browser source, the same whoever asks with whatever token: its script shows the token to
 * `/v1/overlay/stream`, which alone says whether it opens something. Nothing where the web app is not built.
 */
export async function overlayPage(app: App, { config: { webRoot } }: House): Promise<void> {
  const file = webRoot === undefined ? undefined : join(webRoot, 'overlay/index.html');
  if (file === undefined || !existsSync(file)) return;
  const page = await readFile(file);
  app.get(
    '/overlay/:token/:source',
    { config: { access: 'public' }, schema: { params: PageParams, hide: true } },
    async (_request, reply) => {
      const policy = String(reply.getHeader('content-security-policy'));
      return (
        reply
          // The creator's own settings page shows a preview.
          .header(
            'content-security-policy',
            policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'"),
          )
          .header('referrer-policy', 'no-referrer')
          .header('x-robots-tag', 'noindex')
          .header('cache-control', 'no-cache')
          .type('text/html; charset=utf-8')
          .send(page)
      );
    },
  );
}
