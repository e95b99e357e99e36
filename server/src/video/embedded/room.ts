import type { RoomVideo, VideoState } from '../engine.ts';
import { HlsMaker, type HlsPiece } from './hls-maker.ts';
import type { Peer } from './peer.ts';
import { isRtcp, readControls, writeNack, writePli, writeReceiverReport, writeRemb } from './rtcp.ts';
import { Stream } from './stream.ts';
import type { Moment } from './timeline.ts';
import { reportFor, type Viewer, type ViewerRoom } from './viewer.ts';

const KEY_EVERY_MS = 500;
const REPORT_EVERY_MS = 1_000;
/** So many times what it may send, for so many reports: a publisher that does is sent away. OBS knows no cap by itself. */
const FLOOD_FACTOR = 5;
const FLOOD_REPORTS = 5;
/** Nothing came from the publisher for so long: it is away. */
const SILENT_MS = 3_000;
/** A viewer that is sent something says so every few seconds; one that says nothing is gone. */
const VIEWER_SILENT_MS = 20_000;

export interface RoomRules {
  /** How long the video of a publisher that went away is waited for. */
  readonly graceMs: number;
  /** What a publisher may send. */
  readonly bitsPerSecondMax: number;
}

export interface Tally {
  packetsIn: number;
  packetsOut: number;
  bytesOut: number;
  retransmitted: number;
  keyframesAsked: number;
}

export interface RoomEvents {
  changed(video: RoomVideo): void;
  /** A viewer was silent for too long or cannot show what comes. */
  expel(session: string): void;
  /** A piece of the room's HLS; `null` = there is no more, as what is sent now is not in H264. */
  hls(piece: HlsPiece | null): void;
}

interface Publisher {
  readonly session: string;
  readonly peer: Peer;
  /** Codec by payload type. */
  readonly codecs: ReadonlyMap<string, ReadonlyMap<number, string>>;
  heardMs: number;
}

/** What browsers play in fragmented MP4; VP8 they do not. */
export const HLS_CODEC = 'H264';

/** The video of one stage: one publisher or none, and everybody who watches. */
export class MediaRoom implements ViewerRoom {
  readonly video = new Stream('video');
  readonly audio = new Stream('audio');
  readonly viewers = new Map<string, Viewer>();
  /** What the publisher reported last of each track. */
  readonly moments = new Map<string, Moment>();
  readonly count: Tally;
  #hls: HlsMaker | undefined;
  readonly #rules: RoomRules;
  readonly #events: RoomEvents;
  readonly #reports = new Map<string, Buffer>();
  #publisher: Publisher | undefined;
  #awaySinceMs = 0;
  #state: VideoState = 'none';
  #bFrames = false;
  #askedKeyMs = Number.NEGATIVE_INFINITY;
  #keyWanted = false;
  #reportedMs = 0;
  #bytesBefore = 0;
  #floodedFor = 0;

  constructor(rules: RoomRules, count: Tally, events: RoomEvents) {
    this.#rules = rules;
    this.count = count;
    this.#events = events;
  }

  get told(): RoomVideo {
    return { state: this.#state, publisher: this.#publisher?.session ?? null, bFrames: this.#bFrames };
  }

  /** Whether a viewer can begin: not between two publishers, when nobody knows yet how the next one encodes. */
  get isWatchable(): boolean {
    return this.#state === 'live' && this.video.codec !== '';
  }

  get hasPublisher(): boolean {
    return this.#publisher !== undefined;
  }

  /** Takes a publisher instead of the one before, whose session is returned. */
  publish(publisher: Omit<Publisher, 'heardMs'>, nowMs: number): string | undefined {
    const before = this.#publisher?.session;
    this.#publisher = { ...publisher, heardMs: nowMs };
    this.#bFrames = false;
    this.#askedKeyMs = Number.NEGATIVE_INFINITY;
    this.video.changeSource('');
    this.audio.changeSource('OPUS');
    this.#reports.clear();
    this.moments.clear();
    this.#hls?.changeSource();
    for (const viewer of this.viewers.values()) viewer.restart();
    if (this.#state !== 'none') this.#events.changed(this.told);
    return before;
  }

  /** The publisher's session ended. */
  publisherGone(session: string, nowMs: number): void {
    if (this.#publisher?.session !== session) return;
    this.#publisher = undefined;
    // It never sent a picture: nobody has anything to wait for.
    if (this.#state === 'none') return;
    if (this.#state === 'live') this.#awaySinceMs = nowMs;
    this.#tell('reconnecting');
  }

  /** A packet of a publisher; one that was replaced is not heard any more. */
  fromPublisher(session: string, kind: string, packet: Buffer, nowMs: number): void {
    const publisher = this.#publisher;
    if (publisher?.session !== session) return;
    if (isRtcp(packet)) {
      this.#hearReports(kind, packet, nowMs);
      return;
    }
    this.count.packetsIn += 1;
    publisher.heardMs = nowMs;
    if (kind === 'audio') {
      const kept = this.audio.take(packet, nowMs);
      if (kept !== null) for (const viewer of this.viewers.values()) viewer.sendAudio(kept);
      return;
    }
    const codec = publisher.codecs.get(kind)?.get((packet[1] ?? 0) & 0x7f);
    if (codec === undefined) return;
    if (codec !== this.video.codec) this.#changeCodec(codec);
    const kept = this.video.take(packet, nowMs);
    if (kept === null) return;
    if (kept.bidirectional && !this.#bFrames) {
      this.#bFrames = true;
      this.#events.changed(this.told);
    }
    for (const viewer of this.viewers.values()) viewer.sendVideo(kept);
    this.#hls?.work(nowMs);
    if (this.#state !== 'live' && this.video.keyFrom !== undefined) this.#tell('live');
  }

  join(session: string, viewer: Viewer): void {
    this.viewers.set(session, viewer);
  }

  /** A viewer can be sent this kind now. */
  opened(session: string, kind: 'audio' | 'video', nowMs: number): void {
    const viewer = this.viewers.get(session);
    if (viewer === undefined) return;
    viewer.open(kind, nowMs);
    const report = this.#reports.get(kind);
    if (report !== undefined) viewer.sendReport(kind, report);
  }

  /** Whether its HLS is made. */
  makeHls(wanted: boolean): void {
    if (!wanted) this.#hls = undefined;
    else this.#hls ??= new HlsMaker(this, (piece) => this.#events.hls(piece));
  }

  askKey(): void {
    this.#keyWanted = true;
    this.#askNow(performance.now());
  }

  /** What is due, some times a second. */
  tick(nowMs: number): void {
    this.#hls?.work(nowMs);
    const publisher = this.#publisher;
    if (publisher !== undefined) {
      if (this.video.reception !== undefined && this.video.keyFrom === undefined) this.#keyWanted = true;
      this.#askMissing(publisher, nowMs);
      this.#askNow(nowMs);
      if (nowMs - this.#reportedMs >= REPORT_EVERY_MS) {
        if (this.#floods(nowMs - this.#reportedMs)) {
          this.#events.expel(publisher.session);
          return;
        }
        this.#reportedMs = nowMs;
        this.#report(publisher, nowMs);
        this.#expelSilent(nowMs);
      }
      if (this.#state === 'live' && nowMs - publisher.heardMs > SILENT_MS) {
        this.#awaySinceMs = nowMs;
        this.#tell('reconnecting');
      }
    }
    if (this.#state === 'reconnecting' && nowMs - this.#awaySinceMs > this.#rules.graceMs)
      this.#tell('ended');
  }

  #hearReports(kind: string, packet: Buffer, nowMs: number): void {
    const stream = kind === 'video' ? this.video : this.audio;
    for (const control of readControls(packet)) {
      if (control.kind !== 'sender' || control.ssrc !== stream.reception?.source) continue;
      stream.reception.noteSenderReport(control.ntp, nowMs);
      this.moments.set(kind, {
        ntp: control.ntp,
        timestamp: stream.timestampForViewers(control.timestamp),
      });
      const report = reportFor(stream, control);
      this.#reports.set(kind, report);
      for (const viewer of this.viewers.values()) viewer.sendReport(stream.kind, report);
    }
  }

  #changeCodec(codec: string): void {
    this.video.changeSource(codec);
    this.#hls?.changeSource();
    if (this.#hls !== undefined && codec !== HLS_CODEC) {
      this.#hls = undefined;
      this.#events.hls(null);
    }
    for (const [session, viewer] of this.viewers) {
      if (!viewer.knows(codec)) this.#events.expel(session);
    }
  }

  #askMissing({ peer }: Publisher, nowMs: number): void {
    for (const stream of [this.video, this.audio]) {
      const { reception } = stream;
      if (reception === undefined) continue;
      const { sequences, gaveUp } = reception.requests(nowMs);
      if (sequences.length > 0) peer.send(stream.kind, writeNack(reception.source, sequences));
      if (gaveUp && stream === this.video) this.#keyWanted = true;
    }
  }

  /** At most two key pictures a second, however many ask. */
  #askNow(nowMs: number): void {
    const source = this.video.reception?.source;
    if (!this.#keyWanted || source === undefined || nowMs - this.#askedKeyMs < KEY_EVERY_MS) return;
    this.#keyWanted = false;
    this.#askedKeyMs = nowMs;
    this.count.keyframesAsked += 1;
    this.#publisher?.peer.send('video', writePli(source));
  }

  #report({ peer }: Publisher, nowMs: number): void {
    for (const { kind, reception } of [this.video, this.audio]) {
      if (reception === undefined) continue;
      peer.send(kind, writeReceiverReport(reception.report(nowMs)));
      if (kind === 'video') peer.send(kind, writeRemb(reception.source, this.#rules.bitsPerSecondMax));
    }
  }

  /** Whether far more comes than was allowed, for some seconds. */
  #floods(passedMs: number): boolean {
    const bytes = this.video.bytes + this.audio.bytes;
    const bitsPerSecond = ((bytes - this.#bytesBefore) * 8_000) / passedMs;
    this.#bytesBefore = bytes;
    this.#floodedFor = bitsPerSecond > this.#rules.bitsPerSecondMax * FLOOD_FACTOR ? this.#floodedFor + 1 : 0;
    return this.#floodedFor >= FLOOD_REPORTS;
  }

  #expelSilent(nowMs: number): void {
    for (const [session, viewer] of this.viewers) {
      if (this.#state !== 'live') viewer.heardMs = nowMs;
      else if (nowMs - viewer.heardMs > VIEWER_SILENT_MS) this.#events.expel(session);
    }
  }

  #tell(state: VideoState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#events.changed(this.told);
  }
}
