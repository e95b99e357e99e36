import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { testHouse } from '../test/test-house.ts';
import { until } from '../test/until.ts';
import type { Slice } from './house.ts';

test('a server that stops answers what is in flight, and waits for no client that keeps its connection', async () => {
  const answered = Promise.withResolvers<void>();
  let asked = 0;
  const slow: Slice = {
    name: 'slow',
    async routes(app) {
      app.get('/v1/slow', { config: { access: 'public' }, schema: { hide: true } }, async () => {
        asked += 1;
        await answered.promise;
        return {};
      });
    },
  };
  const site = await testHouse({ slices: [slow] });
  const { hostname: host, port } = new URL(site.origin);
  // As a browser does that expects to ask for something soon.
  const silent = connect(Number(port), host);
  await once(silent, 'connect');
  const client = connect(Number(port), host);
  client.write(`GET /v1/slow HTTP/1.1\r\nHost: ${host}:${port}\r\nConnection: keep-alive\r\n\r\n`);
  let heard = '';
  client.on('data', (bytes) => {
    heard += bytes;
  });
  const gone = Promise.all([once(client, 'close'), once(silent, 'close')]);
  await until('the request is in flight', () => asked === 1);
  let isStopped = false;
  const stopped = site.close().then(() => {
    isStopped = true;
  });
  answered.resolve();
  await until('it has stopped, long before a client would let go', () => isStopped);
  await stopped;
  await gone;
  assert.match(heard, /^HTTP\/1\.1 200 OK/);
});
