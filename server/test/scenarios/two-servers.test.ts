import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newId } from '../../src/core/ids.ts';
import { audit } from '../../src/ledger/audit.ts';
import { findNatsServer, NO_NATS, testNats } from '../nats-server.ts';
import { startServerProcess } from '../server-process.ts';
import { enterHouse, type Said, type TestSocket } from '../socket.ts';
import { readStage, type TestReader } from '../stream.ts';
import { hands, type Person, testHouse } from '../test-house.ts';
import { buyCoins, goLive } from '../town-life.ts';
import { until } from '../until.ts';

/**
 * Two servers on one database with a NATS between them. Whatever is killed, each viewer of either is told of every
 * gift once, in one order; and chat, likes and viewers cross over.
 */

const natsServer = await findNatsServer();

/** Somebody who watches and comes back by their last number, as the web app does. */
class Viewer {
  readonly events: Said[] = [];
  socket: TestSocket;
  #read = 0;

  constructor(socket: TestSocket) {
    this.socket = socket;
  }

  static async enter(origin: string): Promise<Viewer> {
    const viewer = new Viewer(await enterHouse(origin, hands(origin, '', true)));
    await viewer.#join();
    return viewer;
  }

  async comeBack(origin: string): Promise<void> {
    this.take();
    this.#read = 0;
    this.socket = await enterHouse(origin, hands(origin, '', true));
    await this.#join();
  }

  /** What was told since. */
  take(): void {
    const all = this.socket.events();
    this.events.push(...all.slice(this.#read));
    this.#read = all.length;
  }

  get seq(): number {
    return this.events.at(-1)?.seq ?? 0;
  }

  async #join(): Promise<void> {
    this.socket.send({ t: 'join', stage: 'mira', after: this.seq });
    assert.equal((await this.socket.next('joined')).resumed, true);
  }
}

/** Sends gifts one after the other to whichever server answers; each until it was acknowledged. */
async function sendGifts(
  fan: Person,
  stageId: string,
  origins: () => string[],
  gifts: number,
): Promise<void> {
  let streakId = newId();
  let count = 0;
  for (let sent = 0; sent < gifts; sent += 1) {
    if (count === 7) {
      streakId = newId();
      count = 0;
    }
    count += 1;
    const isAlone = sent % 10 === 9;
    if (isAlone) count -= 1;
    const key = isAlone ? newId() : `${streakId}:${count}`;
    const body = isAlone ? { stageId, giftId: 'teddy' } : { stageId, giftId: 'rose', streakId, count };
    await until('the gift is acknowledged', async () => {
      const all = origins();
      const answer = await hands(all[sent % all.length] ?? '', fan.cookie)
        .post('/v1/gifts', body, key)
        .catch(() => null);
      assert.ok(
        answer === null || answer.status === 201 || answer.status >= 500,
        JSON.stringify(answer?.body),
      );
      return answer?.status === 201;
    });
  }
}

for (const through of ['NATS', 'reading alone'] as const) {
  const skip = through === 'NATS' && natsServer === undefined ? NO_NATS : false;
  test(`one of two servers dies, and NATS too; followed through ${through}`, { skip }, async () => {
    const nats = through === 'NATS' ? await testNats(natsServer ?? '') : undefined;
    await nats?.start();
    const one = await testHouse({ config: { natsUrl: nats?.url } });
    const two = await startServerProcess('house-process.ts', [one.databaseUrl, nats?.url ?? '']);
    const mira = await one.person('mira');
    const koji = await one.person('koji');
    await buyCoins(koji, 50_000n);
    const stageId = await goLive(mira);
    const viewers = [await Viewer.enter(one.origin), await Viewer.enter(two.origin)];
    const readers: TestReader[] = [readStage(one.origin, 'mira', 'sse'), readStage(two.origin, 'mira', 'ws')];
    for (const reader of readers) await reader.next('connected');

    // Noise crosses over: said on two, seen on one, and the other way round.
    const [fromOne, fromTwo] = [
      await enterHouse(one.origin, koji),
      await enterHouse(two.origin, hands(two.origin, mira.cookie)),
    ];
    const lines = () => viewers.map(({ socket }) => socket.said.flatMap(({ chat = [] }) => chat));
    fromOne.send({ t: 'chat', key: 'k1', stage: 'mira', text: 'from one' });
    fromTwo.send({ t: 'chat', key: 'k2', stage: 'mira', text: 'from two' });
    fromOne.send({ t: 'like', stage: 'mira', count: 5 });
    await until('both lines are everywhere', () => lines().every(({ length }) => length >= 2));
    for (const said of lines()) {
      assert.deepEqual(said.map(({ text }) => text).sort(), ['from one', 'from two']);
    }
    for (const { socket } of viewers) {
      await socket.until(() => socket.said.some(({ viewers: count, likes }) => count === 2 && likes === 5));
    }

    const alive = [one.origin, two.origin];
    const GIFTS = 90;
    const sending = sendGifts(koji, stageId, () => alive, GIFTS);
    const told = (viewer: Viewer | undefined) => {
      viewer?.take();
      return viewer?.events.reduce((sum, { deltaCount = 0 }) => sum + deltaCount, 0) ?? 0;
    };
    const reach = (share: number) =>
      until('so many are told', () => viewers.every((viewer) => told(viewer) >= GIFTS * share));
    await reach(0.2);
    await nats?.kill();
    await reach(0.4);
    await nats?.start();
    await reach(0.6);
    await two.kill();
    alive.pop();
    await viewers[1]?.socket.closed;
    await viewers[1]?.comeBack(one.origin);
    const lost = readers[1] as TestReader;
    await lost.closed;
    const seen = lost.numbered().at(-1)?.seq ?? 0;
    const again = readStage(one.origin, 'mira', 'ws', { query: `after=${seen}` });
    await sending;
    const three = await startServerProcess('house-process.ts', [one.databaseUrl, nats?.url ?? '']);
    viewers.push(await Viewer.enter(three.origin));

    await until('all are told', () => viewers.every((viewer) => told(viewer) === GIFTS));
    const final = (viewer: Viewer) => {
      told(viewer);
      const open = new Map<string, boolean>();
      for (const { groupId, final: isFinal } of viewer.events) if (groupId) open.set(groupId, isFinal);
      return [...open.values()].every(Boolean);
    };
    await until('every streak is closed', () => viewers.every(final));
    const head = (await one.stranger.get('/v1/stages/mira')).body.stage.seq;
    await until('all are at the end', () =>
      viewers.every((viewer) => told(viewer) === GIFTS && viewer.seq === head),
    );
    const { items } = (await one.stranger.get('/v1/stages/mira/events?limit=500')).body;
    for (const [index, viewer] of viewers.entries()) {
      assert.deepEqual(viewer.events, items, `viewer ${index} was told of everything, once, in order`);
    }
    assert.deepEqual(
      items.map(({ seq }: Said) => seq),
      items.map((_: Said, index: number) => index + 1),
    );
    const finals = new Map<string, number>();
    for (const { type, groupId, final: isFinal } of items) {
      if (type === 'gift') finals.set(groupId, (finals.get(groupId) ?? 0) + (isFinal ? 1 : 0));
    }
    assert.deepEqual(
      [...finals.values()].filter((count) => count !== 1),
      [],
    );
    await until(
      'the tools are at the end',
      () => ({ head, seen: [readers[0], again].map((reader) => reader?.numbered().at(-1)?.seq ?? 0) }),
      ({ seen }) => seen.every((seq) => seq >= head),
    );
    const first = readers[0]?.numbered().at(0)?.seq ?? 0;
    const upToHead = ({ seq }: Said) => seq <= head;
    assert.deepEqual(readers[0]?.numbered().filter(upToHead), items.slice(first - 1, head));
    assert.deepEqual(
      [...lost.numbered(), ...again.numbered()].filter(upToHead),
      items.slice((lost.numbered().at(0)?.seq ?? 1) - 1, head),
    );
    const { findings } = await audit(one.house.db);
    assert.deepEqual(
      findings.filter(({ violations }) => violations.length > 0),
      [],
    );
  });
}

test('a server starts and works while NATS is away, and joins the others when it comes', {
  skip: natsServer === undefined ? NO_NATS : false,
}, async () => {
  const nats = await testNats(natsServer ?? '');
  const one = await testHouse({ config: { natsUrl: nats.url } });
  const two = await testHouse({ databaseUrl: one.databaseUrl, config: { natsUrl: nats.url } });
  const mira = await one.person('mira');
  await goLive(mira);
  const viewer = await enterHouse(two.origin, two.stranger);
  viewer.send({ t: 'join', stage: 'mira' });
  await viewer.next('joined');
  const speaker = await enterHouse(one.origin, mira);
  const said = (text: string) => () =>
    viewer.said.some(({ chat = [] }) => chat.some((line: Said) => line.text === text));
  speaker.send({ t: 'chat', key: 'k1', stage: 'mira', text: 'before' });
  await viewer.until(said('before'));
  await nats.start();
  await until('both are in touch', () => one.house.hub.inTouch() && two.house.hub.inTouch());
  const other = await enterHouse(one.origin, await one.person('koji'));
  other.send({ t: 'chat', key: 'k2', stage: 'mira', text: 'after' });
  await viewer.until(said('after'));
  assert.equal(viewer.said.flatMap(({ chat = [] }) => chat).length, 2);
});
