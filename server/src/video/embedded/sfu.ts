import { randomUUID } from 'node:crypto';
import { EngineRefusal, type EngineStats, type Negotiated, type RoomVideo } from '../engine.ts';
import type { HlsPiece } from './hls-maker.ts';
import { type Meeting, Peer } from './peer.ts';
import { HLS_CODEC, MediaRoom, type RoomRules } from './room.ts';
import { isRtcp } from './rtcp.ts';
import {
  audioCodecs,
  type MediaOffer,
  type Offer,
  readOffer,
  type TakenMedia,
  videoCodecs,
  writeAnswer,
} from './sdp.ts';
import { Viewer } from './viewer.ts';

const TICK_MS = 25;
/** A session that has not connected by then never will. */
const CONNECT_MS = 15_000;

export interface SfuOptions extends RoomRules {
  readonly meeting: Meeting;
  /** The addresses that peers are told. */
  readonly announce: readonly string[];
  readonly viewersMax: number;
  readonly publishersMax: number;
}

export interface SfuEvents {
  changed(room: string, video: RoomVideo): void;
  closed(session: string): void;
  /** See `RoomEvents`. */
  hls(room: string, piece: HlsPiece | null): void;
}

interface Session {
  readonly room: string;
  readonly role: 'publisher' | 'viewer';
  /** Undefined while it is being made. */
  peer: Peer | undefined;
  connected: boolean;
  readonly bornMs: number;
}

/** A selective forwarding unit: every stage's publisher in, its viewers out, nothing decoded. */
export class Sfu {
  readonly #options: SfuOptions;
  readonly #events: SfuEvents;
  readonly #rooms = new Map<string, MediaRoom>();
  readonly #sessions = new Map<string, Session>();
  readonly #tally = { packetsIn: 0, packetsOut: 0, bytesOut: 0, retransmitted: 0, keyframesAsked: 0 };
  readonly #ticking: NodeJS.Timeout;

  constructor(options: SfuOptions, events: SfuEvents) {
    this.#options = options;
    this.#events = events;
    this.#ticking = setInterval(() => this.#tick(), TICK_MS);
  }

  /** @throws EngineRefusal */
  async publish(roomId: string, sdp: string): Promise<Negotiated> {
    const offer = readOffer(sdp);
    const taken = this.#take(offer, 'recvonly', (codecs) => codecs.slice(0, 1));
    if (!taken.some(({ offer: media }) => media.kind === 'video')) {
      throw new EngineRefusal(
        'codec_unsupported',
        'The offer has no video in H264 (packetization mode 1) or VP8.',
      );
    }
    if (
      this.#count('publisher') >= this.#options.publishersMax &&
      this.#rooms.get(roomId)?.hasPublisher !== true
    ) {
      throw new EngineRefusal('full', 'No more publishers fit.');
    }
    const session = this.#begin(roomId, 'publisher');
    const peer = await this.#meet(session, offer, taken, new Map(), {
      message: (kind, packet) => {
        this.#rooms.get(roomId)?.fromPublisher(session, kind, packet, performance.now());
      },
      opened: () => {},
    });
    const codecs = new Map(
      taken.map(({ offer: media, codecs: some }) => [
        media.kind,
        new Map(some.map(({ payloadType, name }) => [payloadType, name])),
      ]),
    );
    const replaced = this.#roomOf(roomId).publish({ session, peer, codecs }, performance.now());
    if (replaced !== undefined) this.close(replaced);
    return { session, answer: this.#answer(peer, offer, taken, 'recvonly', new Map()) };
  }

  /** @throws EngineRefusal */
  async play(roomId: string, sdp: string): Promise<Negotiated> {
    const offer = readOffer(sdp);
    const room = this.#rooms.get(roomId);
    if (room === undefined || !room.isWatchable) {
      throw new EngineRefusal('no_video', 'Nobody sends video to this stage now.');
    }
    if (this.#count('viewer') >= this.#options.viewersMax) {
      throw new EngineRefusal('full', 'No more viewers fit.');
    }
    const current = room.video.codec;
    const taken = this.#take(offer, 'sendonly', (codecs) =>
      [...codecs].sort((a, b) => Number(b.name === current) - Number(a.name === current)),
    );
    const known = taken
      .flatMap(({ codecs }) => codecs)
      .map(({ name, payloadType }) => [name, payloadType] as const);
    if (!known.some(([name]) => name === current)) {
      throw new EngineRefusal(
        'codec_unsupported',
        `The video is in ${current}, which the offer does not take.`,
      );
    }
    const sources = new Map([
      ['video', room.video.ssrc],
      ['audio', room.audio.ssrc],
    ]);
    const session = this.#begin(roomId, 'viewer');
    let viewer: Viewer | undefined;
    const peer = await this.#meet(session, offer, taken, sources, {
      message: (kind, packet) => {
        if (isRtcp(packet)) viewer?.hear(kind, packet, performance.now());
      },
      opened: (kind) => room.opened(session, kind === 'audio' ? 'audio' : 'video', performance.now()),
    });
    viewer = new Viewer(peer, room, new Map(known), performance.now());
    room.join(session, viewer);
    return { session, answer: this.#answer(peer, offer, taken, 'sendonly', sources) };
  }

  /**
   * Makes HLS of a room, or no more.
   * @throws EngineRefusal
   */
  makeHls(roomId: string, wanted: boolean): void {
    const room = this.#rooms.get(roomId);
    if (!wanted) {
      room?.makeHls(false);
      return;
    }
    if (room === undefined || !room.isWatchable) {
      throw new EngineRefusal('no_video', 'Nobody sends video to this stage now.');
    }
    if (room.video.codec !== HLS_CODEC) {
      throw new EngineRefusal(
        'codec_unsupported',
        `The video is in ${room.video.codec}, which browsers do not play over HTTP.`,
      );
    }
    room.makeHls(true);
  }

  close(sessionId: string): void {
    const session = this.#sessions.get(sessionId);
    if (session === undefined) return;
    this.#sessions.delete(sessionId);
    const room = this.#rooms.get(session.room);
    room?.viewers.delete(sessionId);
    session.peer?.close();
    this.#events.closed(sessionId);
    if (session.role !== 'publisher' || room === undefined) return;
    room.publisherGone(sessionId, performance.now());
    if (room.told.state === 'none' && !room.hasPublisher) this.#rooms.delete(session.room);
  }

  closeRoom(roomId: string): void {
    this.#rooms.delete(roomId);
    for (const [id, session] of this.#sessions) if (session.room === roomId) this.close(id);
  }

  stats(): EngineStats {
    const { user, system } = process.cpuUsage();
    return {
      rooms: this.#rooms.size,
      publishers: this.#count('publisher'),
      viewers: this.#count('viewer'),
      ...this.#tally,
      processorUs: user + system,
      memoryBytes: process.memoryUsage.rss(),
    };
  }

  stop(): void {
    clearInterval(this.#ticking);
    for (const id of [...this.#sessions.keys()]) this.close(id);
    this.#rooms.clear();
  }

  #take(
    offer: Offer,
    direction: 'sendonly' | 'recvonly',
    choose: (codecs: TakenMedia['codecs']) => TakenMedia['codecs'],
  ): TakenMedia[] {
    const sides = direction === 'recvonly' ? ['sendonly', 'sendrecv'] : ['recvonly', 'sendrecv'];
    const taken: TakenMedia[] = [];
    for (const media of offer.media) {
      const another = taken.some((one) => one.offer.kind === media.kind);
      if (another || !sides.includes(media.direction)) continue;
      const codecs = choose(codecsOf(media));
      if (codecs.length > 0) taken.push({ offer: media, codecs });
    }
    return taken;
  }

  #begin(room: string, role: Session['role']): string {
    const id = randomUUID();
    this.#sessions.set(id, { room, role, peer: undefined, connected: false, bornMs: performance.now() });
    return id;
  }

  async #meet(
    id: string,
    offer: Offer,
    taken: readonly TakenMedia[],
    sources: ReadonlyMap<string, number>,
    hear: { message(kind: string, packet: Buffer): void; opened(kind: string): void },
  ): Promise<Peer> {
    const session = this.#sessions.get(id);
    try {
      const peer = await Peer.meet(this.#options.meeting, offer, taken, sources, {
        ...hear,
        connected: () => {
          if (session !== undefined) session.connected = true;
        },
        gone: () => this.close(id),
      });
      if (session === undefined || !this.#sessions.has(id)) {
        peer.close();
        throw new EngineRefusal('no_video', 'The video of this stage has just ended.');
      }
      session.peer = peer;
      return peer;
    } catch (error) {
      this.close(id);
      throw error;
    }
  }

  #answer(
    peer: Peer,
    offer: Offer,
    taken: readonly TakenMedia[],
    direction: 'sendonly' | 'recvonly',
    sources: ReadonlyMap<string, number>,
  ): string {
    const { announce, meeting } = this.#options;
    return writeAnswer(offer, taken, {
      local: peer.local,
      addresses: announce,
      port: meeting.port,
      direction,
      sources,
    });
  }

  #roomOf(id: string): MediaRoom {
    const known = this.#rooms.get(id);
    if (known !== undefined) return known;
    const room = new MediaRoom(this.#options, this.#tally, {
      changed: (video) => {
        if (this.#rooms.get(id) !== room) return;
        this.#events.changed(id, video);
        if (video.state === 'ended') this.closeRoom(id);
      },
      expel: (session) => this.close(session),
      hls: (piece) => this.#events.hls(id, piece),
    });
    this.#rooms.set(id, room);
    return room;
  }

  #count(role: Session['role']): number {
    let count = 0;
    for (const session of this.#sessions.values()) if (session.role === role) count += 1;
    return count;
  }

  #tick(): void {
    const nowMs = performance.now();
    for (const room of [...this.#rooms.values()]) room.tick(nowMs);
    for (const [id, session] of this.#sessions) {
      if (!session.connected && nowMs - session.bornMs > CONNECT_MS) this.close(id);
    }
  }
}

function codecsOf(media: MediaOffer): TakenMedia['codecs'] {
  if (media.kind === 'video') return videoCodecs(media);
  return media.kind === 'audio' ? audioCodecs(media) : [];
}
