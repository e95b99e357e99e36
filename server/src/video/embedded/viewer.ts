import type { KeptPacket } from './packet-ring.ts';
import type { Peer } from './peer.ts';
import { readControls, writeSenderReport } from './rtcp.ts';
import { setPayloadType, unwrap } from './rtp.ts';
import type { Stream } from './stream.ts';

/** Pictures that are replayed stand so close that the player goes through them at once: 2 ms. */
const REPLAY_TICKS = 180;
const REPLAY_LIMITS = { packetsMax: 2_000, ageMsMax: 4_500 };
/** Packets that one viewer may be sent again in a second. */
const RESENT_PER_SECOND = 600;

/** What a viewer is to the room. */
export interface ViewerRoom {
  readonly video: Stream;
  readonly audio: Stream;
  /** Asks the publisher for a key picture, not too often. */
  askKey(): void;
  readonly count: { packetsOut: number; bytesOut: number; retransmitted: number };
}

/** Somebody who watches: sends what the room has, again where it was lost. */
export class Viewer {
  readonly peer: Peer;
  /** When it was last heard of. */
  heardMs: number;
  readonly #room: ViewerRoom;
  readonly #types: ReadonlyMap<string, number>;
  #videoOpen = false;
  #audioOpen = false;
  #watching = false;
  #replay: { readonly end: number; readonly picture: number; readonly timestamp: number } | undefined;
  #resent = { left: RESENT_PER_SECOND, atMs: 0 };

  /** @param types payload types that this viewer knows, by codec. */
  constructor(peer: Peer, room: ViewerRoom, types: ReadonlyMap<string, number>, nowMs: number) {
    this.peer = peer;
    this.#room = room;
    this.#types = types;
    this.heardMs = nowMs;
  }

  /** Whether it can show this codec. */
  knows(codec: string): boolean {
    return this.#types.has(codec);
  }

  open(kind: string, nowMs: number): void {
    if (kind === 'audio') {
      this.#audioOpen = true;
      return;
    }
    this.#videoOpen = true;
    this.#begin(nowMs);
  }

  /** The publisher changed: nothing is shown until its first key picture. */
  restart(): void {
    this.#watching = false;
    this.#replay = undefined;
  }

  sendVideo(kept: KeptPacket): void {
    if (!this.#videoOpen) return;
    if (!this.#watching) {
      const { keyFrom } = this.#room.video;
      if (keyFrom === undefined || kept.sequence < keyFrom) return;
      this.#watching = true;
      // The picture may have begun in packets before this one.
      for (let sequence = keyFrom; sequence < kept.sequence; sequence += 1) {
        const before = this.#room.video.ring.get(sequence);
        if (before !== undefined) this.#send('video', before.packet);
      }
    }
    this.#send('video', kept.packet);
  }

  sendAudio(kept: KeptPacket): void {
    if (this.#audioOpen) this.#send('audio', kept.packet);
  }

  sendReport(kind: 'audio' | 'video', report: Buffer): void {
    if (kind === 'audio' ? this.#audioOpen : this.#videoOpen) this.peer.send(kind, report);
  }

  /** Does what the viewer asks. */
  hear(kind: string, control: Buffer, nowMs: number): void {
    this.heardMs = nowMs;
    const stream = kind === 'video' ? this.#room.video : this.#room.audio;
    for (const asked of readControls(control)) {
      // The library hands a compound packet to every track that it names.
      if (!('source' in asked) || asked.source !== stream.ssrc) continue;
      if (asked.kind === 'keyframe') this.#room.askKey();
      if (asked.kind === 'nack') this.#sendAgain(stream, asked.sequences, nowMs);
    }
  }

  #begin(nowMs: number): void {
    const { video } = this.#room;
    const since = video.sinceKey(REPLAY_LIMITS, nowMs);
    const last = since?.at(-1);
    if (since === null || last === undefined) {
      this.#room.askKey();
      return;
    }
    this.#watching = true;
    this.#replay = { end: last.sequence, picture: last.picture, timestamp: last.timestamp };
    for (const kept of since) this.#send('video', this.#replayed(kept));
  }

  /** Of the replay, the packet with its picture's place just before the one that came last. */
  #replayed(kept: KeptPacket): Buffer {
    const replay = this.#replay;
    if (replay === undefined || kept.sequence > replay.end) return kept.packet;
    const packet = Buffer.from(kept.packet);
    packet.writeUInt32BE((replay.timestamp - (replay.picture - kept.picture) * REPLAY_TICKS) >>> 0, 4);
    return packet;
  }

  #sendAgain(stream: Stream, sequences: readonly number[], nowMs: number): void {
    if (nowMs - this.#resent.atMs >= 1_000) this.#resent = { left: RESENT_PER_SECOND, atMs: nowMs };
    for (const sequence of sequences) {
      if (this.#resent.left <= 0) return;
      const kept = stream.ring.get(unwrap(sequence, stream.newest));
      if (kept === undefined) continue;
      this.#resent.left -= 1;
      this.#room.count.retransmitted += 1;
      this.#send(stream.kind, stream.kind === 'video' ? this.#replayed(kept) : kept.packet);
    }
  }

  #send(kind: 'audio' | 'video', packet: Buffer): void {
    const stream = kind === 'video' ? this.#room.video : this.#room.audio;
    const type = this.#types.get(stream.codec);
    if (type === undefined) return;
    setPayloadType(packet, type);
    if (!this.peer.send(kind, packet)) return;
    this.#room.count.packetsOut += 1;
    this.#room.count.bytesOut += packet.length;
  }
}

/** A sender report for viewers, from what the publisher told of its source. */
export function reportFor(
  stream: Stream,
  told: { readonly ntp: bigint; readonly timestamp: number },
): Buffer {
  return writeSenderReport(stream.ssrc, {
    ntp: told.ntp,
    timestamp: stream.timestampForViewers(told.timestamp),
    packets: stream.packets,
    bytes: stream.bytes,
  });
}
