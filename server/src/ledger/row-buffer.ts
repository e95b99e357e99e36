import type { Uuid } from '../core/ids.ts';

/**
 * Rows in PostgreSQL's binary COPY format, written straight into one growing buffer.
 * Binary COPY costs half of what text parameters cost, on both sides.
 */
export class RowBuffer {
  rows = 0;
  #bytes: Buffer;
  #view: DataView;
  #length = 0;

  constructor(capacityBytes = 64 * 1024) {
    this.#bytes = Buffer.allocUnsafeSlow(capacityBytes);
    this.#view = viewOf(this.#bytes);
    this.clear();
  }

  /** Empties the buffer and writes what every COPY starts with. Keeps the memory. */
  clear(): void {
    this.rows = 0;
    this.#length = MESSAGE_HEADER_BYTES;
    this.#ensure(COPY_HEADER.length);
    COPY_HEADER.copy(this.#bytes, this.#length);
    this.#length += COPY_HEADER.length;
  }

  /** Starts a row of `fields` fields; exactly that many must follow. */
  row(fields: number): void {
    this.rows += 1;
    this.#ensure(2);
    this.#view.setInt16(this.#length, fields);
    this.#length += 2;
  }

  null(): void {
    this.#ensure(4);
    this.#view.setInt32(this.#length, -1);
    this.#length += 4;
  }

  int8(value: bigint): void {
    this.#ensure(12);
    this.#view.setInt32(this.#length, 8);
    this.#view.setBigInt64(this.#length + 4, value);
    this.#length += 12;
  }

  int4(value: number): void {
    this.#ensure(8);
    this.#view.setInt32(this.#length, 4);
    this.#view.setInt32(this.#length + 4, value);
    this.#length += 8;
  }

  bool(value: boolean): void {
    this.#ensure(5);
    this.#view.setInt32(this.#length, 1);
    this.#view.setUint8(this.#length + 4, value ? 1 : 0);
    this.#length += 5;
  }

  uuid(value: Uuid): void {
    this.#ensure(20);
    this.#view.setInt32(this.#length, 16);
    writeUuid(this.#bytes, this.#length + 4, value);
    this.#length += 20;
  }

  text(value: string): void {
    this.#ensure(4 + value.length * 3);
    const written = this.#bytes.write(value, this.#length + 4, 'utf8');
    this.#view.setInt32(this.#length, written);
    this.#length += 4 + written;
  }

  bytes(value: Uint8Array): void {
    this.#ensure(4 + value.length);
    this.#view.setInt32(this.#length, value.length);
    this.#bytes.set(value, this.#length + 4);
    this.#length += 4 + value.length;
  }

  jsonb(value: unknown): void {
    const text = JSON.stringify(value);
    this.#ensure(5 + text.length * 3);
    this.#view.setUint8(this.#length + 4, JSONB_VERSION);
    const written = this.#bytes.write(text, this.#length + 5, 'utf8');
    this.#view.setInt32(this.#length, written + 1);
    this.#length += 5 + written;
  }

  /** Milliseconds since 1970. */
  timestamptz(epochMs: number): void {
    this.int8(BigInt(Math.round((epochMs - POSTGRES_EPOCH_MS) * 1_000)));
  }

  /**
   * The rows as the protocol's messages CopyData and CopyDone, ready for the socket.
   * The memory is this buffer's: it must not be cleared before the socket has taken it.
   */
  messages(): Buffer {
    this.#ensure(2 + COPY_DONE.length);
    this.#view.setInt16(this.#length, -1);
    this.#view.setUint8(0, COPY_DATA);
    this.#view.setInt32(1, this.#length + 2 - 1);
    COPY_DONE.copy(this.#bytes, this.#length + 2);
    return this.#bytes.subarray(0, this.#length + 2 + COPY_DONE.length);
  }

  #ensure(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#length + more));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
    this.#view = viewOf(larger);
  }
}

/** Values of one type as a binary array parameter (`$1::int8[]`), without nulls. */
export function int8Array(values: readonly bigint[]): Buffer {
  const { bytes, view } = arrayOf(INT8_OID, values.length, 8);
  let at = ARRAY_HEADER_BYTES;
  for (const value of values) {
    view.setInt32(at, 8);
    view.setBigInt64(at + 4, value);
    at += 12;
  }
  return bytes;
}

export function uuidArray(values: readonly Uuid[]): Buffer {
  const { bytes, view } = arrayOf(UUID_OID, values.length, 16);
  let at = ARRAY_HEADER_BYTES;
  for (const value of values) {
    view.setInt32(at, 16);
    writeUuid(bytes, at + 4, value);
    at += 20;
  }
  return bytes;
}

export function boolArray(values: readonly boolean[]): Buffer {
  const { bytes, view } = arrayOf(BOOL_OID, values.length, 1);
  let at = ARRAY_HEADER_BYTES;
  for (const value of values) {
    view.setInt32(at, 1);
    view.setUint8(at + 4, value ? 1 : 0);
    at += 5;
  }
  return bytes;
}

const UUID_SHAPE = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether this is the canonical, lower-case text of a UUID. */
export function isUuid(text: unknown): text is Uuid {
  return typeof text === 'string' && UUID_SHAPE.test(text);
}

const MESSAGE_HEADER_BYTES = 5;
const COPY_DATA = 0x64;
const COPY_DONE = Buffer.from([0x63, 0, 0, 0, 4]);
const COPY_HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const JSONB_VERSION = 1;
const POSTGRES_EPOCH_MS = Date.UTC(2000, 0, 1);
const BOOL_OID = 16;
const INT8_OID = 20;
const UUID_OID = 2950;
const ARRAY_HEADER_BYTES = 20;

/** One dimension, no nulls, lower bound 1. */
function arrayOf(oid: number, length: number, elementBytes: number): { bytes: Buffer; view: DataView } {
  const bytes = Buffer.allocUnsafeSlow(ARRAY_HEADER_BYTES + length * (4 + elementBytes));
  const view = viewOf(bytes);
  view.setInt32(0, 1);
  view.setInt32(4, 0);
  view.setInt32(8, oid);
  view.setInt32(12, length);
  view.setInt32(16, 1);
  return { bytes, view };
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The value of each hexadecimal digit by its character code. */
const NIBBLES = new Uint8Array(128);
for (let value = 0; value < 16; value += 1) NIBBLES[value.toString(16).charCodeAt(0)] = value;

/** Four digits from `from` on as two bytes. */
function writePair(bytes: Buffer, at: number, text: string, from: number): void {
  bytes[at] =
    ((NIBBLES[text.charCodeAt(from)] as number) << 4) | (NIBBLES[text.charCodeAt(from + 1)] as number);
  bytes[at + 1] =
    ((NIBBLES[text.charCodeAt(from + 2)] as number) << 4) | (NIBBLES[text.charCodeAt(from + 3)] as number);
}

function writeUuid(bytes: Buffer, at: number, text: Uuid): void {
  writePair(bytes, at, text, 0);
  writePair(bytes, at + 2, text, 4);
  writePair(bytes, at + 4, text, 9);
  writePair(bytes, at + 6, text, 14);
  writePair(bytes, at + 8, text, 19);
  writePair(bytes, at + 10, text, 24);
  writePair(bytes, at + 12, text, 28);
  writePair(bytes, at + 14, text, 32);
}
