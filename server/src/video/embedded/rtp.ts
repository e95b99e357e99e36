/** RTP packets (RFC 3550), changed in place where they are ours to change. */

export interface RtpHeader {
  readonly payloadType: number;
  readonly marker: boolean;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly payloadAt: number;
  /** Where the payload ends: before the padding. */
  readonly payloadEnd: number;
}

export const RTP_HEADER_BYTES = 12;

/** The header of a packet, `null` when it is none. */
export function readRtp(packet: Buffer): RtpHeader | null {
  if (packet.length < RTP_HEADER_BYTES) return null;
  const first = packet.readUInt8(0);
  if (first >> 6 !== 2) return null;
  const second = packet.readUInt8(1);
  let payloadAt = RTP_HEADER_BYTES + 4 * (first & 0x0f);
  if ((first & 0x10) !== 0) {
    if (packet.length < payloadAt + 4) return null;
    payloadAt += 4 + 4 * packet.readUInt16BE(payloadAt + 2);
  }
  const padding = (first & 0x20) === 0 ? 0 : packet.readUInt8(packet.length - 1);
  const payloadEnd = packet.length - padding;
  if (payloadAt > payloadEnd) return null;
  return {
    payloadType: second & 0x7f,
    marker: second >= 0x80,
    sequence: packet.readUInt16BE(2),
    timestamp: packet.readUInt32BE(4),
    ssrc: packet.readUInt32BE(8),
    payloadAt,
    payloadEnd,
  };
}

/**
 * The same payload under a header of ours, without extensions and padding; shares the memory of `packet`. A publisher's
 * extensions carry its own ids (mid, transport-wide numbers), which would mislead a viewer.
 */
export function readdress(
  packet: Buffer,
  header: RtpHeader,
  to: { readonly sequence: number; readonly timestamp: number; readonly ssrc: number },
): Buffer {
  const plain = packet.subarray(header.payloadAt - RTP_HEADER_BYTES, header.payloadEnd);
  plain.writeUInt8(0x80, 0);
  plain.writeUInt8((header.marker ? 0x80 : 0) | header.payloadType, 1);
  plain.writeUInt16BE(to.sequence & 0xffff, 2);
  plain.writeUInt32BE(to.timestamp >>> 0, 4);
  plain.writeUInt32BE(to.ssrc, 8);
  return plain;
}

/** Sets the payload type of a packet that is about to be sent; the marker stays. */
export function setPayloadType(packet: Buffer, payloadType: number): void {
  packet[1] = ((packet[1] ?? 0) & 0x80) | payloadType;
}

/** The number nearest to `near` that ends in these 16 bits: sequence numbers that do not begin again. */
export function unwrap(sequence: number, near: number): number {
  const delta = ((sequence - near) << 16) >> 16;
  return near + delta;
}

/** How far one 32-bit timestamp is ahead of another. */
export function ticksBetween(from: number, to: number): number {
  return (to - from) | 0;
}
