import { type H264Parameters, readParameters, UNIT, UnitReader, unitType } from './h264.ts';
import { pictureBytes, type Sample, VIDEO_CLOCK, writeFragment, writeInit } from './mp4.ts';
import { OPUS_CLOCK, opusTicks, SILENCE, SILENCE_TICKS } from './opus.ts';
import { type OrderedPicture, PictureOrder } from './picture-order.ts';
import { RTP_HEADER_BYTES, ticksBetween } from './rtp.ts';
import type { Stream } from './stream.ts';
import { type Moment, soundAt } from './timeline.ts';

/** What is made of a stage for HLS, piece by piece. */
export type HlsPiece =
  | {
      /** What follows has these parameters and does not join what came before. */
      readonly kind: 'begin';
      readonly init: Buffer;
      readonly codecs: string;
      readonly width: number;
      readonly height: number;
    }
  | {
      readonly kind: 'part';
      readonly bytes: Buffer;
      readonly seconds: number;
      /** It can be shown without those before. */
      readonly independent: boolean;
      readonly beginsSegment: boolean;
    };

/** What the pieces are made from. */
export interface HlsSource {
  readonly video: Stream;
  readonly audio: Stream;
  /** What the publisher reported last of each track, in timestamps as viewers know them. */
  readonly moments: ReadonlyMap<string, Moment>;
  askKey(): void;
}

/** The longest part, and the segments that parts are put together to, in seconds. */
export const PART_SECONDS = 0.35;
export const SEGMENT_SECONDS = 2;

const PART_TICKS = PART_SECONDS * VIDEO_CLOCK;
/** A segment ends with the first key picture after so much. */
const SEGMENT_LEAST_TICKS = 1.2 * VIDEO_CLOCK;
/** From then on a key picture is asked for. */
const SEGMENT_ASK_TICKS = 1.7 * VIDEO_CLOCK;
/** It ends then even without one; rounded, it must be what is promised. */
const SEGMENT_MOST_TICKS = 2.45 * VIDEO_CLOCK;
/** Whoever comes first begins with a key picture that is this young. */
const KEY_AGE_MS = 3_000;
/** Nothing came for so long: what comes then does not join. */
const GAP_TICKS = 1.5 * VIDEO_CLOCK;
/** A packet that is missed is waited for so long; it was asked for again some times by then. */
const MISSED_MS = 400;
/** A publisher's sound often begins a moment after its picture. */
const SOUND_WAIT_MS = 700;
/** Sound that is later than the picture by more is filled with silence: players wait for both. */
const SOUND_LATE_TICKS = 0.6 * OPUS_CLOCK;
/** Sound that came out of order is waited for while so many packets came after it. */
const SOUND_LATER_PACKETS = 8;
/** Picture and sound that have moved apart by so much are put together anew. */
const APART_TICKS = 0.15 * OPUS_CLOCK;
const PICTURE_BYTES_MAX = 4 * 1_024 * 1_024;
/** Parts and segments end with so much however short they are: a publisher's clock may stand still. */
const PART_BYTES_MAX = 4 * 1_024 * 1_024;
const SEGMENT_BYTES_MAX = 16 * 1_024 * 1_024;

/** A stretch whose pictures have the same parameters and whose times hang together. */
interface Run {
  readonly parameters: H264Parameters;
  readonly withSound: boolean;
  /** The time, in ticks that do not begin again, of the first picture, and where that is in the file. */
  readonly zero: number;
  readonly base: number;
}

/** Makes fragmented MP4 of a stage's H264 and Opus, without decoding anything. */
export class HlsMaker {
  readonly #source: HlsSource;
  readonly #hear: (piece: HlsPiece) => void;
  readonly #reader = new UnitReader();
  readonly #order = new PictureOrder();
  #next: number | undefined;
  /** Key pictures before this packet are of no use any more. */
  #notBefore = 0;
  #missedSinceMs: number | undefined;
  /** Since when a publisher's sound is waited for. */
  #waitsSinceMs: number | undefined;
  #timestamp: number | undefined;
  #pictureBytes = 0;
  /** The last timestamp, and the same without beginning again. */
  #clock = { timestamp: 0, time: 0 };
  #sequence: Buffer | undefined;
  #picture: Buffer | undefined;
  #run: Run | undefined;
  #beginAnew = false;
  /** Waits for the one after it, which says how long it is shown. */
  #pending: OrderedPicture | undefined;
  #pictures: Sample[] = [];
  #partFrom = 0;
  #partTicks = 0;
  #segmentTicks = Number.POSITIVE_INFINITY;
  #partBytes = 0;
  #segmentBytes = 0;
  #beginsSegment = true;
  #end = 0;
  #soundNext: number | undefined;
  /** A timestamp of the sound, and where that is in the file; moves on, as timestamps begin again after a day. */
  #soundClock = { timestamp: 0, time: 0 };
  #soundEnd = 0;
  #fragments = 0;

  constructor(source: HlsSource, hear: (piece: HlsPiece) => void) {
    this.#source = source;
    this.#hear = hear;
  }

  /** Takes what came meanwhile. Called after each packet of the picture and some times a second. */
  work(nowMs: number): void {
    const { video } = this.#source;
    if (video.codec !== 'H264') return;
    if (this.#next === undefined && !this.#begin(nowMs)) return;
    while (this.#next !== undefined && this.#next <= video.newest) {
      const kept = video.ring.get(this.#next);
      if (kept === undefined) {
        this.#miss(nowMs);
        return;
      }
      this.#missedSinceMs = undefined;
      this.#next += 1;
      this.#takePacket(kept.packet, kept.timestamp);
    }
  }

  /** Another source sends from now on. */
  changeSource(): void {
    this.#flush();
    this.#run = undefined;
    this.#pending = undefined;
    this.#order.reset();
    this.#sequence = undefined;
    this.#picture = undefined;
    this.#waitsSinceMs = undefined;
    this.#notBefore = this.#source.video.newest + 1;
    this.#forget();
  }

  #begin(nowMs: number): boolean {
    const { video, audio } = this.#source;
    const from = video.keyFrom;
    const isOld = nowMs - video.keyAtMs > KEY_AGE_MS;
    if (from === undefined || from < this.#notBefore || isOld || video.ring.get(from) === undefined) {
      this.#source.askKey();
      return false;
    }
    this.#waitsSinceMs ??= nowMs;
    if (audio.reception === undefined && nowMs - this.#waitsSinceMs < SOUND_WAIT_MS) return false;
    this.#next = from;
    return true;
  }

  #miss(nowMs: number): void {
    this.#missedSinceMs ??= nowMs;
    if (nowMs - this.#missedSinceMs < MISSED_MS) return;
    // What waits is shown until the next key picture.
    this.#notBefore = (this.#next ?? 0) + 1;
    this.#order.clear();
    this.#forget();
    this.#source.askKey();
  }

  #forget(): void {
    this.#next = undefined;
    this.#missedSinceMs = undefined;
    this.#timestamp = undefined;
    this.#pictureBytes = 0;
    this.#reader.end();
  }

  #takePacket(packet: Buffer, timestamp: number): void {
    if (this.#timestamp !== undefined && timestamp !== this.#timestamp) this.#endPicture();
    const payload = packet.subarray(RTP_HEADER_BYTES);
    if (payload.length === 0) return;
    this.#timestamp = timestamp;
    this.#pictureBytes += payload.length;
    if (this.#pictureBytes <= PICTURE_BYTES_MAX) this.#reader.take(payload);
    if (((packet[1] ?? 0) & 0x80) !== 0) this.#endPicture();
  }

  #endPicture(): void {
    const timestamp = this.#timestamp ?? 0;
    this.#timestamp = undefined;
    this.#pictureBytes = 0;
    const units: Buffer[] = [];
    let key = false;
    for (const unit of this.#reader.end()) {
      const type = unitType(unit);
      if (type === UNIT.sequence) this.#sequence = this.#noteParameters(this.#sequence, unit);
      else if (type === UNIT.picture) this.#picture = this.#noteParameters(this.#picture, unit);
      else if (type >= UNIT.slice && type <= UNIT.key) units.push(unit);
      key ||= type === UNIT.key;
    }
    if (units.length === 0) return;
    const time = this.#clock.time + ticksBetween(this.#clock.timestamp, timestamp);
    this.#clock = { timestamp, time };
    const bytes = units.reduce((sum, { length }) => sum + length, 0);
    const ordered = this.#order.take({ time, units, bytes, key });
    if (ordered === null) this.#restart();
    else for (const picture of ordered) this.#takePicture(picture);
  }

  /** Parameters as they are from now on; kept apart from the packet, which may be sent again. */
  #noteParameters(known: Buffer | undefined, unit: Buffer): Buffer {
    if (known?.equals(unit) === true) return known;
    this.#beginAnew = true;
    return Buffer.from(unit);
  }

  #restart(): void {
    this.#flush();
    this.#run = undefined;
    this.#pending = undefined;
    this.#notBefore = this.#source.video.newest;
    this.#forget();
    this.#source.askKey();
  }

  #takePicture(picture: OrderedPicture): void {
    const before = this.#pending;
    const apart = before === undefined ? 0 : picture.decoded - before.decoded;
    if (before !== undefined && (apart <= 0 || apart > GAP_TICKS)) {
      this.#flush();
      this.#run = undefined;
      this.#pending = undefined;
    } else if (before !== undefined) {
      this.#addSample(before, apart);
    }
    const isNew = this.#run === undefined || this.#beginAnew || this.#soundHasMoved(picture);
    if (picture.key && isNew) this.#beginRun(picture);
    if (this.#run === undefined) return;
    this.#pending = picture;
  }

  #beginRun(picture: OrderedPicture): void {
    const parameters =
      this.#sequence === undefined || this.#picture === undefined
        ? null
        : readParameters(this.#sequence, this.#picture);
    this.#flush();
    this.#pending = undefined;
    this.#beginAnew = false;
    this.#run = undefined;
    if (parameters === null) return;
    const sound = this.#sound(picture.time);
    this.#run = { parameters, withSound: sound !== undefined, zero: picture.time, base: this.#end };
    this.#partFrom = this.#end;
    this.#segmentTicks = Number.POSITIVE_INFINITY;
    this.#soundEnd = soundTicks(this.#end);
    this.#soundClock = { timestamp: sound?.timestamp ?? 0, time: this.#soundEnd };
    this.#soundNext = undefined;
    const { codec, width, height } = parameters;
    this.#hear({
      kind: 'begin',
      init: writeInit(parameters, sound !== undefined),
      codecs: sound === undefined ? codec : `${codec},opus`,
      width,
      height,
    });
  }

  /** Whether sound came, went, or is not where it was put any more; looked at where a segment may begin. */
  #soundHasMoved(picture: OrderedPicture): boolean {
    const run = this.#run;
    if (run === undefined || !picture.key || this.#segmentTicks < SEGMENT_LEAST_TICKS) return false;
    const sound = this.#sound(picture.time);
    if ((sound !== undefined) !== run.withSound) return true;
    if (sound?.isReported !== true) return false;
    const { timestamp, time } = this.#soundClock;
    const isAt = time + ticksBetween(timestamp, sound.timestamp);
    return Math.abs(isAt - soundTicks(run.base + picture.time - run.zero)) > APART_TICKS;
  }

  #sound(time: number) {
    const { video, audio, moments } = this.#source;
    const timestamp = (this.#clock.timestamp + (time - this.#clock.time)) >>> 0;
    return soundAt(timestamp, video, audio, moments);
  }

  #addSample(picture: OrderedPicture, duration: number): void {
    const run = this.#run;
    if (run === undefined) return;
    const { bytes } = picture;
    const partEnds = this.#partTicks + duration > PART_TICKS || this.#partBytes + bytes > PART_BYTES_MAX;
    const segmentEnds =
      // The very first segment is one part: players begin when one has ended.
      (partEnds && this.#fragments === 0) ||
      (picture.key && this.#segmentTicks >= SEGMENT_LEAST_TICKS) ||
      this.#segmentTicks + duration > SEGMENT_MOST_TICKS ||
      this.#segmentBytes + bytes > SEGMENT_BYTES_MAX;
    if (segmentEnds || partEnds) this.#flush();
    if (segmentEnds) {
      this.#segmentTicks = 0;
      this.#segmentBytes = 0;
      this.#beginsSegment = true;
    }
    this.#pictures.push({
      bytes: pictureBytes(picture.units),
      duration,
      shownLater: picture.time - picture.decoded,
      key: picture.key,
    });
    this.#partTicks += duration;
    this.#segmentTicks += duration;
    this.#partBytes += bytes;
    this.#segmentBytes += bytes;
    this.#end = this.#partFrom + this.#partTicks;
    if (this.#segmentTicks > SEGMENT_ASK_TICKS) this.#source.askKey();
  }

  /** Ends the part. */
  #flush(): void {
    const run = this.#run;
    if (run === undefined || this.#pictures.length === 0) return;
    this.#fragments += 1;
    const video = { from: this.#partFrom, samples: this.#pictures };
    const audio = run.withSound ? this.#soundUntil(this.#end) : null;
    this.#hear({
      kind: 'part',
      bytes: writeFragment(this.#fragments, video, audio),
      seconds: this.#partTicks / VIDEO_CLOCK,
      independent: this.#pictures[0]?.key === true,
      beginsSegment: this.#beginsSegment,
    });
    this.#beginsSegment = false;
    this.#pictures = [];
    this.#partFrom = this.#end;
    this.#partTicks = 0;
    this.#partBytes = 0;
  }

  /** The sound up to a time of the picture; silence where there is none. */
  #soundUntil(end: number) {
    const { audio } = this.#source;
    const until = soundTicks(end);
    const from = this.#soundEnd;
    const samples: Sample[] = [];
    const add = (bytes: Buffer, duration: number) => {
      samples.push({ bytes, duration, shownLater: 0, key: true });
      this.#soundEnd += duration;
    };
    const fillTo = (time: number) => {
      while (time - this.#soundEnd >= SILENCE_TICKS) add(SILENCE, SILENCE_TICKS);
    };
    this.#soundNext ??= audio.newest - audio.ring.size + 1;
    for (; this.#soundNext <= audio.newest; this.#soundNext += 1) {
      const kept = audio.ring.get(this.#soundNext);
      if (kept === undefined) {
        if (audio.newest - this.#soundNext < SOUND_LATER_PACKETS) break;
        continue;
      }
      const { timestamp } = kept;
      const time = this.#soundClock.time + ticksBetween(this.#soundClock.timestamp, timestamp);
      if (time >= until) break;
      this.#soundClock = { timestamp, time };
      const payload = kept.packet.subarray(RTP_HEADER_BYTES);
      const duration = opusTicks(payload);
      // Less than half of it is left to be heard: it was too late.
      if (duration === 0 || time < this.#soundEnd - duration / 2) continue;
      fillTo(time);
      add(Buffer.from(payload), duration);
    }
    fillTo(until - SOUND_LATE_TICKS);
    return { from, samples };
  }
}

function soundTicks(pictureTicks: number): number {
  return Math.round((pictureTicks * OPUS_CLOCK) / VIDEO_CLOCK);
}
