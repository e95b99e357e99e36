import { constants, deflateRawSync } from 'node:zlib';

/** Below this many bytes deflating costs more than it saves. */
const DEFLATE_FROM_BYTES = 200;
/** Level 3 makes room frames about 5 % larger than level 6 does, in half the time. */
const DEFLATE = { finishFlush: constants.Z_SYNC_FLUSH, level: 3 } as const;
/** A sync flush ends with 00 00 ff ff, which RFC 7692 leaves out on the wire. */
const FLUSH_TAIL_BYTES = 4;

const FIN_TEXT = 0x81;
const FIN_PING = 0x89;
const DEFLATED = 0x40;

/**
 * A message that many sockets get: turned into bytes once per kind of socket, however many there are. Encoding is
 * lazy, so a room without plain clients never makes the plain variant. The frame's bytes are shared and must not be
 * changed. Deflated variants rely on "no context takeover", so any of them can follow any other.
 */
export class SharedMessage {
  readonly #write: () => string;
  #plain: Buffer | undefined;
  #deflated: Buffer | undefined;

  /** @param write gives the text; asked when the first socket needs it, and must answer the same each time */
  constructor(write: () => string) {
    this.#write = write;
  }

  bytes(deflated: boolean): Buffer {
    if (!deflated) {
      this.#plain ??= textFrame(Buffer.from(this.#write()), false);
      return this.#plain;
    }
    this.#deflated ??= this.#deflate();
    return this.#deflated;
  }

  #deflate(): Buffer {
    const text = Buffer.from(this.#write());
    if (text.length < DEFLATE_FROM_BYTES) return this.bytes(false);
    const body = deflateRawSync(text, DEFLATE);
    return textFrame(body.subarray(0, body.length - FLUSH_TAIL_BYTES), true);
  }
}

/** One unmasked, final text frame (RFC 6455 §5.2), header and payload in one buffer, so that it is one write. */
export function textFrame(payload: Buffer, deflated: boolean): Buffer {
  const header = headerOf(payload.length);
  header[0] = deflated ? FIN_TEXT | DEFLATED : FIN_TEXT;
  return Buffer.concat([header, payload]);
}

/** An empty ping frame. */
export const PING_FRAME: Buffer = Buffer.from([FIN_PING, 0]);

function headerOf(length: number): Buffer {
  if (length < 126) return Buffer.from([0, length]);
  if (length < 65_536) {
    const header = Buffer.from([0, 126, 0, 0]);
    header.writeUInt16BE(length, 2);
    return header;
  }
  const header = Buffer.alloc(10);
  header[1] = 127;
  header.writeBigUInt64BE(BigInt(length), 2);
  return header;
}
