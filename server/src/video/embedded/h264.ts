/** H264 as MP4 needs it: units out of RTP payloads (RFC 6184), and what a sequence's parameters say (ITU-T H.264, 7.3.2.1). */

export const UNIT = { slice: 1, key: 5, sequence: 7, picture: 8 } as const;

const STAP_A = 24;
const FU_A = 28;

export function unitType(unit: Buffer): number {
  return (unit[0] ?? 0) & 0x1f;
}

/** Puts together the units of one picture from its packets, which are given in order and without a gap. */
export class UnitReader {
  #units: Buffer[] = [];
  #fragments: Buffer[] = [];

  take(payload: Buffer): void {
    const type = unitType(payload);
    if (type === STAP_A) {
      for (let at = 1; at + 2 < payload.length; ) {
        const bytes = payload.readUInt16BE(at);
        this.#add(payload.subarray(at + 2, at + 2 + bytes));
        at += 2 + bytes;
      }
    } else if (type === FU_A) {
      this.#takeFragment(payload);
    } else {
      this.#add(payload);
    }
  }

  /** The units so far; begins anew. */
  end(): readonly Buffer[] {
    const units = this.#units;
    this.#units = [];
    this.#fragments = [];
    return units;
  }

  #takeFragment(payload: Buffer): void {
    if (payload.length < 3) return;
    const edge = payload.readUInt8(1);
    if ((edge & 0x80) !== 0) {
      this.#fragments = [Buffer.from([(payload.readUInt8(0) & 0xe0) | (edge & 0x1f)])];
    } else if (this.#fragments.length === 0) {
      return;
    }
    this.#fragments.push(payload.subarray(2));
    if ((edge & 0x40) === 0) return;
    this.#add(Buffer.concat(this.#fragments));
    this.#fragments = [];
  }

  #add(unit: Buffer): void {
    if (unit.length > 0) this.#units.push(unit);
  }
}

/** What a decoder must know before the first picture. */
export interface H264Parameters {
  readonly sequence: Buffer;
  readonly picture: Buffer;
  readonly width: number;
  readonly height: number;
  /** `avc1.42e01f` */
  readonly codec: string;
  readonly chromaFormat: number;
}

const SIZE_MAX = 8_192;

/** Reads the parameters of a sequence; `null` when they are none or of no picture that is shown. */
export function readParameters(sequence: Buffer, picture: Buffer): H264Parameters | null {
  if (sequence.length < 5 || picture.length < 2) return null;
  const bits = new BitReader(withoutEmulation(sequence.subarray(1)));
  const profile = bits.take(8);
  bits.take(16);
  bits.golomb();
  const chromaFormat = WITH_CHROMA.has(profile) ? readChroma(bits) : 1;
  bits.golomb();
  readOrderCount(bits);
  bits.golomb();
  bits.take(1);
  const across = bits.golomb() + 1;
  const down = bits.golomb() + 1;
  const framesOnly = bits.take(1);
  if (framesOnly === 0) bits.take(1);
  bits.take(1);
  const crop = bits.take(1) === 1 ? [0, 0, 0, 0].map(() => bits.golomb()) : [0, 0, 0, 0];
  const [left = 0, right = 0, top = 0, bottom = 0] = crop;
  const [unitX, unitY] = [chromaFormat === 1 || chromaFormat === 2 ? 2 : 1, chromaFormat === 1 ? 2 : 1];
  const width = across * 16 - (left + right) * unitX;
  const height = (2 - framesOnly) * (down * 16 - (top + bottom) * unitY);
  const fits = width > 0 && height > 0 && width <= SIZE_MAX && height <= SIZE_MAX;
  if (bits.isOver || !fits) return null;
  const codec = `avc1.${sequence.subarray(1, 4).toString('hex')}`;
  return { sequence, picture, width, height, codec, chromaFormat };
}

const WITH_CHROMA: ReadonlySet<number> = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128]);

function readChroma(bits: BitReader): number {
  const chroma = bits.golomb();
  if (chroma === 3) bits.take(1);
  bits.golomb();
  bits.golomb();
  bits.take(1);
  if (bits.take(1) === 0) return chroma;
  for (let list = 0; list < (chroma === 3 ? 12 : 8); list += 1) {
    if (bits.take(1) === 1) skipScaling(bits, list < 6 ? 16 : 64);
  }
  return chroma;
}

function skipScaling(bits: BitReader, count: number): void {
  let last = 8;
  let next = 8;
  for (let at = 0; at < count; at += 1) {
    if (next !== 0) next = (last + bits.signed() + 256) % 256;
    if (next !== 0) last = next;
  }
}

function readOrderCount(bits: BitReader): void {
  const kind = bits.golomb();
  if (kind === 0) bits.golomb();
  if (kind !== 1) return;
  bits.take(1);
  bits.signed();
  bits.signed();
  const cycle = Math.min(bits.golomb(), 255);
  for (let at = 0; at < cycle; at += 1) bits.signed();
}

class BitReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Whether more was read than there is. */
  get isOver(): boolean {
    return this.#at > this.#bytes.length * 8;
  }

  take(count: number): number {
    let value = 0;
    for (let bit = 0; bit < count; bit += 1) {
      const byte = this.#bytes[this.#at >> 3] ?? 0;
      value = value * 2 + ((byte >> (7 - (this.#at & 7))) & 1);
      this.#at += 1;
    }
    return value;
  }

  golomb(): number {
    let zeros = 0;
    while (zeros < 32 && !this.isOver && this.take(1) === 0) zeros += 1;
    return 2 ** zeros - 1 + this.take(zeros);
  }

  signed(): number {
    const value = this.golomb();
    return value % 2 === 1 ? (value + 1) / 2 : -value / 2;
  }
}

/** Without the bytes that keep start codes out of a unit (7.4.1.1). */
function withoutEmulation(unit: Buffer): Buffer {
  const bytes: number[] = [];
  let zeros = 0;
  for (const byte of unit) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    bytes.push(byte);
  }
  return Buffer.from(bytes);
}
