import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fragments } from '../../../test/video/peers.ts';
import { readParameters, UnitReader } from './h264.ts';

const PICTURE = Buffer.from('68ebecb22c', 'hex');

/** Parameters of x264 and of Chromium, and what they are of. */
const KNOWN = [
  ['6764001facd9405005bb0110000003001000000303c0f1831960', 1280, 720, 'avc1.64001f'],
  ['6742c028d900780227e5c044000003000400000300f03c60c920', 1920, 1080, 'avc1.42c028'],
] as const;

test('the size of a picture is read from its parameters, with what is cut off', () => {
  for (const [hex, width, height, codec] of KNOWN) {
    const read = readParameters(Buffer.from(hex, 'hex'), PICTURE);
    assert.deepEqual([read?.width, read?.height, read?.codec], [width, height, codec]);
  }
});

test('whatever bytes come as parameters, nothing breaks', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      const read = readParameters(Buffer.from([0x67, ...bytes]), PICTURE);
      assert.ok(read === null || (read.width > 0 && read.width <= 8_192 && read.height > 0));
    }),
  );
});

test('units come out of packets as they went in, however they were cut', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ minLength: 2, maxLength: 5_000 }), { maxLength: 5 }), (made) => {
      const units = made.map((bytes) => Buffer.from([0x65, ...bytes]));
      const reader = new UnitReader();
      for (const payload of units.flatMap(fragments)) reader.take(payload);
      assert.deepEqual(reader.end(), units);
    }),
  );
});

test('whatever payloads come, nothing breaks', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (payloads) => {
      const reader = new UnitReader();
      for (const payload of payloads) reader.take(Buffer.from(payload));
      reader.end();
    }),
  );
});
