import type { H264Parameters } from './h264.ts';
import { OPUS_CLOCK } from './opus.ts';

/** Fragmented MP4 (ISO/IEC 14496-12, 14496-15; Opus in ISOBMFF) with one picture track and perhaps one sound track. */

export const VIDEO_CLOCK = 90_000;
const VIDEO_TRACK = 1;
const AUDIO_TRACK = 2;

/** One picture or one packet of sound. Times are in ticks of its track. */
export interface Sample {
  readonly bytes: Buffer;
  readonly duration: number;
  /** How much later than decoded it is shown; less than nothing where pictures change places. */
  readonly shownLater: number;
  readonly key: boolean;
}

export interface TrackSamples {
  /** When the first one is decoded. */
  readonly from: number;
  readonly samples: readonly Sample[];
}

/** What comes before all fragments of the same parameters. */
export function writeInit(parameters: H264Parameters, withSound: boolean): Buffer {
  const tracks = withSound ? [VIDEO_TRACK, AUDIO_TRACK] : [VIDEO_TRACK];
  return Buffer.concat([
    box('ftyp', ascii('iso6'), u32(0), ascii('iso6mp41')),
    box(
      'moov',
      full(
        'mvhd',
        0,
        0,
        u32(0, 0, 1_000, 0, 0x10000),
        u16(0x0100, 0),
        u32(0, 0, ...MATRIX),
        zeros(24),
        u32(3),
      ),
      videoTrack(parameters),
      ...(withSound ? [audioTrack()] : []),
      box('mvex', ...tracks.map((track) => full('trex', 0, 0, u32(track, 1, 0, 0, 0)))),
    ),
  ]);
}

/** A fragment that can be decoded after what came before it. */
export function writeFragment(number: number, video: TrackSamples, audio: TrackSamples | null): Buffer {
  const tracks = [{ track: VIDEO_TRACK, ...video }];
  if (audio !== null && audio.samples.length > 0) tracks.push({ track: AUDIO_TRACK, ...audio });
  const head = (offsets: readonly number[]) =>
    box(
      'moof',
      full('mfhd', 0, 0, u32(number)),
      ...tracks.map(({ track, from, samples }, index) =>
        box(
          'traf',
          full('tfhd', 0, DEFAULT_BASE_IS_MOOF, u32(track)),
          full('tfdt', 1, 0, u64(from)),
          full('trun', 1, RUN_FLAGS, u32(samples.length, offsets[index] ?? 0, ...samples.flatMap(entry))),
        ),
      ),
    );
  const data = tracks.map(({ samples }) => samples.map(({ bytes }) => bytes));
  const headBytes = head([]).length;
  let offset = headBytes + 8;
  const offsets = data.map((buffers) => {
    const from = offset;
    for (const { length } of buffers) offset += length;
    return from;
  });
  return Buffer.concat([head(offsets), u32(8 + offset - headBytes - 8), ascii('mdat'), ...data.flat()]);
}

/** The units of a picture as a sample: each with its length before it. */
export function pictureBytes(units: readonly Buffer[]): Buffer {
  return Buffer.concat(units.flatMap((unit) => [u32(unit.length), unit]));
}

const DEFAULT_BASE_IS_MOOF = 0x020000;
/** Offset of the data; duration, size, flags and shift of each sample. */
const RUN_FLAGS = 0x000f01;
const NEEDS_NO_OTHER = 0x02000000;
const NEEDS_OTHERS = 0x01010000;
const MATRIX = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000];

function entry({ duration, bytes, key, shownLater }: Sample): number[] {
  return [duration, bytes.length, key ? NEEDS_NO_OTHER : NEEDS_OTHERS, shownLater];
}

function videoTrack({ width, height, sequence, picture, chromaFormat }: H264Parameters): Buffer {
  const profile = sequence.readUInt8(1);
  const high = profile === 100 || profile === 110 || profile === 122 || profile === 244;
  const configuration = box(
    'avcC',
    u8(1, profile, sequence.readUInt8(2), sequence.readUInt8(3), 0xff, 0xe1),
    u16(sequence.length),
    sequence,
    u8(1),
    u16(picture.length),
    picture,
    high ? u8(0xfc | chromaFormat, 0xf8, 0xf8, 0) : zeros(0),
  );
  const description = box(
    'avc1',
    zeros(6),
    u16(1),
    zeros(16),
    u16(width, height),
    u32(0x480000, 0x480000, 0),
    u16(1),
    zeros(32),
    u16(0x18, 0xffff),
    configuration,
  );
  const size = u32(width * 0x10000, height * 0x10000);
  return track(VIDEO_TRACK, VIDEO_CLOCK, 'vide', size, full('vmhd', 0, 1, zeros(8)), description);
}

function audioTrack(): Buffer {
  const description = box(
    'Opus',
    zeros(6),
    u16(1),
    zeros(8),
    u16(2, 16, 0, 0),
    u32(OPUS_CLOCK * 0x10000),
    box('dOps', u8(0, 2), u16(0), u32(OPUS_CLOCK), u16(0), u8(0)),
  );
  return track(AUDIO_TRACK, OPUS_CLOCK, 'soun', u32(0, 0), full('smhd', 0, 0, zeros(4)), description);
}

function track(
  id: number,
  clock: number,
  kind: string,
  size: Buffer,
  head: Buffer,
  description: Buffer,
): Buffer {
  const volume = kind === 'soun' ? 0x0100 : 0;
  return box(
    'trak',
    full('tkhd', 0, 3, u32(0, 0, id, 0, 0, 0, 0), u16(0, 0, volume, 0), u32(...MATRIX), size),
    box(
      'mdia',
      full('mdhd', 0, 0, u32(0, 0, clock, 0), u16(0x55c4, 0)),
      full('hdlr', 0, 0, u32(0), ascii(kind), zeros(12), ascii('stage\0')),
      box(
        'minf',
        head,
        box('dinf', full('dref', 0, 0, u32(1), full('url ', 0, 1))),
        box(
          'stbl',
          full('stsd', 0, 0, u32(1), description),
          full('stts', 0, 0, u32(0)),
          full('stsc', 0, 0, u32(0)),
          full('stsz', 0, 0, u32(0, 0)),
          full('stco', 0, 0, u32(0)),
        ),
      ),
    ),
  );
}

function box(name: string, ...content: readonly Buffer[]): Buffer {
  const length = content.reduce((sum, part) => sum + part.length, 8);
  return Buffer.concat([u32(length), ascii(name), ...content]);
}

function full(name: string, version: number, flags: number, ...content: readonly Buffer[]): Buffer {
  return box(name, u32(version * 0x1000000 + flags), ...content);
}

function u8(...values: readonly number[]): Buffer {
  return Buffer.from(values);
}

function u16(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, index) => {
    bytes.writeUInt16BE(value, index * 2);
  });
  return bytes;
}

/** Numbers below zero as their two's complement. */
function u32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => {
    bytes.writeUInt32BE(value >>> 0, index * 4);
  });
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

function ascii(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

function zeros(count: number): Buffer {
  return Buffer.alloc(count);
}
