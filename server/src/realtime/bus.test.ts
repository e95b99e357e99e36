import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { closeAfterFile, testDatabase } from '../../test/harness.ts';
import { findNatsServer, NO_NATS, testNats } from '../../test/nats-server.ts';
import { somebody, type TestSocket, testHub } from '../../test/socket.ts';
import { until } from '../../test/until.ts';
import { newId } from '../core/ids.ts';
import { type Bus, LocalBus } from './bus.ts';
import { Company } from './company.ts';
import { NatsBus, siteOf } from './nats-bus.ts';
import { appendRoomEvents } from './room-events.ts';

const shared = await testDatabase();
const natsServer = await findNatsServer();
const skip = natsServer === undefined ? NO_NATS : false;

const QUIET = { info: () => {}, warn: () => {} };

function natsBus(url: string, site = 'one'): NatsBus {
  const bus = new NatsBus(url, site, QUIET);
  closeAfterFile(() => bus.close());
  return bus;
}

const connected = (...buses: Bus[]) =>
  until('connected', () => buses.every(({ isConnected }) => isConnected));

/** Says numbers until one is heard: the other side may not have subscribed yet. */
async function reaches(from: Bus, to: Bus, channel = 'room.1'): Promise<boolean> {
  const heard: unknown[] = [];
  const stop = to.hear(channel, (topic, body) => heard.push([topic, body]));
  let said = 0;
  await until(
    'it is heard',
    () => {
      said += 1;
      from.say(channel, 'number', { said });
      return heard.length > 0;
    },
    Boolean,
    10_000,
  );
  stop();
  return true;
}

suite('a bus through NATS', { skip }, () => {
  test('carries what is said to others of the same site and channel, and not to oneself', async () => {
    const nats = await testNats(natsServer ?? '');
    await nats.start();
    const [one, two, foreign] = [natsBus(nats.url), natsBus(nats.url), natsBus(nats.url, 'two')];
    await connected(one, two, foreign);
    const heard: string[] = [];
    for (const [name, bus] of Object.entries({ one, foreign })) bus.hear('room.1', () => heard.push(name));
    two.hear('room.2', () => heard.push('two, of another room'));
    assert.ok(await reaches(one, two));
    assert.ok(await reaches(foreign, natsBus(nats.url, 'two')));
    assert.deepEqual(heard, []);
    const told: unknown[] = [];
    const stop = two.hear('room.3', (topic, body) => told.push([topic, body]));
    assert.ok(await reaches(one, two, 'after'));
    one.say('room.3', 'chat', { text: 'Café 🌹', n: [1, null] });
    assert.ok(await reaches(one, two, 'after'));
    stop();
    one.say('room.3', 'chat', {});
    assert.ok(await reaches(one, two, 'after'));
    assert.deepEqual(told, [['chat', { text: 'Café 🌹', n: [1, null] }]]);
  });

  test('comes when NATS comes, goes and comes again with it, and says so each time', async () => {
    const nats = await testNats(natsServer ?? '');
    const [one, two] = [natsBus(nats.url), natsBus(nats.url)];
    let times = 0;
    one.whenConnected(() => {
      times += 1;
    });
    one.say('room.1', 'lost', {});
    assert.equal(one.isConnected, false);
    for (let round = 1; round <= 2; round += 1) {
      await nats.start();
      await connected(one, two);
      assert.ok(await reaches(one, two));
      assert.equal(times, round);
      await nats.kill();
      await until('it is noticed', () => !one.isConnected && !two.isConnected);
    }
  });

  test('keeps nothing for a server that hangs, and closes while it does', async () => {
    const nats = await testNats(natsServer ?? '');
    await nats.start();
    const bus = natsBus(nats.url);
    await connected(bus);
    nats.freeze();
    const began = performance.now();
    await bus.close();
    assert.ok(performance.now() - began < 5_000);
    nats.thaw();
    const never = natsBus('nats://127.0.0.1:1');
    await never.close();
  });

  test('what is no message of ours is passed over', async () => {
    const nats = await testNats(natsServer ?? '');
    await nats.start();
    const bus = natsBus(nats.url);
    await connected(bus);
    const { connect } = await import('@nats-io/transport-node');
    const stranger = await connect({ servers: nats.url.slice('nats://'.length) });
    const heard: unknown[] = [];
    bus.hear('room.1', (topic) => heard.push(topic));
    bus.hear('room.1', () => {
      throw new Error('a listener that fails');
    });
    await until('the good one is heard', () => {
      for (const text of ['', 'x', '{}', 'null', '[]']) stranger.publish('carat.one.room.1', text);
      stranger.publish('carat.one.room.1', '["good",null]');
      return heard.includes('good');
    });
    await stranger.close();
  });

  test('two databases are two sites', async () => {
    const other = await testDatabase();
    assert.notEqual(await siteOf(shared), await siteOf(other));
    assert.equal(await siteOf(shared), await siteOf(shared));
  });
});

const roads: [string, string | false, () => Promise<[Bus, Bus]>][] = [
  [
    'in one process',
    false,
    async () => {
      const one = new LocalBus();
      return [one, new LocalBus(one)];
    },
  ],
  [
    'through NATS',
    skip,
    async () => {
      const nats = await testNats(natsServer ?? '');
      await nats.start();
      const buses: [Bus, Bus] = [natsBus(nats.url), natsBus(nats.url)];
      await connected(...buses);
      return buses;
    },
  ],
];

for (const [name, skipped, open] of roads) {
  test(`hubs that are in touch tell each other at once, ${name}`, { skip: skipped }, async () => {
    // Nothing is found by looking: what arrives was told.
    const never = { pollAloneMs: 3_600_000, pollInCompanyMs: 3_600_000, presenceMs: 3_600_000, viewersMs: 0 };
    const [busOne, busTwo] = await open();
    // Without the hubs of other tests.
    const db = await testDatabase();
    const [roomId, hostId, koji] = [newId(), newId(), newId()];
    const hubs = [];
    for (const bus of [busOne, busTwo]) {
      const house = await testHub(db, { bus, limits: never });
      house.hub.useRooms(async (room) => ({ roomId, name: room, hostId, likes: 0 }));
      hubs.push(house);
    }
    const [one, two] = hubs as [(typeof hubs)[0], (typeof hubs)[0]];
    const watch = async (house: typeof one): Promise<TestSocket> => {
      const socket = await house.enter(somebody(house === one ? newId() : koji));
      socket.send({ t: 'join', stage: 'mira' });
      await socket.next('joined');
      return socket;
    };
    const [here, there] = [await watch(one), await watch(two)];
    await there.until(() => there.said.some(({ viewers }) => viewers === 2));
    await here.until(() => here.said.some(({ viewers }) => viewers === 2));
    const heard: unknown[] = [];
    two.hub.hearOthers('note', (body, room) => heard.push([body, room]));
    one.hub.tellOthers('note', { n: 1 }, roomId);
    one.hub.tellOthers('note', { n: 2 });
    for (let round = 0; round < 5; round += 1) {
      const event = { type: 'gift', createTime: '1', round };
      one.hub.publish(roomId, await db.transaction((tx) => appendRoomEvents(tx, roomId, [event])));
    }
    await there.until(() => there.events().length === 5);
    assert.deepEqual(
      there.events().map(({ seq }) => seq),
      [1, 2, 3, 4, 5],
    );
    one.hub.toUser(koji, { t: 'wallet', coins: 'many' });
    assert.equal((await there.next('wallet')).coins, 'many');
    assert.deepEqual(heard, [
      [{ n: 1 }, roomId],
      [{ n: 2 }, null],
    ]);
    await one.close();
    await there.until(() => there.said.at(-1)?.viewers === 1);
    await until('it is alone', () => !two.hub.inCompany());
  });
}

test('what a process says of itself goes before what the database says of it, for as long as it says it', () => {
  const company = new Company(6_000);
  company.read(
    new Map([
      ['a', new Map([['room', 3]])],
      ['b', new Map([['room', 10]])],
    ]),
    0,
  );
  assert.equal(company.viewers('room'), 13);
  company.hear('a', new Map([['room', 5]]), false, 1);
  assert.equal(company.viewers('room'), 13, 'what changed alone says nothing of the rest');
  company.hear(
    'a',
    new Map([
      ['room', 5],
      ['hall', 1],
    ]),
    true,
    2,
  );
  company.hear('a', new Map([['room', 6]]), false, 3);
  assert.deepEqual([company.viewers('room'), company.viewers('hall')], [16, 1]);
  company.read(new Map([['a', new Map([['room', 3]])]]), 4);
  assert.equal(company.viewers('room'), 6);
  company.read(new Map([['a', new Map([['room', 4]])]]), 6_004);
  assert.equal(company.viewers('room'), 4);
  company.forget('a');
  assert.equal(company.isEmpty, true);
});
