import { Audio, type Direction, PeerConnection, type Track, Video } from 'node-datachannel';
import { EngineRefusal } from '../engine.ts';
import { type LocalEnd, type Offer, readLocalEnd, type TakenMedia, writeOffer } from './sdp.ts';

/** Where peers are met: one UDP port for all of them. */
export interface Meeting {
  readonly port: number;
  /** The local address to bind; packets leave from it, too. */
  readonly bind: string;
}

export interface PeerEvents {
  /** A track can be sent on or received from. */
  opened(kind: string): void;
  message(kind: string, packet: Buffer): void;
  /** The connection is there, or is gone for good. */
  connected(): void;
  gone(): void;
}

const GATHER_MS = 2_000;
let peers = 0;

/**
 * One WebRTC connection. The library frees what nobody refers to, media and all: whoever needs a peer keeps it, and
 * it keeps its connection and its tracks.
 */
export class Peer {
  readonly local: LocalEnd;
  readonly #connection: PeerConnection;
  readonly #tracks: ReadonlyMap<string, Track>;
  #closed = false;

  private constructor(connection: PeerConnection, tracks: ReadonlyMap<string, Track>, local: LocalEnd) {
    this.#connection = connection;
    this.#tracks = tracks;
    this.local = local;
  }

  /**
   * Meets whoever offered. With `sources` it sends, one source per kind; without it receives.
   * @throws EngineRefusal when the library cannot make anything of it.
   */
  static async meet(
    meeting: Meeting,
    offer: Offer,
    taken: readonly TakenMedia[],
    sources: ReadonlyMap<string, number>,
    events: PeerEvents,
  ): Promise<Peer> {
    peers += 1;
    const connection = new PeerConnection(`peer-${peers}`, {
      iceServers: [],
      enableIceUdpMux: true,
      portRangeBegin: meeting.port,
      portRangeEnd: meeting.port,
      ...(meeting.bind === '0.0.0.0' ? {} : { bindAddress: meeting.bind }),
      disableAutoNegotiation: true,
      forceMediaTransport: true,
    });
    const tracks = new Map<string, Track>();
    const take = (kind: string, track: Track) => {
      tracks.set(kind, track);
      track.onOpen(() => events.opened(kind));
      track.onMessage((packet) => events.message(kind, packet));
    };
    try {
      const gathered = new Promise<void>((resolve, reject) => {
        const overdue = setTimeout(() => reject(new Error('no address was found')), GATHER_MS);
        connection.onGatheringStateChange((state) => {
          if (state !== 'complete') return;
          clearTimeout(overdue);
          resolve();
        });
      });
      connection.onStateChange((state) => {
        if (state === 'connected') events.connected();
        if (state === 'disconnected' || state === 'failed' || state === 'closed') events.gone();
      });
      for (const { offer: media, codecs } of taken) {
        const source = sources.get(media.kind);
        if (source !== undefined) take(media.kind, connection.addTrack(sender(media, codecs, source)));
      }
      connection.onTrack((track) => {
        const mid = track.mid();
        const kind = taken.find(({ offer: media }) => media.mid === mid)?.offer.kind;
        if (kind !== undefined && sources.size === 0) take(kind, track);
      });
      connection.setRemoteDescription(writeOffer(offer, taken), 'offer');
      connection.setLocalDescription('answer');
      await gathered;
      return new Peer(connection, tracks, readLocalEnd(connection.localDescription()?.sdp ?? ''));
    } catch (error) {
      connection.close();
      throw new EngineRefusal('sdp_invalid', `The offer cannot be answered: ${(error as Error).message}.`);
    }
  }

  /** Sends a packet; `false` when it could not be. The packet may be changed afterwards. */
  send(kind: string, packet: Buffer): boolean {
    if (this.#closed) return false;
    try {
      return this.#tracks.get(kind)?.sendMessageBinary(packet) ?? false;
    } catch {
      // The library closed the track a moment before it says so.
      return false;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#connection.close();
  }
}

function sender(
  { kind, mid }: TakenMedia['offer'],
  codecs: TakenMedia['codecs'],
  source: number,
): Video | Audio {
  const direction: Direction = 'SendOnly';
  if (kind === 'audio') {
    const audio = new Audio(mid, direction);
    for (const { payloadType } of codecs) audio.addOpusCodec(payloadType);
    audio.addSSRC(source, 'stage', 'stage', kind);
    return audio;
  }
  const video = new Video(mid, direction);
  for (const { payloadType, name } of codecs) {
    if (name === 'VP8') video.addVP8Codec(payloadType);
    else video.addH264Codec(payloadType);
  }
  video.addSSRC(source, 'stage', 'stage', kind);
  return video;
}
