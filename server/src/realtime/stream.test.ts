import assert from 'node:assert/strict';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { closeAfterFile, testDatabase } from '../../test/harness.ts';
import { testHub } from '../../test/socket.ts';
import { until } from '../../test/until.ts';
import { newId } from '../core/ids.ts';
import { appendRoomEvents } from './room-events.ts';
import { StreamBatch } from './stream-batch.ts';
import { eventSourceRoad } from './stream-reader.ts';

const db = await testDatabase();

test('a reader to whom nothing is said is told that the server is there, and gone is gone', async () => {
  const { hub } = await testHub(db, { limits: { heartbeatMs: 30 } });
  const place = { roomId: newId(), name: 'mira', hostId: newId(), likes: 0 };
  const asked = { after: undefined, tests: false, network: null, about: {} };
  const server = createServer((_request: IncomingMessage, response: ServerResponse) => {
    void hub.read(place, asked, async () => eventSourceRoad(response, {}));
  }).listen(0, '127.0.0.1');
  closeAfterFile(async () => void server.close());
  await until('it listens', () => server.listening);
  let text = '';
  const reading = get({ port: (server.address() as AddressInfo).port, agent: false }, (response) => {
    response.setEncoding('utf8');
    response.on('data', (more: string) => {
      text += more;
    });
    response.on('error', () => {});
  });
  reading.on('error', () => {});
  await until('three comments', () => text.split('\n\n').filter((block) => block === ': here').length >= 3);
  assert.match(text, /^retry: 2000\n\nid: 0\nevent: connected\ndata: \{.*\}\n\n/);
  assert.deepEqual([hub.stats().readers, hub.stats().rooms], [1, 1]);
  assert.equal(hub.viewers(place.roomId), 0, 'a tool is nobody who watches');
  reading.destroy();
  await until('nobody is there', () => hub.stats().readers === 0 && hub.stats().rooms === 0);
});

test('what was missed comes in pages, complete, however much it is', async () => {
  const { hub } = await testHub(db);
  const place = { roomId: newId(), name: 'mira', hostId: newId(), likes: 0 };
  const events = Array.from({ length: 3_000 }, (_, n) => ({ type: 'gift', createTime: '1', n }));
  await db.transaction((tx) => appendRoomEvents(tx, place.roomId, events));
  const server = createServer((_request, response) => {
    const asked = { after: 7, tests: false, network: null, about: {} };
    void hub.read(place, asked, async () => eventSourceRoad(response, {}));
  }).listen(0, '127.0.0.1');
  closeAfterFile(async () => void server.close());
  await until('it listens', () => server.listening);
  let text = '';
  const reading = get({ port: (server.address() as AddressInfo).port, agent: false }, (response) => {
    response.setEncoding('utf8');
    response.on('data', (more: string) => {
      text += more;
    });
  });
  await until('the last', () => text.includes('id: 3000\n'));
  const ids = [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
  assert.deepEqual(
    ids,
    Array.from({ length: 2_994 }, (_, index) => index + 7),
  );
  reading.destroy();
});

test('a batch is made into bytes once for each road and lane', () => {
  const batch = new StreamBatch(
    [{ type: 'gift', createTime: '1', seq: 5 }],
    [{ type: 'like', createTime: '1', likeCount: 1 }],
  );
  assert.equal(batch.eventSource('all'), batch.eventSource('all'));
  assert.equal(batch.socket('events', true), batch.socket('events', true));
  assert.equal(
    batch.eventSource('events').toString(),
    'id: 5\nevent: gift\ndata: {"type":"gift","createTime":"1","seq":5}\n\n',
  );
  assert.match(batch.eventSource('all').toString(), /\n\nevent: like\ndata: .*\n\n$/);
});
