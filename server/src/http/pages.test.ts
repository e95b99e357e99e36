import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fastify from 'fastify';
import { servePages } from './pages.ts';

const webRoot = await mkdtemp(join(tmpdir(), 'carat-pages-'));
await writeFile(join(webRoot, 'index.html'), '<!doctype html><title>Carat</title>');
const app = fastify();
await servePages(app, webRoot);
after(async () => {
  await app.close();
  await rm(webRoot, { recursive: true });
});

for (const [who, accept] of [
  ['a browser', 'text/html,application/xhtml+xml,*/*;q=0.8'],
  ['a script that takes anything', '*/*'],
  ['one that says nothing', undefined],
] as const) {
  test(`${who} is given the page at every address of the site`, async () => {
    for (const url of ['/', '/live/mira', '/wallet?tab=lots']) {
      const headers = accept === undefined ? {} : { accept };
      const answer = await app.inject({ url, headers });
      assert.equal(answer.statusCode, 200, url);
      assert.match(answer.headers['content-type'] as string, /^text\/html/);
      assert.match(answer.body, /<title>Carat/);
    }
  });
}

for (const [what, request] of [
  ['an address of the API', { url: '/v1/nothing' }],
  ['a file of the build that is gone', { url: '/assets/gone.js' }],
  ['whoever asks for JSON', { url: '/wallet', headers: { accept: 'application/json' } }],
  ['whoever posts', { url: '/wallet', method: 'POST' }],
] as const) {
  test(`${what} is refused, never answered with the page`, async () => {
    const answer = await app.inject(request);
    assert.equal(answer.statusCode, 404);
    assert.equal(answer.json().code, 'not_found');
  });
}
