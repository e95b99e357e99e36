/** The control packets that are needed (RFC 3550, RFC 4585, draft-alvestrand-rmcat-remb). */

const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const TRANSPORT_FEEDBACK = 205;
const PAYLOAD_FEEDBACK = 206;
const NACK = 1;
const PLI = 1;
const FIR = 4;
const REMB = 15;

export type Control =
  | { readonly kind: 'sender'; readonly ssrc: number; readonly ntp: bigint; readonly timestamp: number }
  | { readonly kind: 'nack'; readonly source: number; readonly sequences: readonly number[] }
  | { readonly kind: 'keyframe'; readonly source: number }
  | { readonly kind: 'report'; readonly source: number; readonly lost: number };

/** Whether a message of a track is RTCP and not RTP (RFC 5761). */
export function isRtcp(packet: Buffer): boolean {
  const type = packet[1] ?? 0;
  return type >= 192 && type <= 223;
}

/** What a compound packet asks and tells; whatever is not understood is passed over. */
export function readControls(compound: Buffer): Control[] {
  const found: Control[] = [];
  let at = 0;
  while (at + 8 <= compound.length) {
    const bytes = 4 + 4 * compound.readUInt16BE(at + 2);
    if (at + bytes > compound.length) break;
    const one = compound.subarray(at, at + bytes);
    at += bytes;
    const kind = one.readUInt8(0) & 0x1f;
    const type = one.readUInt8(1);
    if (type === SENDER_REPORT && bytes >= 28) {
      found.push({
        kind: 'sender',
        ssrc: one.readUInt32BE(4),
        ntp: one.readBigUInt64BE(8),
        timestamp: one.readUInt32BE(16),
      });
    } else if (type === TRANSPORT_FEEDBACK && kind === NACK && bytes >= 16) {
      found.push({ kind: 'nack', source: one.readUInt32BE(8), sequences: missing(one) });
    } else if (type === PAYLOAD_FEEDBACK && kind === PLI && bytes >= 12) {
      found.push({ kind: 'keyframe', source: one.readUInt32BE(8) });
    } else if (type === PAYLOAD_FEEDBACK && kind === FIR && bytes >= 20) {
      found.push({ kind: 'keyframe', source: one.readUInt32BE(12) });
    } else if (type === RECEIVER_REPORT && kind > 0 && bytes >= 32) {
      found.push({ kind: 'report', source: one.readUInt32BE(8), lost: one.readUInt8(12) / 256 });
    }
  }
  return found;
}

function missing(nack: Buffer): number[] {
  const sequences: number[] = [];
  for (let at = 12; at + 4 <= nack.length; at += 4) {
    const first = nack.readUInt16BE(at);
    const following = nack.readUInt16BE(at + 2);
    sequences.push(first);
    for (let bit = 0; bit < 16; bit += 1) {
      if ((following & (1 << bit)) !== 0) sequences.push((first + bit + 1) & 0xffff);
    }
  }
  return sequences;
}

/** Asks again for packets; at most 100 are named. */
export function writeNack(source: number, sequences: readonly number[]): Buffer {
  const named = sequences.slice(0, 100);
  const packet = Buffer.alloc(12 + 4 * named.length);
  head(packet, NACK, TRANSPORT_FEEDBACK);
  packet.writeUInt32BE(1, 4);
  packet.writeUInt32BE(source, 8);
  named.forEach((sequence, index) => {
    packet.writeUInt16BE(sequence & 0xffff, 12 + 4 * index);
  });
  return packet;
}

/** Asks for a key frame. */
export function writePli(source: number): Buffer {
  const packet = Buffer.alloc(12);
  head(packet, PLI, PAYLOAD_FEEDBACK);
  packet.writeUInt32BE(1, 4);
  packet.writeUInt32BE(source, 8);
  return packet;
}

/** Says how many bits per second may be sent. */
export function writeRemb(source: number, bitsPerSecond: number): Buffer {
  const packet = Buffer.alloc(24);
  head(packet, REMB, PAYLOAD_FEEDBACK);
  packet.writeUInt32BE(1, 4);
  packet.write('REMB', 12, 'latin1');
  let mantissa = Math.floor(bitsPerSecond);
  let exponent = 0;
  while (mantissa > 0x3ffff) {
    mantissa >>>= 1;
    exponent += 1;
  }
  packet.writeUInt32BE(((1 << 24) | (exponent << 18) | mantissa) >>> 0, 16);
  packet.writeUInt32BE(source, 20);
  return packet;
}

/** Says what was sent when, so that picture and sound stay together. */
export function writeSenderReport(
  ssrc: number,
  { ntp, timestamp, packets, bytes }: { ntp: bigint; timestamp: number; packets: number; bytes: number },
): Buffer {
  const packet = Buffer.alloc(28);
  head(packet, 0, SENDER_REPORT);
  packet.writeUInt32BE(ssrc, 4);
  packet.writeBigUInt64BE(ntp, 8);
  packet.writeUInt32BE(timestamp >>> 0, 16);
  packet.writeUInt32BE(packets >>> 0, 20);
  packet.writeUInt32BE(bytes >>> 0, 24);
  return packet;
}

export interface Reception {
  readonly source: number;
  /** 0 to 1, since the last report. */
  readonly lostShare: number;
  readonly lostTotal: number;
  readonly highestSequence: number;
  readonly jitter: number;
  /** The middle of the last sender report's NTP time, and how long ago it came, both in 1/65,536 s; 0 = none came. */
  readonly lastReport: number;
  readonly sinceLastReport: number;
}

/** Tells a sender how it is received. */
export function writeReceiverReport(received: Reception): Buffer {
  const packet = Buffer.alloc(32);
  head(packet, 1, RECEIVER_REPORT);
  packet.writeUInt32BE(1, 4);
  packet.writeUInt32BE(received.source, 8);
  const lost = Math.max(0, Math.min(0x7fffff, received.lostTotal));
  const share = Math.max(0, Math.min(255, Math.floor(received.lostShare * 256)));
  packet.writeUInt32BE(((share << 24) | lost) >>> 0, 12);
  packet.writeUInt32BE(received.highestSequence >>> 0, 16);
  packet.writeUInt32BE(Math.floor(received.jitter) >>> 0, 20);
  packet.writeUInt32BE(received.lastReport >>> 0, 24);
  packet.writeUInt32BE(received.sinceLastReport >>> 0, 28);
  return packet;
}

function head(packet: Buffer, kind: number, type: number): void {
  packet.writeUInt8(0x80 | kind, 0);
  packet.writeUInt8(type, 1);
  packet.writeUInt16BE(packet.length / 4 - 1, 2);
}
