import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Shelf } from './hls-shelf.ts';

const begin = (shelf: Shelf) =>
  shelf.put({
    kind: 'begin',
    init: Buffer.from('init'),
    codecs: 'avc1.42e01f,opus',
    width: 640,
    height: 360,
  });
const part = (shelf: Shelf, beginsSegment: boolean, bytes: Buffer = Buffer.from('part')) =>
  shelf.put({ kind: 'part', bytes, seconds: 0.3, independent: beginsSegment, beginsSegment });
/** Segments of so many parts each. */
const segments = (shelf: Shelf, count: number, parts = 6, bytes?: Buffer) => {
  for (let at = 0; at < count * parts; at += 1) part(shelf, at % parts === 0, bytes);
};
const text = async (shelf: Shelf) => (await shelf.playlist(null)) ?? '';
const named = (playlist: string) =>
  [...playlist.matchAll(/[0-9a-f]{8}-[is][\d-]+\.(?:mp4|m4s)/g)].map(String);
const numberOf = (playlist: string, tag: string) =>
  Number(new RegExp(`#EXT-X-${tag}:(\\d+)`).exec(playlist)?.[1]);

test('the playlist names segments and parts, and all that it names can be fetched', async () => {
  const shelf = new Shelf();
  begin(shelf);
  segments(shelf, 4);
  const playlist = await text(shelf);
  assert.equal(playlist.match(/#EXTINF:1\.80000,/g)?.length, 3, 'the newest has not ended');
  assert.equal(playlist.match(/#EXT-X-PART:/g)?.length, 18, 'parts of the newest three');
  assert.equal(playlist.match(/INDEPENDENT=YES/g)?.length, 3);
  const names = named(playlist);
  assert.equal(names.length, 1 + 3 + 18);
  assert.ok(names.every((name) => shelf.piece(name) !== undefined));
  assert.equal(shelf.piece(names.find((name) => name.endsWith('i1.mp4')) ?? '')?.toString(), 'init');
  assert.equal(
    shelf.piece(names.find((name) => name.endsWith('s0.m4s')) ?? '')?.toString(),
    'part'.repeat(6),
  );
});

test('who asks for what is not there yet waits for it, and no longer', async () => {
  const shelf = new Shelf();
  begin(shelf);
  segments(shelf, 1, 2);
  let came = 0;
  const waits = [
    shelf.playlist({ segment: 0, part: 1 }).then(() => 0),
    shelf.playlist({ segment: 0, part: 2 }).then(() => came),
    shelf.playlist({ segment: 0, part: null }).then(() => came),
  ];
  await waits[0];
  came = 1;
  part(shelf, false);
  assert.equal(await waits[1], 1);
  came = 2;
  part(shelf, true);
  assert.equal(await waits[2], 2, 'a whole segment is there when the next begins');
  assert.equal(await shelf.playlist({ segment: 9, part: 0 }), null, 'far ahead');
});

test('whoever waits when there is no more is told so at once', async () => {
  const shelf = new Shelf();
  const first = shelf.master('viewer');
  const next = shelf.playlist({ segment: 0, part: 0 });
  shelf.close();
  assert.deepEqual(await Promise.all([first, next]), [null, null]);
});

test('the first playlist comes when a segment has ended, and tells what is in it', async () => {
  const shelf = new Shelf();
  begin(shelf);
  const first = shelf.master('viewer-1');
  part(shelf, true);
  part(shelf, true);
  assert.match(
    (await first) ?? '',
    /CODECS="avc1.42e01f,opus",RESOLUTION=640x360\nlive.m3u8\?viewer=viewer-1\n/,
  );
});

test('breaks are counted also when they have gone out of the playlist', async () => {
  const shelf = new Shelf();
  const seen: string[] = [];
  for (let run = 0; run < 8; run += 1) {
    begin(shelf);
    segments(shelf, 3);
    const playlist = await text(shelf);
    const listed = playlist.match(/#EXT-X-DISCONTINUITY\n/g)?.length ?? 0;
    seen.push(`${numberOf(playlist, 'DISCONTINUITY-SEQUENCE') + listed}`);
    assert.equal(playlist.match(/#EXT-X-MAP/g)?.length, Math.min(3, run + 1));
    assert.ok(named(playlist).every((name) => shelf.piece(name) !== undefined));
  }
  assert.deepEqual(seen, ['0', '1', '2', '3', '4', '5', '6', '7']);
});

test('what is kept is bounded in number and in bytes', async () => {
  const shelf = new Shelf();
  begin(shelf);
  segments(shelf, 100);
  const playlist = await text(shelf);
  assert.equal(numberOf(playlist, 'MEDIA-SEQUENCE'), 93);
  const first = named(playlist).find((name) => name.includes('-s93')) ?? '';
  assert.ok(shelf.piece(first.replace('s93', 's91')), 'a little more for whoever is slow');
  assert.equal(shelf.piece(first.replace('s93', 's80')), undefined);

  const large = new Shelf();
  begin(large);
  segments(large, 20, 1, Buffer.alloc(10 * 2 ** 20));
  assert.ok((await text(large)).match(/#EXTINF/g)?.length === 1);
});

test('beginnings of which nothing came are not kept', async () => {
  const shelf = new Shelf();
  begin(shelf);
  segments(shelf, 2);
  const tag = (named(await text(shelf))[0] ?? '').slice(0, 8);
  for (let times = 0; times < 100; times += 1) begin(shelf);
  const kept = Array.from({ length: 101 }, (_, index) => shelf.piece(`${tag}-i${index + 1}.mp4`));
  assert.deepEqual(
    kept.flatMap((init, index) => (init === undefined ? [] : [index + 1])),
    [1, 101],
  );
});

test('only what was named is given out', async () => {
  const shelf = new Shelf();
  begin(shelf);
  segments(shelf, 2);
  const [, name = ''] = named(await text(shelf));
  const tag = name.slice(0, 8);
  for (const wrong of [
    '',
    '../secret',
    `${tag}-s0-9.m4s`,
    `${tag}-s99.m4s`,
    `${tag}-s1.m4s`,
    `${tag}-i9.mp4`,
    `00000000-s0.m4s`,
    `${tag}-s0.m4s/..`,
    `${tag}-x0.m4s`,
  ]) {
    assert.equal(shelf.piece(wrong), undefined, wrong);
  }
});

test('pieces left over from before the first beginning are not taken', async () => {
  const shelf = new Shelf();
  part(shelf, true);
  begin(shelf);
  segments(shelf, 2, 1);
  assert.equal(named(await text(shelf)).filter((name) => name.includes('-s0')).length, 2);
});
