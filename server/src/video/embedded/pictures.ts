/** What must be known of pictures to forward them, read from the first bytes of their packets. */

export interface PictureFacts {
  /** The packet belongs to a picture that can be shown without another. */
  readonly key: boolean;
  /** The packet begins a slice that refers to later pictures. */
  readonly bidirectional: boolean;
}

const PLAIN: PictureFacts = { key: false, bidirectional: false };
const KEY: PictureFacts = { key: true, bidirectional: false };
const BIDIRECTIONAL: PictureFacts = { key: false, bidirectional: true };

const SLICE = 1;
const IDR_SLICE = 5;
const SEQUENCE_PARAMETERS = 7;
const STAP_A = 24;
const FU_A = 28;

/** H264 in RTP (RFC 6184): single units, STAP-A and FU-A. */
export function h264Facts(payload: Buffer): PictureFacts {
  const type = (payload[0] ?? 0) & 0x1f;
  if (type === STAP_A) return stapFacts(payload);
  if (type === FU_A) {
    const unit = payload[1] ?? 0;
    const begins = (unit & 0x80) !== 0;
    return unitFacts(unit & 0x1f, begins ? payload.subarray(2) : NOTHING);
  }
  return unitFacts(type, payload.subarray(1));
}

/** VP8 in RTP (RFC 7741). It has no bidirectional pictures. */
export function vp8Facts(payload: Buffer): PictureFacts {
  const first = payload[0] ?? 0;
  const beginsPicture = (first & 0x10) !== 0 && (first & 0x07) === 0;
  if (!beginsPicture) return PLAIN;
  let at = 1;
  if ((first & 0x80) !== 0) {
    const extended = payload[1] ?? 0;
    at += 1;
    if ((extended & 0x80) !== 0) at += ((payload[at] ?? 0) & 0x80) !== 0 ? 2 : 1;
    if ((extended & 0x40) !== 0) at += 1;
    if ((extended & 0x30) !== 0) at += 1;
  }
  return at < payload.length && ((payload[at] ?? 1) & 0x01) === 0 ? KEY : PLAIN;
}

const NOTHING = Buffer.alloc(0);

function stapFacts(payload: Buffer): PictureFacts {
  let bidirectional = false;
  for (let at = 1; at + 2 < payload.length; ) {
    const bytes = payload.readUInt16BE(at);
    const unit = payload.subarray(at + 2, at + 2 + bytes);
    const facts = unitFacts((unit[0] ?? 0) & 0x1f, unit.subarray(1));
    if (facts.key) return KEY;
    bidirectional ||= facts.bidirectional;
    at += 2 + bytes;
  }
  return bidirectional ? BIDIRECTIONAL : PLAIN;
}

function unitFacts(type: number, body: Buffer): PictureFacts {
  if (type === IDR_SLICE || type === SEQUENCE_PARAMETERS) return KEY;
  if (type !== SLICE || body.length === 0) return PLAIN;
  return isBidirectional(body) ? BIDIRECTIONAL : PLAIN;
}

/** The slice header begins with first_mb_in_slice and slice_type, both Exp-Golomb; types 1 and 6 are B. */
function isBidirectional(slice: Buffer): boolean {
  let bit = 0;
  const next = () => {
    const byte = slice[bit >> 3];
    const value = byte === undefined ? 1 : (byte >> (7 - (bit & 7))) & 1;
    bit += 1;
    return value;
  };
  const golomb = () => {
    let zeros = 0;
    while (next() === 0 && zeros < 24) zeros += 1;
    let value = 1;
    for (let index = 0; index < zeros; index += 1) value = value * 2 + next();
    return value - 1;
  };
  golomb();
  const sliceType = golomb();
  return sliceType === 1 || sliceType === 6;
}
