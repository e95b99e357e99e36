import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { enterHouse } from '../../test/socket.ts';
import { type Person, type TestHouse, testHouse } from '../../test/test-house.ts';
import { goLive } from '../../test/town-life.ts';
import { until } from '../../test/until.ts';
import { boxes } from '../../test/video/mp4-reader.ts';
import { endPeers, PublisherPeer, ViewerPeer } from '../../test/video/peers.ts';
import { videoStats } from './index.ts';
import { showingOf } from './showing.ts';
import { stageNamed } from './store.ts';

/** OBS-like publishers and viewers over HTTP, as they come. */

let site: TestHouse;
let creator: Person;
let fan: Person;
const peers: { close(): void }[] = [];

const VIDEO = {
  kind: 'embedded',
  port: 0,
  portFixed: false,
  bind: '127.0.0.1',
  announce: [],
  viewersMax: 3,
  bitsPerSecondMax: 2_500_000,
  graceMs: 1_500,
} as const;

before(async () => {
  site = await testHouse({ config: { video: VIDEO } });
  creator = await site.person('vera');
  fan = await site.person('fanny');
  await goLive(creator);
});

afterEach(async () => {
  for (const peer of peers.splice(0)) peer.close();
  const stage = await stageNamed(site.house.db, 'vera');
  await showingOf(site.house).engine?.closeRoom(stage?.stageId ?? '');
});

after(() => endPeers());

const SDP = { 'content-type': 'application/sdp' };

async function streamKey(): Promise<string> {
  const answer = await creator.post('/v1/me/stream-key', {});
  assert.equal(answer.status, 201);
  return answer.body.key;
}

/** Publishes as OBS does, and leaves the answer's headers. */
async function publish(key: string) {
  let headers = new Headers();
  const peer = await PublisherPeer.publish(async (offer) => {
    const answer = await fetch(`${site.origin}/v1/stages/vera/whip`, {
      method: 'POST',
      headers: { ...SDP, authorization: `Bearer ${key}` },
      body: offer,
    });
    assert.equal(answer.status, 201, await answer.clone().text());
    headers = answer.headers;
    return answer.text();
  });
  peers.push(peer);
  await until('it is live', async () => (await state()) === 'live');
  return { peer, headers };
}

async function watch() {
  const peer = await ViewerPeer.watch(async (offer) => {
    const answer = await site.stranger.request('POST', '/v1/stages/vera/whep', { body: offer, headers: SDP });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body;
  });
  peers.push(peer);
  return peer;
}

const state = async () => (await site.stranger.get('/v1/stages/vera/video')).body.video.state;

test('OBS sends with the stream key alone; viewers see it and the room is told', async () => {
  const room = await enterHouse(site.origin, site.stranger);
  room.send({ t: 'join', stage: 'vera' });
  await room.next('joined');
  const { headers } = await publish(await streamKey());
  assert.match(headers.get('location') ?? '', /^\/v1\/stages\/vera\/whip\/[0-9a-f-]{36}$/);
  assert.equal(headers.get('content-type'), 'application/sdp');
  assert.ok(headers.get('etag'));
  await room.next('video', (frame) => frame.stage === 'vera' && frame.state === 'live');
  const viewer = await watch();
  await until('picture and sound', () => viewer.videoPackets > 50 && viewer.audioPackets > 20);
  assert.equal((await videoStats(site.house))?.publishers, 1);

  const key = (await creator.get('/v1/me/stream-key')).body.streamKey;
  assert.ok(key.lastUsedAt !== null && key.endsWith.length === 4);
});

test('stopping as OBS does: DELETE answers 200, the room is told, and after a while that it ended', async () => {
  const room = await enterHouse(site.origin, site.stranger);
  room.send({ t: 'join', stage: 'vera' });
  await room.next('joined');
  const key = await streamKey();
  const { headers } = await publish(key);
  const ended = await fetch(site.origin + headers.get('location'), {
    method: 'DELETE',
    headers: { authorization: `Bearer ${key}` },
  });
  assert.equal(ended.status, 200);
  assert.ok((await room.next('video', (frame) => frame.state === 'reconnecting')).sentence);
  assert.match((await room.next('video', (frame) => frame.state === 'ended')).sentence, /Chat and gifts/);
});

test('a browser sends with its session, from a page of this site only', async () => {
  for (const [headers, expected] of [
    [{ ...SDP, origin: 'https://evil.example' }, 'foreign_origin'],
    [{ ...SDP }, 'sdp_invalid'],
  ] as const) {
    const answer = await creator.request('POST', '/v1/stages/vera/whip', { body: 'v=0', headers });
    assert.equal(answer.body.code, expected);
  }
});

test('nobody else sends to a stage: not with a wrong key, another’s session, or none', async () => {
  const old = await streamKey();
  await streamKey();
  const send = (headers: Record<string, string>, who: Person | TestHouse['stranger'] = site.stranger) =>
    who.request('POST', '/v1/stages/vera/whip', { body: 'v=0', headers: { ...SDP, ...headers } });
  assert.equal((await send({ authorization: `Bearer ${old}` })).body.code, 'stream_key_invalid');
  assert.equal((await send({ authorization: 'Bearer x' }, creator)).body.code, 'stream_key_invalid');
  assert.equal((await send({}, fan)).body.code, 'not_your_stage');
  assert.equal((await send({})).body.code, 'not_your_stage');
  const nowhere = await site.stranger.request('POST', '/v1/stages/nobody/whip', {
    body: 'v=0',
    headers: { ...SDP, authorization: `Bearer ${old}` },
  });
  assert.equal(nowhere.body.code, 'stream_key_invalid');
});

test('a key is kept as its hash alone', async () => {
  const key = await streamKey();
  const rows = await site.house.db.query<{ row: string }>('select stream_keys::text as row from stream_keys');
  assert.ok(rows.length > 0 && rows.every(({ row }) => !row.includes(key.slice(6))));
});

test('who comes before the video is told when to ask again', async () => {
  await until('nobody sends', async () => (await state()) !== 'live');
  const answer = await site.stranger.request('POST', '/v1/stages/vera/whep', { body: 'v=0', headers: SDP });
  assert.deepEqual(
    [answer.status, answer.body.code, answer.headers.get('retry-after')],
    [409, 'no_video_yet', '2'],
  );
});

test('when no more viewers fit, they are told so and others go on', async () => {
  await publish(await streamKey());
  const inside = await Promise.all([watch(), watch(), watch()]);
  const offer = { body: BARE_OFFER, headers: SDP };
  const answer = await site.stranger.request('POST', '/v1/stages/vera/whep', offer);
  assert.deepEqual([answer.status, answer.body.code], [503, 'video_full']);
  await until('they see it', () => inside.every(({ videoPackets }) => videoPackets > 20));
});

test('what is no offer is refused by name, also while video runs', async () => {
  await publish(await streamKey());
  const ask = (body: string, type = 'application/sdp') =>
    site.stranger.request('POST', '/v1/stages/vera/whep', { body, headers: { 'content-type': type } });
  for (const [body, status, code] of [
    ['', 400, 'sdp_invalid'],
    ['v=0\r\n', 400, 'sdp_invalid'],
    ['x'.repeat(60_000), 413, 'body_too_large'],
    [BARE_OFFER.replace(/VP8|H264/g, 'VP9'), 415, 'codec_unsupported'],
  ] as const) {
    const answer = await ask(body);
    assert.deepEqual([answer.status, answer.body.code], [status, code]);
  }
  assert.equal((await ask('v=0', 'text/plain')).status, 415);
  assert.equal(await state(), 'live');
});

test('candidates are not taken, and it is said what can be posted', async () => {
  const patched = await site.stranger.request('PATCH', '/v1/stages/vera/whep/x', {
    body: 'a=candidate:1',
    headers: { 'content-type': 'application/trickle-ice-sdpfrag' },
  });
  assert.equal(patched.status, 405);
  const asked = await fetch(`${site.origin}/v1/stages/vera/whip`, { method: 'OPTIONS' });
  assert.deepEqual([asked.status, asked.headers.get('accept-post')], [204, 'application/sdp']);
});

/** Begins to watch over HTTP; answers the first playlist and the address of the one that is asked again. */
async function watchOverHttp(headers: Record<string, string> = {}) {
  const answer = await fetch(`${site.origin}${HLS}/index.m3u8`, { headers });
  assert.equal(answer.status, 200, await answer.clone().text());
  const playlist = await answer.text();
  return {
    answer,
    playlist,
    live: `${site.origin}${HLS}/${playlist.split('\n').find((line) => /^live/.test(line))}`,
  };
}

const HLS = '/v1/stages/vera/hls';

test('the same video over HTTP: playlists with the right types, pieces that may be kept', async () => {
  await publish(await streamKey());
  const { hls } = (await site.stranger.get('/v1/stages/vera/video')).body.video;
  assert.equal(hls, `${HLS}/index.m3u8`);
  const { answer, playlist, live } = await watchOverHttp();
  assert.deepEqual(
    [answer.headers.get('content-type'), answer.headers.get('cache-control')],
    ['application/vnd.apple.mpegurl', 'no-store'],
  );
  assert.match(playlist, /CODECS="avc1\.42e01f,opus",RESOLUTION=160x96/);
  assert.equal((await videoStats(site.house))?.viewers, 1);
  const now = await (await fetch(live)).text();
  assert.match(now, /#EXT-X-MAP:URI=/);
  const later = await fetch(`${live}&_HLS_msn=2&_HLS_part=1`);
  assert.equal(later.headers.get('content-type'), 'application/vnd.apple.mpegurl');
  const names = [...(await later.text()).matchAll(/[0-9a-f]{8}-[\w-]+\.(?:mp4|m4s)/g)].map(String);
  assert.ok(
    names.some((name) => name.endsWith('-s2-1.m4s')),
    'it waited for what was asked',
  );
  for (const name of names) {
    const piece = await fetch(`${site.origin}${HLS}/${name}`);
    assert.equal(piece.status, 200, name);
    assert.deepEqual(
      [piece.headers.get('content-type'), piece.headers.get('cache-control')],
      ['video/mp4', 'public, max-age=60, immutable'],
    );
    boxes(Buffer.from(await piece.arrayBuffer()));
  }
});

test('over HTTP only what a playlist named is given out, and only to who began', async () => {
  const code = async (path: string) => (await site.stranger.get(`${HLS}/${path}`)).body.code;
  assert.equal(await code('index.m3u8'), 'no_video_yet');
  await publish(await streamKey());
  await watchOverHttp();
  for (const path of [
    '12345678-s0.m4s',
    '..%2f..%2fpackage.json',
    '%2e%2e',
    'x'.repeat(40),
    'live.m3u8?viewer=me',
  ])
    assert.equal(await code(path), 'not_found', path);
  assert.equal(await code('live.m3u8'), 'invalid_request');
  assert.equal(await code('live.m3u8?viewer=me&_HLS_msn=-1'), 'invalid_request');
  assert.equal((await site.stranger.get('/v1/stages/nobody/hls/index.m3u8')).body.code, 'not_found');
});

test('whoever the creator banned does not watch signed in, on either way', async () => {
  await publish(await streamKey());
  const banned = await site.person('rude');
  const ban = await creator.request('PUT', '/v1/stages/vera/bans/rude', { body: {} });
  assert.equal(ban.status, 204);
  assert.equal((await banned.get(`${HLS}/index.m3u8`)).body.code, 'banned_from_stage');
  const offer = await banned.request('POST', '/v1/stages/vera/whep', { body: BARE_OFFER, headers: SDP });
  assert.equal(offer.body.code, 'banned_from_stage');
});

test('when the picture ends, whoever watches over HTTP is told, and is counted no more', async () => {
  await publish(await streamKey());
  const { live } = await watchOverHttp();
  const waiting = fetch(`${live}&_HLS_msn=1&_HLS_part=90`);
  const stage = await stageNamed(site.house.db, 'vera');
  await showingOf(site.house).engine?.closeRoom(stage?.stageId ?? '');
  assert.equal((await waiting).status, 409);
  assert.equal((await videoStats(site.house))?.viewers, 0);
  assert.equal((await fetch(live)).status, 404);
});

test('when the live ends, its video ends, and nothing can be sent until the next', async () => {
  const key = await streamKey();
  await publish(key);
  const viewer = await watch();
  await until('it is seen', () => viewer.videoPackets > 10);
  assert.equal((await creator.post('/v1/stages/end', {})).status, 200);
  await until('its sessions ended', async () => (await videoStats(site.house))?.viewers === 0);
  const answer = await site.stranger.request('POST', '/v1/stages/vera/whip', {
    body: BARE_OFFER,
    headers: { ...SDP, authorization: `Bearer ${key}` },
  });
  assert.deepEqual([answer.status, answer.body.code], [409, 'stage_not_live']);
});

const BARE_OFFER = [
  'v=0',
  'o=- 1 1 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'm=video 9 UDP/TLS/RTP/SAVPF 96 97',
  'c=IN IP4 0.0.0.0',
  'a=mid:0',
  'a=recvonly',
  'a=ice-ufrag:abcd',
  'a=ice-pwd:0123456789012345678901',
  `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => 'AB').join(':')}`,
  'a=setup:actpass',
  'a=rtpmap:96 VP8/90000',
  'a=rtpmap:97 H264/90000',
  'a=fmtp:97 packetization-mode=1;profile-level-id=42e01f',
  '',
].join('\r\n');
