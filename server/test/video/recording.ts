import { readFileSync } from 'node:fs';
import { unitType } from '../../src/video/embedded/h264.ts';
import { h264Facts } from '../../src/video/embedded/pictures.ts';

/**
 * Recorded pictures and sound, made once with ffmpeg 5.1 (libx264, libopus):
 *
 *     ffmpeg -f lavfi -i testsrc2=size=480x270:rate=30 -t 4 -pix_fmt yuv420p -c:v libx264 -preset medium -tune zerolatency
 *       -profile:v high -b:v 240k -maxrate 240k -bufsize 240k -g 30 -keyint_min 30 -sc_threshold 0 -bf 0
 *       -x264-params slices=1:sliced-threads=0:repeat-headers=1 -f h264 plain.h264
 *     the same with -t 2, without -tune and with -bf 2, b-pyramid=none:open-gop=0 -f h264 b-frames.h264
 *     ffmpeg -f lavfi -i sine=frequency=440:beep_factor=4:duration=4 -ac 2 -c:a libopus -b:a 24k sound.opus
 */
export type Recording = 'plain' | 'b-frames';

export const PICTURES_PER_SECOND = 30;

/** A picture, in the order in which it is sent. */
export interface RecordedPicture {
  readonly units: readonly Buffer[];
  readonly key: boolean;
  /** When it is shown, counted in pictures. */
  readonly place: number;
}

export function recordedPictures(name: Recording): readonly RecordedPicture[] {
  const pictures = pictureUnits(read(`${name}.h264`)).map((units) => {
    const facts = units.map((unit) => h264Facts(unit));
    return {
      units,
      key: facts.some(({ key }) => key),
      between: facts.some(({ bidirectional }) => bidirectional),
      place: 0,
    };
  });
  // A picture that others come before is shown after them.
  let place = 0;
  let held: { place: number } | undefined;
  const show = (picture: { place: number } | undefined) => {
    if (picture === undefined) return;
    picture.place = place;
    place += 1;
  };
  for (const picture of pictures) {
    if (picture.between) {
      show(picture);
    } else {
      show(held);
      held = picture;
    }
  }
  show(held);
  return pictures;
}

/** Packets of 20 ms, without the two heads of the file. */
export function recordedSound(): readonly Buffer[] {
  const file = read('sound.opus');
  const packets: Buffer[] = [];
  let parts: Buffer[] = [];
  for (let at = 0; at + 27 < file.length; ) {
    const segments = file.readUInt8(at + 26);
    let body = at + 27 + segments;
    for (let segment = 0; segment < segments; segment += 1) {
      const bytes = file.readUInt8(at + 27 + segment);
      parts.push(file.subarray(body, body + bytes));
      body += bytes;
      if (bytes === 255) continue;
      packets.push(Buffer.concat(parts));
      parts = [];
    }
    at = body;
  }
  return packets.slice(2);
}

/** Units between start codes, put together to pictures. */
function pictureUnits(stream: Buffer): Buffer[][] {
  const pictures: Buffer[][] = [];
  let units: Buffer[] = [];
  let from = stream.indexOf(START) + START.length;
  while (from < stream.length) {
    const next = stream.indexOf(START, from);
    let end = next < 0 ? stream.length : next;
    // A start code may have one more zero before it.
    if (stream[end - 1] === 0) end -= 1;
    const unit = stream.subarray(from, end);
    const type = unitType(unit);
    if (type === 7 || type === 8) units.push(unit);
    if (type >= 1 && type <= 5) {
      pictures.push([...units, unit]);
      units = [];
    }
    from = next < 0 ? stream.length : next + START.length;
  }
  return pictures;
}

const START = Buffer.from([0, 0, 1]);

function read(name: string): Buffer {
  return readFileSync(new URL(`fixtures/${name}`, import.meta.url));
}
