import { randomInt } from 'node:crypto';
import { type KeptPacket, PacketRing } from './packet-ring.ts';
import { h264Facts, vp8Facts } from './pictures.ts';
import { SourceReception } from './reception.ts';
import { readdress, readRtp } from './rtp.ts';

const VIDEO_PACKETS_KEPT = 4_096;
const VIDEO_BYTES_KEPT = 8 * 1_024 * 1_024;
const AUDIO_PACKETS_KEPT = 256;
const AUDIO_BYTES_KEPT = 256 * 1_024;

/** A packet of a publisher as the room's viewers get it, and what it is. */
export interface StreamPacket extends KeptPacket {
  readonly key: boolean;
  readonly bidirectional: boolean;
}

/**
 * One track of a room. Publishers may come and go: viewers see one source whose numbers and timestamps go on.
 */
export class Stream {
  readonly kind: 'audio' | 'video';
  /** Ticks per second. */
  readonly clock: number;
  readonly ssrc = randomInt(1, 2 ** 32);
  readonly ring: PacketRing;
  codec = '';
  reception: SourceReception | undefined;
  packets = 0;
  bytes = 0;
  /** The first packet of the newest picture that needs no other. */
  keyFrom: number | undefined;
  /** When that picture began to come. */
  keyAtMs = 0;
  #keyTimestamp: number | undefined;
  #last: { readonly sequence: number; readonly timestamp: number; readonly atMs: number } | undefined;
  #sequenceOffset = 0;
  #timestampOffset = 0;
  #picture = 0;
  #pictureTimestamp: number | undefined;
  #pictureFrom = 0;

  constructor(kind: 'audio' | 'video') {
    this.kind = kind;
    this.clock = kind === 'video' ? 90_000 : 48_000;
    this.ring =
      kind === 'video'
        ? new PacketRing(VIDEO_PACKETS_KEPT, VIDEO_BYTES_KEPT)
        : new PacketRing(AUDIO_PACKETS_KEPT, AUDIO_BYTES_KEPT);
  }

  /** The next packets come from another source. */
  changeSource(codec: string): void {
    this.codec = codec;
    this.reception = undefined;
    this.keyFrom = undefined;
    this.#keyTimestamp = undefined;
    this.#pictureTimestamp = undefined;
  }

  /** Takes a packet of the publisher. `null` = not one, or seen before. */
  take(packet: Buffer, nowMs: number): StreamPacket | null {
    const header = readRtp(packet);
    if (header === null) return null;
    const reception = this.reception ?? this.#begin(header.ssrc, header.sequence, header.timestamp, nowMs);
    if (header.ssrc !== reception.source) return null;
    const number = reception.take(header.sequence, header.timestamp, nowMs);
    if (number === null) return null;
    const sequence = number + this.#sequenceOffset;
    if (sequence < 0) return null;
    const timestamp = (header.timestamp + this.#timestampOffset) >>> 0;
    const payload = packet.subarray(header.payloadAt, header.payloadEnd);
    const facts =
      this.kind === 'audio' ? NO_PICTURE : this.codec === 'VP8' ? vp8Facts(payload) : h264Facts(payload);
    let picture = this.#picture;
    if (this.#last === undefined || sequence > this.#last.sequence) {
      this.#last = { sequence, timestamp, atMs: nowMs };
      if (timestamp !== this.#pictureTimestamp) {
        this.#picture += 1;
        this.#pictureTimestamp = timestamp;
        this.#pictureFrom = sequence;
      }
      picture = this.#picture;
      if (facts.key && this.#keyTimestamp !== timestamp) {
        this.#keyTimestamp = timestamp;
        this.keyAtMs = nowMs;
        this.keyFrom = this.#pictureFrom;
      }
    } else {
      const beside = [this.ring.get(sequence + 1), this.ring.get(sequence - 1)];
      picture = beside.find((kept) => kept?.timestamp === timestamp)?.picture ?? picture;
      if (this.keyFrom !== undefined && timestamp === this.#keyTimestamp && sequence < this.keyFrom) {
        this.keyFrom = sequence;
      }
    }
    const kept = {
      sequence,
      timestamp,
      picture,
      packet: readdress(packet, header, { sequence, timestamp, ssrc: this.ssrc }),
      ...facts,
    };
    this.ring.put(kept);
    this.packets += 1;
    this.bytes += kept.packet.length;
    return kept;
  }

  /** The newest packet's number. */
  get newest(): number {
    return this.#last?.sequence ?? 0;
  }

  /** The newest packet's timestamp, and when it came; `undefined` before the first. */
  get last(): { readonly timestamp: number; readonly atMs: number } | undefined {
    return this.#last;
  }

  /** The publisher's timestamp as viewers know it. */
  timestampForViewers(timestamp: number): number {
    return (timestamp + this.#timestampOffset) >>> 0;
  }

  /**
   * Everything since the newest key picture, where it is whole, young enough and not too much; else `null`.
   * A viewer who begins with it has a picture at once.
   */
  sinceKey(
    limits: { readonly packetsMax: number; readonly ageMsMax: number },
    nowMs: number,
  ): KeptPacket[] | null {
    const { keyFrom } = this;
    const last = this.#last?.sequence;
    if (keyFrom === undefined || last === undefined || nowMs - this.keyAtMs > limits.ageMsMax) return null;
    if (last - keyFrom >= limits.packetsMax) return null;
    const found: KeptPacket[] = [];
    for (let sequence = keyFrom; sequence <= last; sequence += 1) {
      const kept = this.ring.get(sequence);
      if (kept === undefined) return null;
      found.push(kept);
    }
    return found;
  }

  #begin(ssrc: number, sequence: number, timestamp: number, nowMs: number): SourceReception {
    const reception = new SourceReception(ssrc, sequence, this.clock);
    this.reception = reception;
    if (this.#last === undefined) {
      // Far above zero, so that what comes late stays above it.
      this.#sequenceOffset = 65_536 - sequence;
      this.#timestampOffset = 0;
    } else {
      const passed = Math.round(((nowMs - this.#last.atMs) * this.clock) / 1_000) + this.clock / 100;
      this.#sequenceOffset = this.#last.sequence + 1 - sequence;
      this.#timestampOffset = (this.#last.timestamp + passed - timestamp) | 0;
    }
    return reception;
  }
}

const NO_PICTURE = { key: false, bidirectional: false };
