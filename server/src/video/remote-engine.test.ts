import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { until } from '../../test/until.ts';
import type { RoomVideo } from './engine.ts';
import { RemoteEngine } from './remote-engine.ts';

/** The engine is a WHIP and WHEP server of its own, as far as HTTP goes. */

let server: Server;
let origin: string;
const asked: { readonly method: string; readonly path: string; readonly token: string | undefined }[] = [];
/** How the next request is answered; 201 unless told. */
let answers = 201;

before(async () => {
  server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const { method = '', url = '', headers } = request;
    asked.push({ method, path: url, token: headers.authorization });
    request.resume();
    request.on('end', () => {
      response.writeHead(method === 'DELETE' ? 200 : answers, { location: `${url}/s1` });
      response.end('v=0\r\n');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

after(() => {
  server.close();
});

function open(told: RoomVideo[] = []): RemoteEngine {
  asked.length = 0;
  answers = 201;
  const engine = new RemoteEngine({
    whipUrl: `${origin}/{room}/whip`,
    whepUrl: `${origin}/{room}/whep`,
    hlsUrl: '/hls/{room}/index.m3u8',
    token: 'secret',
    graceMs: 50,
  });
  engine.observe({ changed: (_room, video) => told.push(video), closed: () => {} });
  return engine;
}

test('offers are brought to the engine with the token, and answers back', async () => {
  const engine = open();
  const { answer, session } = await engine.publish('r 1', 'v=0');
  assert.equal(answer, 'v=0\r\n');
  assert.equal(engine.video('r 1').state, 'live');
  await engine.play('r 1', 'v=0');
  await engine.close(session);
  assert.deepEqual(
    asked.map(({ method, path, token }) => [method, path, token]),
    [
      ['POST', '/r%201/whip', 'Bearer secret'],
      ['POST', '/r%201/whep', 'Bearer secret'],
      ['DELETE', '/r%201/whip/s1', 'Bearer secret'],
    ],
  );
  assert.equal(engine.hls('r 1'), '/hls/r%201/index.m3u8');
  await engine.stop();
});

test('a publisher that is gone is noticed by the next viewer, waited for, and then the video ends', async () => {
  const told: RoomVideo[] = [];
  const engine = open(told);
  await engine.publish('r', 'v=0');
  await engine.play('r', 'v=0');
  answers = 404;
  await assert.rejects(engine.play('r', 'v=0'), { reason: 'no_video' });
  await until('it ended', () => engine.video('r').state === 'ended');
  assert.deepEqual(
    told.map(({ state }) => state),
    ['live', 'reconnecting', 'ended'],
  );
  await engine.stop();
});

test('whoever asks before the first picture is only too early, for a moment', async () => {
  const told: RoomVideo[] = [];
  const engine = open(told);
  await engine.publish('r', 'v=0');
  answers = 404;
  await assert.rejects(engine.play('r', 'v=0'), { reason: 'no_video' });
  assert.deepEqual(
    told.map(({ state }) => state),
    ['live'],
  );
  await until('it is too late to be early', async () => {
    await assert.rejects(engine.play('r', 'v=0'), { reason: 'no_video' });
    return told.length > 1;
  });
  assert.equal(told[1]?.state, 'reconnecting');
  await engine.stop();
});

for (const [status, reason] of [
  [400, 'codec_unsupported'],
  [401, 'unavailable'],
  [503, 'full'],
] as const) {
  test(`${status} of the engine is ${reason}`, async () => {
    const engine = open();
    answers = status;
    await assert.rejects(engine.play('r', 'v=0'), { reason });
    await engine.stop();
  });
}
