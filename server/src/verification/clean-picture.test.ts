import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { Refusal } from '../core/refusal.ts';
import { cleanPicture } from './clean-picture.ts';

const limits = { bytesMax: 10_000_000, pixelsMax: 40_000_000 };
const plain = { create: { width: 640, height: 420, channels: 3, background: '#3a6ea5' } } as const;
const jpeg = await sharp(plain)
  .jpeg()
  .withExif({
    IFD0: { Copyright: 'A SECRET PLACE' },
    IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '52/1 31/1 0/1' },
  })
  .toBuffer();
const png = await sharp(plain).png().toBuffer();
const refusedWith = (code: string, rule?: RegExp) => (error: unknown) =>
  error instanceof Refusal && error.code === code && (rule === undefined || rule.test(error.message));

describe('what is a picture', () => {
  test('is drawn anew, without where it was taken', async () => {
    assert.ok(jpeg.includes('A SECRET PLACE'));
    const clean = await cleanPicture(jpeg, limits);
    assert.deepEqual([clean.width, clean.height], [640, 420]);
    const { format, exif, xmp, icc } = await sharp(clean.bytes).metadata();
    assert.deepEqual([format, exif, xmp, icc], ['webp', undefined, undefined, undefined]);
    assert.ok(!clean.bytes.includes('SECRET'));
  });

  test('may be JPEG, PNG or WebP, large ones are made smaller, and those on their side are turned', async () => {
    for (const bytes of [png, await sharp(plain).webp().toBuffer()]) {
      assert.equal((await cleanPicture(bytes, limits)).width, 640);
    }
    const large = await sharp({ create: { ...plain.create, width: 6_000, height: 4_000 } })
      .jpeg()
      .toBuffer();
    assert.deepEqual(Object.values(await cleanPicture(large, limits)).slice(1), [2_400, 1_600]);
    const turned = await sharp(plain).jpeg().withMetadata({ orientation: 6 }).toBuffer();
    assert.equal((await cleanPicture(turned, limits)).width, 420);
  });

  test('what a phone appends to a JPEG is gone', async () => {
    const clean = await cleanPicture(
      Buffer.concat([jpeg, Buffer.from('a film of the moment before')]),
      limits,
    );
    assert.ok(!clean.bytes.includes('a film'));
  });
});

describe('what is none', () => {
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="900" height="900"/>');
  const gif = Buffer.from('GIF89a\u0001\u0000\u0001\u0000', 'latin1');
  const others: readonly (readonly [string, Buffer, string, RegExp?])[] = [
    ['nothing', Buffer.alloc(0), 'picture_refused', /is empty/],
    ['a PDF', Buffer.from('%PDF-1.7\n…'), 'picture_refused', /no JPEG/],
    ['an SVG', svg, 'picture_refused', /no JPEG/],
    ['a page', Buffer.from('<!doctype html><script>alert(1)</script>'), 'picture_refused', /no JPEG/],
    ['a GIF', gif, 'picture_refused', /no JPEG/],
    ['a TIFF', Buffer.from('II*\u0000\u0008\u0000\u0000\u0000', 'latin1'), 'picture_refused', /no JPEG/],
    [
      'an SVG that says it is a JPEG',
      Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), svg]),
      'picture_refused',
      /cannot be read/,
    ],
    ['half a JPEG', jpeg.subarray(0, jpeg.length / 2), 'picture_refused', /broken|cannot be read/],
    [
      'a JPEG with PHP in it',
      Buffer.concat([jpeg, Buffer.from('<?php system($_GET["c"]); ?>')]),
      'picture_refused',
      /another kind/,
    ],
    [
      'a PNG that is an archive too',
      Buffer.concat([png, Buffer.from(`PK\u0005\u0006${'\u0000'.repeat(18)}`, 'latin1')]),
      'picture_refused',
      /another kind/,
    ],
    [
      'a JPEG that is a PDF too',
      Buffer.concat([jpeg.subarray(0, 20), Buffer.from('%PDF-1.4'), jpeg.subarray(20)]),
      'picture_refused',
      /another kind/,
    ],
    ['more bytes than are taken', Buffer.concat([jpeg, Buffer.alloc(limits.bytesMax)]), 'picture_too_large'],
  ];
  for (const [what, bytes, code, rule] of others) {
    test(`${what} is refused`, () => assert.rejects(cleanPicture(bytes, limits), refusedWith(code, rule)));
  }

  test('a small file that unfolds into 900 million pixels is never unfolded', async () => {
    const bomb = hugePng(30_000, 30_000);
    assert.ok(bomb.length < 1_000_000, `${bomb.length}`);
    const [before, began] = [process.memoryUsage().rss, performance.now()];
    await assert.rejects(cleanPicture(bomb, limits), refusedWith('picture_too_large'));
    assert.ok(process.memoryUsage().rss - before < 200_000_000);
    assert.ok(performance.now() - began < 5_000);
    await assert.rejects(
      cleanPicture(jpeg, { ...limits, pixelsMax: 640 * 420 - 1 }),
      refusedWith('picture_too_large'),
    );
    assert.equal((await cleanPicture(jpeg, { ...limits, pixelsMax: 640 * 420 })).width, 640);
  });

  test('too small to read, or moving', async () => {
    const small = await sharp({ create: { ...plain.create, width: 299, height: 900 } })
      .png()
      .toBuffer();
    await assert.rejects(cleanPicture(small, limits), refusedWith('picture_refused', /too small/));
    const frame = await sharp({ create: { ...plain.create, width: 320, height: 320 } })
      .png()
      .toBuffer();
    const other = await sharp({ create: { ...plain.create, width: 320, height: 320, background: '#fff' } })
      .png()
      .toBuffer();
    const moving = await sharp([frame, other], { join: { animated: true } })
      .webp({ loop: 0 })
      .toBuffer();
    await assert.rejects(cleanPicture(moving, limits), refusedWith('picture_refused', /moves/));
  });
});

test('many at once are drawn a few at a time, and too many are asked to come again', async () => {
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => cleanPicture(jpeg, limits)));
  const done = outcomes.filter(({ status }) => status === 'fulfilled').length;
  assert.equal(done, 10);
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') assert.ok(refusedWith('pictures_busy')(outcome.reason));
  }
  assert.equal((await cleanPicture(jpeg, limits)).width, 640);
});

/** A PNG of one colour as its own head says it: a few kilobytes. */
function hugePng(width: number, height: number): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([1, 0, 0, 0, 0], 8);
  const rows = deflateSync(Buffer.alloc((Math.ceil(width / 8) + 1) * height), { level: 9 });
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', head),
    chunk('IDAT', rows),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
