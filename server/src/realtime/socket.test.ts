import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { suite, test } from 'node:test';
import Type from 'typebox';
import { testDatabase } from '../../test/harness.ts';
import { openSocket, somebody, type TestSocket, testHub } from '../../test/socket.ts';
import { testClock } from '../core/clock.ts';
import { newId, type Uuid } from '../core/ids.ts';
import { strictObject } from '../http/schemas.ts';
import { TICKET_TTL_MS } from './tickets.ts';

const db = await testDatabase();

/** `in`, or the code with which a socket was closed before it was greeted. */
function entry(socket: TestSocket): Promise<'in' | number> {
  const greeted = socket.next('hello').then(
    () => 'in' as const,
    () => socket.closed.then(({ code }) => code),
  );
  return Promise.race([greeted, socket.closed.then(({ code }) => code)]);
}

/** What is answered to an upgrade whose request line names `target`, byte by byte. */
function upgradeOf(origin: string, target: string): Promise<string> {
  const { hostname, port, host } = new URL(origin);
  return new Promise((resolve, reject) => {
    const stream = connect(Number(port), hostname, () => {
      stream.write(
        `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
          `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
      );
    });
    let answer = '';
    stream.on('data', (data) => {
      answer += data.toString();
    });
    stream.on('error', reject);
    stream.on('close', () => resolve(answer));
  });
}

suite('who comes in', () => {
  test('a ticket is good for one connection', async () => {
    const { hub, origin } = await testHub(db);
    const { ticket } = await hub.ticketFor(somebody(newId(), { handle: 'mira' }));
    const first = openSocket(origin, ticket);
    assert.deepEqual(await first.next('hello'), { t: 'hello', v: 1, heartbeatMs: 20_000, me: 'mira' });
    const second = openSocket(origin, ticket);
    assert.equal(await entry(second), 4001);
    assert.equal(first.ws.readyState, first.ws.OPEN);
  });

  test('a ticket raced by twenty connections lets exactly one in', async () => {
    const { hub, origin } = await testHub(db);
    const { ticket } = await hub.ticketFor(somebody(newId()));
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => entry(openSocket(origin, ticket))));
    assert.equal(outcomes.filter((outcome) => outcome === 'in').length, 1);
    assert.equal(outcomes.filter((outcome) => outcome === 4001).length, 19);
  });

  test('a ticket ends after 30 seconds', async () => {
    const clock = testClock(Date.now());
    const { hub, origin } = await testHub(db, { clock });
    const { ticket, expiresAt } = await hub.ticketFor(somebody(newId()));
    assert.equal(expiresAt.getTime(), clock.now() + TICKET_TTL_MS);
    clock.advance(TICKET_TTL_MS);
    assert.equal(await entry(openSocket(origin, ticket)), 4001);
  });

  test('a ticket of one process opens a socket of another', async () => {
    const [one, other] = [await testHub(db), await testHub(db)];
    const { ticket } = await one.hub.ticketFor(somebody(newId(), { handle: 'koji' }));
    assert.equal((await openSocket(other.origin, ticket).next('hello')).me, 'koji');
  });

  for (const ticket of ['', 'x', 'A'.repeat(43), `${'A'.repeat(43)}=`, '%00', "' or 1=1 --"]) {
    test(`no ticket: ${JSON.stringify(ticket)}`, async () => {
      const { origin } = await testHub(db);
      assert.equal(await entry(openSocket(origin, ticket)), 4001);
    });
  }

  for (const target of ['//', '//[', 'http://[', '/v1/socket/..//', '*', '/v1/socke%74', '/%', 'mailto:x']) {
    test(`an upgrade of ${JSON.stringify(target)} is turned away, and the process lives`, async () => {
      const { origin, enter } = await testHub(db);
      const answer = await upgradeOf(origin, target);
      assert.match(answer, /^HTTP\/1\.1 40[04] /, answer);
      await enter();
    });
  }

  test('pages of other sites are turned away, and their ticket is not spent', async () => {
    const { hub, origin } = await testHub(db);
    const { ticket } = await hub.ticketFor(somebody(newId()));
    for (const foreign of ['https://evil.example', 'null', origin.replace('127.0.0.1', 'localhost')]) {
      assert.equal(await entry(openSocket(origin, ticket, { origin: foreign })), 4003, foreign);
    }
    assert.ok(await openSocket(origin, ticket, { origin }).next('hello'));
  });

  test('behind a proxy only the public origin is this site', async () => {
    const { hub, origin } = await testHub(db, { publicOrigin: 'https://carat.example' });
    const { ticket } = await hub.ticketFor(somebody(newId()));
    assert.equal(await entry(openSocket(origin, ticket, { origin })), 4003);
    assert.ok(await openSocket(origin, ticket, { origin: 'https://carat.example' }).next('hello'));
  });

  test('a full process answers 503', async () => {
    const { hub, origin, enter } = await testHub(db, { limits: { socketsMax: 1 } });
    await enter();
    const { ticket } = await hub.ticketFor(somebody(newId()));
    const late = openSocket(origin, ticket);
    const status = await new Promise((resolve) => {
      late.ws.on('unexpected-response', (_request, response) => resolve(response.statusCode));
    });
    assert.equal(status, 503);
  });
});

suite('what is heard', () => {
  const chat = strictObject({ t: Type.Literal('chat'), key: Type.String(), text: Type.String() });

  test('frames are taken as they are or refused by name; the socket stays open', async () => {
    const { hub, enter } = await testHub(db);
    const heard: unknown[] = [];
    hub.on('chat', chat, (_client, frame) => {
      heard.push(frame);
    });
    const socket = await enter();
    const table: [string | Buffer, string, string | undefined][] = [
      ['not json', 'invalid_json', undefined],
      ['"a string"', 'invalid_json', undefined],
      ['[1]', 'invalid_json', undefined],
      ['null', 'invalid_json', undefined],
      [Buffer.from([0, 1, 2]), 'invalid_json', undefined],
      ['{}', 'invalid_request', '/t'],
      ['{"t":"shout"}', 'invalid_request', '/t'],
      ['{"t":["chat"],"key":"k","text":"x"}', 'invalid_request', '/t'],
      ['{"t":"__proto__"}', 'invalid_request', '/t'],
      ['{"t":"chat","key":"k"}', 'invalid_request', '/text'],
      ['{"t":"chat","key":"k","text":1}', 'invalid_request', '/text'],
      ['{"t":"chat","key":"k","text":"x","loud":true}', 'invalid_request', '/loud'],
      ['{"t":"join","stage":"mira","after":-1}', 'invalid_request', '/after'],
      ['{"t":"join","stage":"mira","after":1.5}', 'invalid_request', '/after'],
      ['{"t":"join","stage":"mira","after":"1"}', 'invalid_request', '/after'],
      ['{"t":"join","stage":""}', 'invalid_request', '/stage'],
      ['{"t":"ping","now":1}', 'invalid_request', '/now'],
    ];
    for (const [message, code, field] of table) {
      socket.ws.send(message);
      const { problem } = await socket.next('refused');
      assert.deepEqual([problem.code, problem.field], [code, field], String(message));
    }
    assert.deepEqual(heard, []);
    socket.send({ t: 'chat', key: 'k', text: 'x' });
    socket.send({ t: 'ping' });
    await socket.next('pong');
    assert.deepEqual(heard, [{ t: 'chat', key: 'k', text: 'x' }]);
  });

  test('a refusal carries the key of its frame; a fault inside is told by a reference alone', async () => {
    const faults: object[] = [];
    const log = { warn: () => {}, error: (fields: object) => void faults.push(fields) };
    const { hub, enter } = await testHub(db, { log });
    hub.on('chat', chat, (client, { text }) => {
      if (text === 'fault') throw new Error('secret detail');
      client.user();
    });
    const socket = await enter();
    socket.send({ t: 'chat', key: 'k1', text: 'hello' });
    const refused = await socket.next('refused');
    assert.deepEqual([refused.key, refused.problem.code], ['k1', 'not_signed_in']);
    socket.send({ t: 'chat', key: 'k2', text: 'fault' });
    const failed = await socket.next('refused');
    assert.equal(failed.problem.code, 'internal_error');
    assert.ok(!JSON.stringify(failed).includes('secret'));
    assert.equal(faults.length, 1);
  });

  test('a message of 1 MB closes the socket with 1009', async () => {
    const { enter } = await testHub(db);
    const socket = await enter();
    socket.send('x'.repeat(1_000_000));
    assert.equal((await socket.closed).code, 1009);
  });

  test('a small message that inflates to 1 MB closes the socket with 1009 too', async () => {
    const { enter } = await testHub(db);
    const socket = await enter();
    socket.ws.send(' '.repeat(1_000_000), { compress: true });
    assert.equal((await socket.closed).code, 1009);
  });

  test('10,000 messages from one client close it with 4009 and touch nobody else', async () => {
    const { hub, enter } = await testHub(db);
    const [flood, calm] = [await enter(), await enter()];
    for (let i = 0; i < 10_000; i++) flood.send({ t: 'ping' });
    assert.equal((await flood.closed).code, 4009);
    assert.ok(flood.said.length <= 160, `${flood.said.length} frames were answered`);
    calm.send({ t: 'ping' });
    await calm.next('pong');
    assert.equal(hub.stats().closedTooMuch, 1);
  });
});

suite('who goes', () => {
  test('a peer that answers no ping is dropped', async () => {
    const { enter, hub } = await testHub(db, { limits: { heartbeatMs: 40, messagesAtOnce: 1_000_000 } });
    const [dead, alive] = [await enter(), await enter()];
    dead.ws.pause();
    while (hub.stats().sockets > 1) {
      alive.send({ t: 'ping' });
      await alive.next('pong');
    }
    dead.ws.resume();
    assert.equal((await dead.closed).code, 1006);
    assert.equal(alive.ws.readyState, alive.ws.OPEN);
  });

  test('a session that ends closes its sockets, also when it ended elsewhere; others stay', async () => {
    const { hub, enter } = await testHub(db, { limits: { heartbeatMs: 40 } });
    const [mira, koji, oona] = [newId(), newId(), newId()];
    const sessions = new Map([mira, koji, oona].map((id) => [id, somebody(id, { handle: 'renamed' })]));
    hub.useSessions(async (ids: readonly Uuid[]) => {
      const found = ids.flatMap((id) => {
        const principal = sessions.get(id);
        return principal?.kind === 'user' ? [[id, principal] as const] : [];
      });
      return new Map(found);
    });
    const sockets = [await enter(somebody(mira)), await enter(somebody(koji)), await enter(somebody(oona))];
    hub.closeSession(mira);
    assert.equal((await sockets[0]?.closed)?.code, 4001);
    sessions.delete(koji);
    assert.equal((await sockets[1]?.closed)?.code, 4001);
    assert.equal(sockets[2]?.ws.readyState, WebSocket.OPEN);
  });

  test('a server that stops says 4010 after finishing what it was doing', async () => {
    const { hub, enter, close, origin } = await testHub(db);
    let finish = () => {};
    const asked = new Promise<void>((resolve) => {
      hub.on('slow', strictObject({ t: Type.Literal('slow') }), async (client) => {
        resolve();
        await new Promise<void>((go) => {
          finish = go;
        });
        client.send({ t: 'done' });
      });
    });
    const socket = await enter();
    socket.send({ t: 'slow' });
    await asked;
    const closed = close();
    const { ticket } = await hub.ticketFor(somebody(newId()));
    const late = openSocket(origin, ticket);
    await new Promise((resolve) => late.ws.on('error', resolve));
    finish();
    await socket.next('done');
    assert.equal((await socket.closed).code, 4010);
    await closed;
  });
});
