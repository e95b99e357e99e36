import { createSocket } from 'node:dgram';
import { Audio, cleanup, PeerConnection, type Track, Video } from 'node-datachannel';
import {
  isRtcp,
  readControls,
  writeNack,
  writePli,
  writeReceiverReport,
  writeSenderReport,
} from '../../src/video/embedded/rtcp.ts';
import { readRtp } from '../../src/video/embedded/rtp.ts';
import { type AccessUnit, type PictureSize, PictureWriter } from './pictures.ts';

/** Gives an offer to a server and brings its answer. */
export type Negotiate = (offer: string) => Promise<string>;

const FRAGMENT_BYTES = 1_100;
const PICTURE_MS = 33;
/** 20 ms of silence in Opus. */
const SILENCE = Buffer.from([0xf8, 0xff, 0xfe]);

export interface PublisherOptions {
  readonly size?: PictureSize;
  /** Pictures from one key picture to the next. */
  readonly keyEvery?: number;
  /** Blocks that each other picture renews; 384 bytes each. */
  readonly renewed?: number;
  /** Which packets are lost on their way, counted from 0. */
  readonly loses?: (count: number) => boolean;
}

/**
 * Publishes as OBS does, with the library that OBS links and the same offer: Opus 111, one H264 payload type 96, no
 * retransmission stream, no candidates afterwards. Like OBS it answers NACK and ignores requests for key pictures.
 */
export class PublisherPeer {
  keysAsked = 0;
  nacksHeard = 0;
  packetsSent = 0;
  state = 'new';
  readonly #connection: PeerConnection;
  readonly #video: Track;
  readonly #audio: Track;
  readonly #options: PublisherOptions;
  readonly #pictures: PictureWriter;
  readonly #history = new Map<number, Buffer>();
  #sequence = Math.floor(Math.random() * 65_536);
  #audioSequence = 0;
  #picture = 0;
  #beating: NodeJS.Timeout | undefined;
  readonly #ssrc = 1 + Math.floor(Math.random() * 1_000_000);
  readonly #timestampFrom = Math.floor(Math.random() * 2 ** 31);

  private constructor(options: PublisherOptions) {
    this.#options = options;
    this.#pictures = new PictureWriter(options.size ?? { across: 10, down: 6 });
    this.#connection = connection();
    const audio = new Audio('0', 'SendOnly');
    audio.addOpusCodec(111);
    audio.addSSRC(this.#ssrc + 1, 'obs', 'obs', 'audio');
    const video = new Video('1', 'SendOnly');
    video.addH264Codec(96, 'profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1');
    video.addSSRC(this.#ssrc, 'obs', 'obs', 'video');
    this.#audio = this.#connection.addTrack(audio);
    this.#video = this.#connection.addTrack(video);
    this.#video.onMessage((packet) => this.#hear(packet));
    this.#audio.onMessage(() => {});
    this.#connection.onStateChange((state) => {
      this.state = state;
    });
  }

  /** Connects and sends until closed. */
  static async publish(negotiate: Negotiate, options: PublisherOptions = {}): Promise<PublisherPeer> {
    const peer = new PublisherPeer(options);
    await negotiated(peer.#connection, negotiate).catch((error: unknown) => {
      peer.close();
      throw error;
    });
    let opened = false;
    peer.#beating = setInterval(() => {
      opened ||= peer.#video.isOpen();
      if (opened && peer.#video.isOpen()) peer.#beat();
    }, PICTURE_MS);
    return peer;
  }

  /** Sends one picture that an encoder with B-frames would. */
  sendBidirectional(): void {
    this.#sendPicture(this.#pictures.bidirectional());
  }

  /** Sends no more, and stays connected. */
  pause(): void {
    clearInterval(this.#beating);
  }

  close(): void {
    clearInterval(this.#beating);
    this.#connection.close();
  }

  #beat(): void {
    const { keyEvery = 30, renewed = 1 } = this.#options;
    const brightness = 40 + ((this.#picture * 7) % 180);
    const isKey = this.#picture % keyEvery === 0;
    this.#sendPicture(isKey ? this.#pictures.key(brightness) : this.#pictures.next(brightness, renewed));
    this.#sendSound();
    if (this.#picture % 30 === 1) this.#sendReports();
  }

  #sendPicture(units: AccessUnit): void {
    const timestamp = this.#timestamp(90_000);
    this.#picture += 1;
    const payloads = units.flatMap(fragments);
    payloads.forEach((payload, index) => {
      const last = index === payloads.length - 1;
      const packet = rtp(96, last, this.#sequence, timestamp, this.#ssrc, payload);
      this.#history.set(this.#sequence, packet);
      this.#history.delete((this.#sequence - 2_000) & 0xffff);
      this.#sequence = (this.#sequence + 1) & 0xffff;
      const lost = this.#options.loses?.(this.packetsSent) ?? false;
      this.packetsSent += 1;
      if (!lost) this.#video.sendMessageBinary(packet);
    });
  }

  #sendSound(): void {
    this.#audioSequence = (this.#audioSequence + 1) & 0xffff;
    this.#audio.sendMessageBinary(
      rtp(111, false, this.#audioSequence, this.#timestamp(48_000), this.#ssrc + 1, SILENCE),
    );
  }

  #sendReports(): void {
    const nowMs = Date.now();
    const ntp =
      (BigInt(Math.floor(nowMs / 1_000) + 2_208_988_800) << 32n) |
      BigInt(Math.floor(((nowMs % 1_000) / 1_000) * 2 ** 32));
    const sent = { ntp, packets: this.packetsSent, bytes: 0 };
    this.#video.sendMessageBinary(
      writeSenderReport(this.#ssrc, { ...sent, timestamp: this.#timestamp(90_000) }),
    );
    this.#audio.sendMessageBinary(
      writeSenderReport(this.#ssrc + 1, { ...sent, timestamp: this.#timestamp(48_000) }),
    );
  }

  #timestamp(clock: number): number {
    return (this.#timestampFrom + Math.round((this.#picture * PICTURE_MS * clock) / 1_000)) >>> 0;
  }

  #hear(packet: Buffer): void {
    for (const control of readControls(packet)) {
      if (control.kind === 'keyframe' && control.source === this.#ssrc) this.keysAsked += 1;
      if (control.kind !== 'nack' || control.source !== this.#ssrc) continue;
      this.nacksHeard += 1;
      for (const sequence of control.sequences) {
        const kept = this.#history.get(sequence);
        if (kept !== undefined) this.#video.sendMessageBinary(kept);
      }
    }
  }
}

/** Ends the library's threads, which would keep the process: after the last peer was closed. */
export function endPeers(): void {
  cleanup();
}

/** A road over which some packets to the viewer are lost. */
export interface LossyRoad {
  readonly dropped: number;
  /** The answer, with this road's address instead of the server's. */
  through(answer: string): string;
  close(): void;
}

/** @param loses which packets of the server are lost, counted from 0 */
export async function lossyRoad(loses: (count: number) => boolean): Promise<LossyRoad> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  let server = 0;
  let viewer = 0;
  let count = 0;
  let dropped = 0;
  socket.on('message', (packet, { port }) => {
    if (port !== server) {
      viewer = port;
      socket.send(packet, server, '127.0.0.1');
      return;
    }
    // STUN and DTLS have their own ways; media begins with 128 to 191.
    const isMedia = (packet[0] ?? 0) >= 128;
    if (isMedia && loses(count++)) dropped += 1;
    else socket.send(packet, viewer, '127.0.0.1');
  });
  return {
    get dropped() {
      return dropped;
    },
    through(answer) {
      return answer.replace(/^(a=candidate:.* UDP \d+ \S+ )(\d+)/m, (_line, start: string, port: string) => {
        server = Number(port);
        return `${start}${socket.address().port}`;
      });
    },
    close: () => void socket.close(),
  };
}

/** What a viewer got, in the order in which it came. */
export interface Got {
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  /** The type of its unit; of what is inside, for a fragment. */
  readonly unit: number;
  readonly atMs: number;
}

export interface ViewerOptions {
  /** Asks for what is missing, as browsers do. */
  readonly asksAgain?: boolean;
  /** Keeps what it got; otherwise it only counts. */
  readonly keeps?: boolean;
}

/** Watches as a browser does, without showing anything. */
export class ViewerPeer {
  readonly video: Got[] = [];
  videoPackets = 0;
  audioPackets = 0;
  bytes = 0;
  lost = 0;
  repeated = 0;
  reports = 0;
  state = 'new';
  openedMs: number | undefined;
  firstMs: number | undefined;
  #source = 0;
  #newest: number | undefined;
  readonly #connection: PeerConnection;
  readonly #track: Track;
  readonly #sound: Track;
  readonly #keeps: boolean;
  readonly #asksAgain: boolean;
  readonly #missing = new Set<number>();
  readonly #beating: NodeJS.Timeout;

  private constructor({ keeps = true, asksAgain = false }: ViewerOptions) {
    this.#keeps = keeps;
    this.#asksAgain = asksAgain;
    this.#connection = connection();
    const audio = new Audio('a', 'RecvOnly');
    audio.addOpusCodec(109);
    const video = new Video('v', 'RecvOnly');
    video.addVP8Codec(120);
    video.addH264Codec(126, 'profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1');
    this.#sound = this.#connection.addTrack(audio);
    this.#track = this.#connection.addTrack(video);
    this.#track.onOpen(() => {
      this.openedMs = performance.now();
    });
    this.#track.onMessage((packet) => this.#take(packet));
    this.#sound.onMessage((packet) => {
      if (!isRtcp(packet)) this.audioPackets += 1;
    });
    this.#connection.onStateChange((state) => {
      this.state = state;
    });
    // As browsers do, it says every second that it is there.
    this.#beating = setInterval(() => this.#report(), 1_000);
  }

  static async watch(negotiate: Negotiate, options: ViewerOptions = {}): Promise<ViewerPeer> {
    const peer = new ViewerPeer(options);
    await negotiated(peer.#connection, negotiate).catch((error: unknown) => {
      peer.close();
      throw error;
    });
    return peer;
  }

  askAgain(sequences: readonly number[]): void {
    this.#track.sendMessageBinary(writeNack(this.#source, sequences));
  }

  askKey(): void {
    this.#track.sendMessageBinary(writePli(this.#source));
  }

  close(): void {
    clearInterval(this.#beating);
    this.#connection.close();
  }

  #take(packet: Buffer): void {
    if (isRtcp(packet)) {
      this.reports += readControls(packet).filter(({ kind }) => kind === 'sender').length;
      return;
    }
    const header = readRtp(packet);
    if (header === null) return;
    this.firstMs ??= performance.now();
    this.#source = header.ssrc;
    this.videoPackets += 1;
    this.bytes += packet.length;
    const ahead = this.#newest === undefined ? 1 : ((header.sequence - this.#newest) << 16) >> 16;
    if (ahead > 1) this.lost += ahead - 1;
    for (let gone = 1; gone < ahead; gone += 1) this.#missing.add((header.sequence - gone) & 0xffff);
    this.#missing.delete(header.sequence);
    if (this.#asksAgain && this.#missing.size > 0 && this.videoPackets % 5 === 0)
      this.askAgain([...this.#missing]);
    if (ahead <= 0) this.repeated += 1;
    else this.#newest = header.sequence;
    if (!this.#keeps) return;
    const { sequence, timestamp, ssrc, payloadAt } = header;
    const type = (packet[payloadAt] ?? 0) & 0x1f;
    const unit = type === 28 ? (packet[payloadAt + 1] ?? 0) & 0x1f : type;
    this.video.push({ sequence, timestamp, ssrc, unit, atMs: performance.now() });
  }

  #report(): void {
    if (!this.#track.isOpen() || this.#source === 0) return;
    try {
      this.#track.sendMessageBinary(receiverReport(this.#source));
    } catch {
      // It closed meanwhile.
    }
  }
}

/** The report that a receiver sends, with nothing lost. */
function receiverReport(source: number): Buffer {
  return writeReceiverReport({
    source,
    lostShare: 0,
    lostTotal: 0,
    highestSequence: 0,
    jitter: 0,
    lastReport: 0,
    sinceLastReport: 0,
  });
}

function connection(): PeerConnection {
  return new PeerConnection('peer', {
    iceServers: [],
    bindAddress: '127.0.0.1',
    disableAutoNegotiation: true,
  });
}

async function negotiated(peer: PeerConnection, negotiate: Negotiate): Promise<void> {
  const gathered = new Promise<void>((resolve) => {
    peer.onGatheringStateChange((state) => {
      if (state === 'complete') resolve();
    });
  });
  peer.setLocalDescription('offer');
  await gathered;
  peer.setRemoteDescription(await negotiate(peer.localDescription()?.sdp ?? ''), 'answer');
}

/** Single units, and FU-A where one is too large (RFC 6184). */
export function fragments(unit: Buffer): Buffer[] {
  if (unit.length <= FRAGMENT_BYTES) return [unit];
  const head = unit[0] ?? 0;
  const parts: Buffer[] = [];
  for (let at = 1; at < unit.length; at += FRAGMENT_BYTES) {
    const part = unit.subarray(at, at + FRAGMENT_BYTES);
    const edge = (at === 1 ? 0x80 : 0) | (at + FRAGMENT_BYTES >= unit.length ? 0x40 : 0);
    parts.push(Buffer.concat([Buffer.from([(head & 0xe0) | 28, edge | (head & 0x1f)]), part]));
  }
  return parts;
}

export function rtp(
  type: number,
  marker: boolean,
  sequence: number,
  timestamp: number,
  ssrc: number,
  payload: Buffer,
): Buffer {
  const packet = Buffer.alloc(12 + payload.length);
  packet.writeUInt8(0x80, 0);
  packet.writeUInt8((marker ? 0x80 : 0) | type, 1);
  packet.writeUInt16BE(sequence, 2);
  packet.writeUInt32BE(timestamp, 4);
  packet.writeUInt32BE(ssrc, 8);
  payload.copy(packet, 12);
  return packet;
}
