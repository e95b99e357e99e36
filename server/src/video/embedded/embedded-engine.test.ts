import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { pino } from 'pino';
import { until } from '../../../test/until.ts';
import {
  endPeers,
  lossyRoad,
  type PublisherOptions,
  PublisherPeer,
  ViewerPeer,
} from '../../../test/video/peers.ts';
import type { RoomVideo } from '../engine.ts';
import { EmbeddedEngine } from './embedded-engine.ts';

/** Publishers and viewers are peers of their own, over real UDP, DTLS and SRTP. */

const ROOM = 'stage';
const changes: { readonly room: string; readonly video: RoomVideo }[] = [];
const closed: string[] = [];
const peers: { close(): void }[] = [];
let engine: EmbeddedEngine;

before(() => {
  engine = new EmbeddedEngine(
    {
      port: 0,
      portFixed: false,
      bind: '127.0.0.1',
      announce: [],
      viewersMax: 20,
      publishersMax: 20,
      graceMs: 1_500,
      bitsPerSecondMax: 2_500_000,
    },
    pino({ level: 'silent' }),
  );
  engine.observe({
    changed: (room, video) => changes.push({ room, video }),
    closed: (session) => closed.push(session),
  });
});

after(async () => {
  for (const peer of peers) peer.close();
  await engine.stop();
  endPeers();
});

afterEach(() => {
  for (const peer of peers.splice(0)) peer.close();
});

const publish = async (room = ROOM, options: PublisherOptions = {}) => {
  const peer = await PublisherPeer.publish(
    async (offer) => (await engine.publish(room, offer)).answer,
    options,
  );
  peers.push(peer);
  return peer;
};
const watch = async (room = ROOM) => {
  const peer = await ViewerPeer.watch(async (offer) => (await engine.play(room, offer)).answer);
  peers.push(peer);
  return peer;
};
const isLive = (room = ROOM) => until('it is live', () => engine.video(room).state === 'live');

/** What did not come, of all but the newest packets. */
function missingIn(viewer: ViewerPeer): number[] {
  const got = new Set(viewer.video.map(({ sequence }) => sequence));
  const newest = viewer.video.at(-60)?.sequence ?? 0;
  const missing: number[] = [];
  for (let at = viewer.video[0]?.sequence ?? 0; at !== newest; at = (at + 1) & 0xffff) {
    if (!got.has(at)) missing.push(at);
  }
  return missing;
}

test('nobody can watch what nobody sends', async () => {
  await assert.rejects(watch(), { reason: 'no_video' });
});

test('what one sends, others receive: picture and sound, under one source', async () => {
  const publisher = await publish();
  await isLive();
  const [one, other] = [await watch(), await watch()];
  await until('both have pictures and sound', () => one.audioPackets > 20 && other.videoPackets > 100);
  assert.equal(one.lost + other.lost, 0);
  assert.equal(new Set([...one.video, ...other.video].map(({ ssrc }) => ssrc)).size, 1);
  await until('reports that hold picture and sound together', () => one.reports > 0);
  assert.equal(publisher.state, 'connected');
});

test('who joins between two key pictures begins with a key picture at once, and goes on without a gap', async () => {
  const publisher = await publish('joins', { keyEvery: 90 });
  await isLive('joins');
  const asked = publisher.keysAsked;
  // Half way between two key pictures.
  const before = publisher.packetsSent;
  await until('some pictures later', () => publisher.packetsSent > before + 40);
  const viewer = await watch('joins');
  await until('pictures', () => viewer.videoPackets > 80);
  assert.equal(viewer.video[0]?.unit, 7, 'it begins with the parameters of a key picture');
  assert.ok((viewer.firstMs ?? 0) - (viewer.openedMs ?? 0) < 200, 'at once');
  assert.equal(viewer.lost, 0);
  assert.equal(publisher.keysAsked, asked, 'the publisher was not asked');
  const timestamps = viewer.video.map(({ timestamp }) => timestamp);
  const last = viewer.video.find(({ atMs }) => atMs > (viewer.firstMs ?? 0) + 25)?.timestamp ?? 0;
  const replayed = ((last - (timestamps[0] ?? 0)) | 0) / 90;
  assert.ok(replayed > 0 && replayed < 400, `what was replayed takes ${replayed} ms, not the seconds since`);
});

test('what a viewer lost is sent again from what the room keeps', async () => {
  await publish('again');
  await isLive('again');
  const road = await lossyRoad((count) => count > 60 && count % 9 === 0);
  const viewer = await ViewerPeer.watch(
    async (offer) => road.through((await engine.play('again', offer)).answer),
    { asksAgain: true },
  );
  peers.push(viewer, road);
  await until('pictures', () => viewer.videoPackets > 300);
  assert.ok(road.dropped > 10);
  assert.ok((await engine.stats()).retransmitted > 10);
  assert.deepEqual(missingIn(viewer), []);
});

test('what was lost on the way from the publisher is asked for, and viewers miss nothing', async () => {
  const publisher = await publish('lossy', { loses: (count) => count % 17 === 3 });
  await isLive('lossy');
  const viewer = await watch('lossy');
  await until('pictures', () => viewer.videoPackets > 200);
  assert.ok(publisher.nacksHeard > 0);
  assert.deepEqual(missingIn(viewer), []);
});

test('however many ask for key pictures, the publisher is asked twice a second at most', async () => {
  const publisher = await publish('keys');
  await isLive('keys');
  const viewers = await Promise.all([watch('keys'), watch('keys'), watch('keys')]);
  await until('pictures', () => viewers.every(({ videoPackets }) => videoPackets > 10));
  const asked = publisher.keysAsked;
  const began = performance.now();
  while (performance.now() - began < 1_600) {
    for (const viewer of viewers) viewer.askKey();
    const packets = viewers[0]?.videoPackets ?? 0;
    await until('the next picture', () => (viewers[0]?.videoPackets ?? 0) > packets);
  }
  const most = Math.ceil((performance.now() - began) / 500) + 1;
  const more = publisher.keysAsked - asked;
  assert.ok(more >= 2 && more <= most, `${more} requests, at most ${most}`);
});

test('a publisher that comes again replaces the one before; viewers stay and see one source that goes on', async () => {
  const first = await publish('again-published');
  await isLive('again-published');
  const viewer = await watch('again-published');
  await until('pictures', () => viewer.videoPackets > 60);
  const session = engine.video('again-published').publisher;
  await publish('again-published');
  await until('the first was ended', () => closed.includes(session ?? ''));
  first.close();
  const before = viewer.videoPackets;
  await until('the second is seen', () => viewer.videoPackets > before + 100);
  assert.equal(engine.video('again-published').state, 'live');
  assert.equal(viewer.state, 'connected');
  assert.equal(viewer.lost, 0);
  assert.equal(new Set(viewer.video.map(({ ssrc }) => ssrc)).size, 1);
});

test('who comes between two publishers is asked to come again, not turned away', async () => {
  const first = await publish('between');
  await isLive('between');
  const second = await PublisherPeer.publish(async (offer) => {
    const { answer } = await engine.publish('between', offer);
    await assert.rejects(watch('between'), { reason: 'no_video' });
    await assert.rejects(engine.shelves.open('between'), { reason: 'no_video' });
    return answer;
  });
  peers.push(second);
  first.close();
  await until('the second sends', () => second.packetsSent > 20);
  const viewer = await until('a viewer is let in', () => watch('between').catch(() => undefined));
  await until('pictures', () => (viewer?.videoPackets ?? 0) > 10);
});

test('a publisher that leaves is waited for; then the video ends and the viewers with it', async () => {
  const publisher = await publish('leaves');
  await isLive('leaves');
  const viewer = await watch('leaves');
  await until('pictures', () => viewer.videoPackets > 10);
  publisher.close();
  await until('it ended', () => engine.video('leaves').state === 'ended');
  const states = changes.filter(({ room }) => room === 'leaves').map(({ video }) => video.state);
  assert.deepEqual(states, ['live', 'reconnecting', 'ended']);
  await until('nobody watches any more', async () => (await engine.stats()).viewers === 0);
});

test('a publisher that falls silent is away, and live again when it goes on', async () => {
  const publisher = await publish('silent');
  await isLive('silent');
  publisher.pause();
  await until('it is away', () => engine.video('silent').state === 'reconnecting');
  assert.equal(publisher.state, 'connected');
});

test('an encoder with B-frames is noticed', async () => {
  const publisher = await publish('b-frames');
  await isLive('b-frames');
  assert.equal(engine.video('b-frames').bFrames, false);
  publisher.sendBidirectional();
  await until('it is noticed', () => engine.video('b-frames').bFrames);
});

test('when the video process is killed, everybody is told, and the next publisher starts it anew', async () => {
  await publish('killed');
  await isLive('killed');
  const viewer = await watch('killed');
  await until('pictures', () => viewer.videoPackets > 10);
  process.kill(engine.pid ?? 0, 'SIGKILL');
  await until('it ended', () => engine.video('killed').state === 'ended');
  await publish('killed');
  await isLive('killed');
  const back = await watch('killed');
  await until('pictures again', () => back.videoPackets > 10);
});
