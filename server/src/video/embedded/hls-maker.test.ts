import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boxAt, type ReadTrack, readFragment } from '../../../test/video/mp4-reader.ts';
import { fragments, rtp } from '../../../test/video/peers.ts';
import { PictureWriter } from '../../../test/video/pictures.ts';
import { type Recording, recordedPictures, recordedSound } from '../../../test/video/recording.ts';
import { HlsMaker, type HlsPiece } from './hls-maker.ts';
import { SILENCE } from './opus.ts';
import { Stream } from './stream.ts';
import type { Moment } from './timeline.ts';

/** Packets of recordings go in as a publisher sends them; what comes out is read as a player would. */

const PICTURE_TICKS = 3_000;
const PICTURE_MS = 1_000 / 30;
const SECOND = 90_000;

type Part = Extract<HlsPiece, { kind: 'part' }>;

class Stage {
  readonly video = new Stream('video');
  readonly audio = new Stream('audio');
  readonly moments = new Map<string, Moment>();
  readonly pieces: HlsPiece[] = [];
  readonly maker = new HlsMaker(this, (piece) => this.pieces.push(piece));
  keysAsked = 0;
  nowMs = 0;
  timestampFrom = 1_000;
  soundFrom = 5_000;
  sequence = 65_000;
  #sounds = 0;
  #pictures = 0;

  constructor() {
    this.video.changeSource('H264');
    this.audio.changeSource('OPUS');
  }

  askKey(): void {
    this.keysAsked += 1;
  }

  /** Sends so many pictures of a recording and the sound beside them. */
  play(
    recording: Recording,
    count: number,
    {
      from = 0,
      loses = () => false,
      sound = true,
    }: { from?: number; loses?: (picture: number) => boolean; sound?: boolean } = {},
  ): void {
    const pictures = recordedPictures(recording);
    for (let index = from; index < from + count; index += 1) {
      const picture = pictures[index % pictures.length];
      assert.ok(picture !== undefined);
      const place = Math.floor(index / pictures.length) * pictures.length + picture.place;
      this.picture(picture.units, place, loses(index));
      if (sound) this.sound();
    }
  }

  picture(units: readonly Buffer[], place: number, lost = false): void {
    this.#pictures += 1;
    this.nowMs = this.#pictures * PICTURE_MS;
    const timestamp = (this.timestampFrom + place * PICTURE_TICKS) >>> 0;
    const payloads = units.flatMap(fragments);
    payloads.forEach((payload, index) => {
      const packet = rtp(96, index === payloads.length - 1, this.sequence, timestamp, 7, payload);
      this.sequence = (this.sequence + 1) & 0xffff;
      if (lost && index === 0) return;
      this.video.take(packet, this.nowMs);
      this.maker.work(this.nowMs);
    });
  }

  /** All sound up to now. */
  sound(): void {
    const packets = recordedSound();
    for (; this.#sounds * 20 <= this.nowMs; this.#sounds += 1) {
      const packet = packets[this.#sounds % packets.length];
      assert.ok(packet !== undefined);
      const timestamp = (this.soundFrom + this.#sounds * 960) >>> 0;
      this.audio.take(rtp(111, false, this.#sounds & 0xffff, timestamp, 8, packet), this.nowMs);
    }
  }

  get parts(): Part[] {
    return this.pieces.filter((piece) => piece.kind === 'part');
  }

  get begun(): number {
    return this.pieces.filter(({ kind }) => kind === 'begin').length;
  }

  /** Everything of a track, in a row. Fails where a fragment does not begin where the one before ended. */
  track(id: number): ReadTrack['samples'] {
    let end: number | undefined;
    return this.parts.flatMap(({ bytes }) => {
      const found = readFragment(bytes).find(({ track }) => track === id);
      if (found === undefined) return [];
      if (end !== undefined) assert.equal(found.from, end, `track ${id} goes on without a gap`);
      end = found.from + found.samples.reduce((sum, { duration }) => sum + duration, 0);
      return found.samples;
    });
  }
}

test('pictures and sound become parts of a third of a second, and segments that begin with a key picture', () => {
  const stage = new Stage();
  stage.play('plain', 240);
  const [begin] = stage.pieces;
  assert.ok(begin?.kind === 'begin');
  assert.deepEqual([begin.width, begin.height, begin.codecs], [480, 270, 'avc1.640015,opus']);
  assert.equal(boxAt(begin.init, 'moov', 'mvex').length, 64, 'two tracks');
  assert.equal(stage.begun, 1);
  assert.ok(stage.parts.every(({ seconds }) => seconds <= 0.35 && seconds > 0.29));
  const segments = stage.parts.filter(({ beginsSegment }) => beginsSegment);
  // The first is short; then one in two seconds.
  assert.equal(segments.length, 5);
  assert.ok(segments.every(({ independent }, index) => independent || index === 1));

  const pictures = stage.track(1);
  assert.ok(pictures.length >= 225 && pictures.every(({ duration }) => duration === PICTURE_TICKS));
  assert.equal(pictures.filter(({ key }) => key).length, Math.ceil(pictures.length / 30));
  const sound = stage.track(2);
  const soundSeconds = sound.reduce((sum, { duration }) => sum + duration, 0) / 48_000;
  assert.ok(Math.abs(soundSeconds - pictures.length / 30) < 0.1, `${soundSeconds} s of sound`);
  assert.ok(sound.every(({ bytes }) => !bytes.equals(SILENCE)));
});

test('units are as the encoder made them, each with its length', () => {
  const stage = new Stage();
  stage.play('plain', 40);
  const [first] = stage.track(1);
  const [picture] = recordedPictures('plain');
  const slice = picture?.units.at(-1);
  assert.ok(slice !== undefined);
  assert.equal(first?.bytes.readUInt32BE(0), slice.length);
  assert.ok(first?.bytes.subarray(4).equals(slice));
});

test('timestamps and numbers that begin again are no break', () => {
  const stage = new Stage();
  stage.timestampFrom = 2 ** 32 - 2 * SECOND;
  stage.soundFrom = 2 ** 32 - 48_000;
  stage.play('plain', 240);
  assert.equal(stage.begun, 1);
  assert.ok(stage.track(1).every(({ duration }) => duration === PICTURE_TICKS));
  assert.ok(stage.track(2).every(({ bytes }) => !bytes.equals(SILENCE)));
});

test('a lost packet that comes again in time is not missed', () => {
  const stage = new Stage();
  stage.play('plain', 40);
  const pictures = recordedPictures('plain');
  const [late] = (pictures[40]?.units ?? []).flatMap(fragments);
  assert.ok(late !== undefined);
  const packet = rtp(96, true, stage.sequence, stage.timestampFrom + 40 * PICTURE_TICKS, 7, late);
  stage.play('plain', 1, { from: 40, loses: () => true });
  stage.play('plain', 5, { from: 41 });
  const before = stage.video.newest;
  stage.video.take(packet, stage.nowMs);
  stage.play('plain', 60, { from: 46 });
  assert.ok(stage.video.newest > before);
  assert.ok(stage.track(1).every(({ duration }) => duration === PICTURE_TICKS));
});

test('what stays lost ends with the next key picture: the last good one is shown until then', () => {
  const stage = new Stage();
  stage.play('plain', 150, { loses: (picture) => picture === 50 });
  assert.ok(stage.keysAsked > 0);
  assert.equal(stage.begun, 1);
  const pictures = stage.track(1);
  const held = pictures.filter(({ duration }) => duration !== PICTURE_TICKS);
  assert.equal(held.length, 1);
  assert.equal((held[0]?.duration ?? 0) % PICTURE_TICKS, 0);
  const after = pictures[pictures.findIndex(({ duration }) => duration !== PICTURE_TICKS) + 1];
  assert.ok(after?.key);
});

test('B-frames: pictures are decoded as they come and shown where they belong', () => {
  const stage = new Stage();
  stage.play('b-frames', 240);
  assert.equal(stage.begun, 2, 'what came before the first of them is not joined');
  stage.pieces.splice(
    0,
    stage.pieces.findLastIndex(({ kind }) => kind === 'begin'),
  );
  const pictures = stage.track(1);
  assert.ok(pictures.length >= 150);
  assert.ok(pictures.every(({ duration }) => duration === PICTURE_TICKS));
  let decoded = 0;
  const shown = pictures.map(({ shownLater, duration }) => {
    const at = decoded + shownLater;
    decoded += duration;
    return at / PICTURE_TICKS;
  });
  // The newest part ends between pictures that belong together.
  const inOrder = shown.toSorted((one, other) => one - other).slice(0, -6);
  assert.deepEqual(
    inOrder,
    inOrder.map((_at, index) => index),
  );
  assert.ok(pictures.some(({ shownLater }) => shownLater > 0));
  assert.ok(pictures.some(({ shownLater }) => shownLater < 0));
});

test('a picture of another size begins anew, and goes on in time', () => {
  const stage = new Stage();
  const small = new PictureWriter({ across: 10, down: 6 });
  const large = new PictureWriter({ across: 20, down: 12 });
  for (let place = 0; place < 120; place += 1) {
    const writer = place < 60 ? small : large;
    stage.picture(place % 30 === 0 ? writer.key(90) : writer.next(100), place);
    stage.sound();
  }
  const sizes = stage.pieces.flatMap((piece) =>
    piece.kind === 'begin' ? [[piece.width, piece.height]] : [],
  );
  assert.deepEqual(sizes, [
    [160, 96],
    [320, 192],
  ]);
  stage.track(1);
  assert.ok(stage.track(2).filter(({ bytes }) => bytes.equals(SILENCE)).length <= 1);
});

test('another publisher begins anew with its first key picture', () => {
  const stage = new Stage();
  stage.play('plain', 75);
  stage.video.changeSource('H264');
  stage.audio.changeSource('OPUS');
  stage.maker.changeSource();
  stage.timestampFrom = 77;
  stage.soundFrom = 99;
  stage.sequence = 4;
  stage.play('plain', 100, { from: 10 });
  assert.equal(stage.begun, 2);
  const at = stage.pieces.findLastIndex(({ kind }) => kind === 'begin');
  const [after] = stage.pieces.slice(at + 1);
  assert.ok(after?.kind === 'part' && after.independent && after.beginsSegment);
  stage.track(1);
});

test('VP8 is left alone', () => {
  const stage = new Stage();
  stage.video.changeSource('VP8');
  stage.play('plain', 60);
  assert.deepEqual(stage.pieces, []);
});

test('without sound there is a picture alone; when sound comes, it begins anew with both', () => {
  const stage = new Stage();
  stage.play('plain', 100, { sound: false });
  const [begin] = stage.pieces;
  assert.ok(begin?.kind === 'begin' && !begin.codecs.includes('opus'));
  stage.play('plain', 100, { from: 100 });
  const last = stage.pieces.findLast((piece) => piece.kind === 'begin');
  assert.ok(last?.codecs.includes('opus') && stage.begun === 2);
});

test('sound that stops is silence, so that the picture goes on', () => {
  const stage = new Stage();
  stage.play('plain', 60);
  stage.play('plain', 120, { from: 60, sound: false });
  const sound = stage.track(2);
  const seconds = sound.reduce((sum, { duration }) => sum + duration, 0) / 48_000;
  assert.ok(seconds > 5 && seconds < 6, `${seconds} s`);
  assert.ok(sound.at(-1)?.bytes.equals(SILENCE));
  assert.equal(stage.begun, 1);
});

test('sound is put where the publisher’s reports say, not where it came', () => {
  const stage = new Stage();
  const wall = 2n ** 40n;
  // By its reports the sound is a quarter of a second later than by when it comes.
  stage.moments.set('video', { ntp: wall, timestamp: stage.timestampFrom });
  stage.moments.set('audio', { ntp: wall + (1n << 32n) / 4n, timestamp: stage.soundFrom });
  stage.play('plain', 90);
  const first = stage.track(2).findIndex(({ bytes }) => !bytes.equals(SILENCE));
  assert.ok(first >= 11 && first <= 14, `after ${first * 20} ms of silence`);
});

test('pictures whose clock hardly moves end parts and segments by their size', () => {
  const stage = new Stage();
  const writer = new PictureWriter({ across: 10, down: 6 });
  const large = Buffer.alloc(60_000, 0x80);
  large[0] = 0x41;
  stage.picture(writer.key(90), 0);
  for (let tick = 1; tick <= 400; tick += 1) stage.picture([large], (tick + 0.5) / PICTURE_TICKS);
  const sizes = stage.parts.map(({ bytes }) => bytes.length);
  assert.ok(sizes.length >= 5 && sizes.every((size) => size < 5 * 2 ** 20), `parts of ${sizes.join()} bytes`);
  assert.ok(stage.parts.filter(({ beginsSegment }) => beginsSegment).length >= 2);
});
