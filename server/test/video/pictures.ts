/**
 * A small H264 encoder for tests: constrained baseline, one reference, pictures of plain blocks. Key pictures are written
 * sample by sample (I_PCM); the others repeat the picture before and renew some blocks. Decoders show it as it was drawn.
 */

export interface PictureSize {
  /** In blocks of 16 × 16. */
  readonly across: number;
  readonly down: number;
}

/** The units of a picture, without start codes. */
export type AccessUnit = readonly Buffer[];

export class PictureWriter {
  readonly #size: PictureSize;
  #number = 0;
  #keys = 0;

  constructor(size: PictureSize) {
    this.#size = size;
  }

  /** A picture that needs no other, all of one brightness (16 to 235). */
  key(brightness: number): AccessUnit {
    this.#number = 0;
    this.#keys += 1;
    const bits = new Bits();
    sliceHead(bits, 7, 0);
    bits.golomb(this.#keys % 2);
    bits.put(0, 2);
    sliceTail(bits);
    for (let block = 0; block < this.#size.across * this.#size.down; block += 1) {
      bits.golomb(25);
      writeBlock(bits, brightness);
    }
    return [parameters(this.#size), PICTURE_PARAMETERS, unit(0x65, bits)];
  }

  /** The picture before, with the first `renewed` blocks of another brightness. */
  next(brightness: number, renewed = 1): AccessUnit {
    this.#number = (this.#number + 1) % 256;
    const bits = new Bits();
    sliceHead(bits, 5, this.#number);
    bits.put(0, 2);
    bits.put(0, 1);
    sliceTail(bits);
    for (let block = 0; block < renewed; block += 1) {
      bits.golomb(0);
      bits.golomb(30);
      writeBlock(bits, brightness);
    }
    const left = this.#size.across * this.#size.down - renewed;
    if (left > 0) bits.golomb(left);
    return [unit(0x41, bits)];
  }

  /** The beginning of a picture that refers to later ones, as an encoder with B-frames makes; not for showing. */
  bidirectional(): AccessUnit {
    const bits = new Bits();
    sliceHead(bits, 6, this.#number);
    return [unit(0x01, bits)];
  }
}

function sliceHead(bits: Bits, type: number, number: number): void {
  bits.golomb(0);
  bits.golomb(type);
  bits.golomb(0);
  bits.put(number, 8);
}

function sliceTail(bits: Bits): void {
  bits.golomb(0);
  bits.golomb(1);
}

function writeBlock(bits: Bits, brightness: number): void {
  bits.align();
  bits.fill(brightness, 256);
  bits.fill(128, 128);
}

function parameters({ across, down }: PictureSize): Buffer {
  const bits = new Bits();
  bits.put(66, 8);
  bits.put(0xe0, 8);
  bits.put(31, 8);
  for (const value of [0, 4, 2, 1]) bits.golomb(value);
  bits.put(0, 1);
  bits.golomb(across - 1);
  bits.golomb(down - 1);
  bits.put(0b1100, 4);
  return unit(0x67, bits);
}

class Bits {
  readonly #bytes: number[] = [];
  #current = 0;
  #filled = 0;

  put(value: number, count: number): void {
    for (let bit = count - 1; bit >= 0; bit -= 1) {
      this.#current = (this.#current << 1) | ((value >> bit) & 1);
      this.#filled += 1;
      if (this.#filled === 8) {
        this.#bytes.push(this.#current);
        this.#current = 0;
        this.#filled = 0;
      }
    }
  }

  golomb(value: number): void {
    const length = 32 - Math.clz32(value + 1);
    this.put(0, length - 1);
    this.put(value + 1, length);
  }

  align(): void {
    while (this.#filled > 0) this.put(0, 1);
  }

  fill(byte: number, count: number): void {
    for (let index = 0; index < count; index += 1) this.#bytes.push(byte);
  }

  end(): number[] {
    this.put(1, 1);
    this.align();
    return this.#bytes;
  }
}

/** With emulation prevention (H264, 7.4.1.1). */
function unit(head: number, bits: Bits): Buffer {
  const bytes = [head];
  let zeros = 0;
  for (const byte of bits.end()) {
    if (zeros >= 2 && byte <= 3) {
      bytes.push(3);
      zeros = 0;
    }
    bytes.push(byte);
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return Buffer.from(bytes);
}

const PICTURE_PARAMETERS = (() => {
  const bits = new Bits();
  bits.golomb(0);
  bits.golomb(0);
  bits.put(0, 2);
  for (const value of [0, 0, 0]) bits.golomb(value);
  bits.put(0, 3);
  for (const value of [0, 0, 0]) bits.golomb(value);
  bits.put(0b100, 3);
  return unit(0x68, bits);
})();
