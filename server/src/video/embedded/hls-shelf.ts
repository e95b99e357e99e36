import { randomBytes } from 'node:crypto';
import type { HlsShelf, PlaylistPosition } from '../engine.ts';
import { type HlsPiece, PART_SECONDS, SEGMENT_SECONDS } from './hls-maker.ts';

/** Segments in the playlist, and those kept beyond for whoever is slow to fetch them. */
const LISTED = 6;
const KEPT = 9;
/** Parts are listed of so many segments that ended; the others are listed whole. */
const WITH_PARTS = 2;
const BYTES_MAX = 24 * 1_024 * 1_024;
const WAIT_MS = 6_000;
const HOLD_BACK_SECONDS = PART_SECONDS * 3 + 0.05;
/** What is told where one cannot know. */
const BITS_PER_SECOND = 3_000_000;

interface Part {
  readonly bytes: Buffer;
  readonly seconds: number;
  readonly independent: boolean;
}

interface Segment {
  readonly number: number;
  readonly init: number;
  /** It does not join the one before. */
  readonly begins: boolean;
  readonly parts: Part[];
  bytes: number;
}

/** The last seconds of a stage as HLS (RFC 8216bis), in memory: playlists, and what they name. */
export class Shelf implements HlsShelf {
  /** In every name, so that nobody takes what was kept of another shelf. */
  readonly #tag = randomBytes(4).toString('hex');
  readonly #inits = new Map<number, Buffer>();
  readonly #segments: Segment[] = [];
  readonly #waiting = new Set<() => void>();
  #about: { codecs: string; width: number; height: number } | undefined;
  #init = 0;
  #begins = false;
  #bytes = 0;
  #segmentCount = 0;
  /** Breaks in segments that are gone. */
  #breaksBefore = 0;
  #closed = false;

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Takes the next piece. */
  put(piece: HlsPiece): void {
    if (piece.kind === 'begin') {
      // Nothing came of the one before.
      if (this.#segments.at(-1)?.init !== this.#init) this.#inits.delete(this.#init);
      this.#init += 1;
      this.#begins = this.#segmentCount > 0;
      this.#inits.set(this.#init, Buffer.from(piece.init));
      this.#about = piece;
      return;
    }
    // Left over from what was made before.
    if (this.#init === 0) return;
    const newest = this.#segments.at(-1);
    const segment =
      newest === undefined || piece.beginsSegment || newest.init !== this.#init ? this.#begin() : newest;
    segment.parts.push({ ...piece, bytes: Buffer.from(piece.bytes) });
    segment.bytes += piece.bytes.length;
    this.#bytes += piece.bytes.length;
    while (this.#segments.length > KEPT || (this.#bytes > BYTES_MAX && this.#segments.length > 1))
      this.#dropOldest();
    this.#wake();
  }

  /** There is no more; whoever waits is told so. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  async master(viewer: string): Promise<string | null> {
    await this.#until(() => this.#segments.length > 1);
    const about = this.#about;
    if (this.#closed || about === undefined || this.#segments.length < 2) return null;
    return lines([
      '#EXTM3U',
      '#EXT-X-VERSION:9',
      `#EXT-X-STREAM-INF:BANDWIDTH=${BITS_PER_SECOND},CODECS="${about.codecs}",RESOLUTION=${about.width}x${about.height}`,
      `live.m3u8?viewer=${viewer}`,
    ]);
  }

  async playlist(position: PlaylistPosition | null): Promise<string | null> {
    if (position !== null) {
      // What lies so far ahead will not come while somebody waits.
      if (position.segment > this.#segmentCount + 1) return null;
      await this.#until(() => this.#has(position));
    }
    return this.#closed ? null : this.#text();
  }

  piece(name: string): Buffer | undefined {
    const [, tag, kind, first = '', second] = NAME.exec(name) ?? [];
    if (tag !== this.#tag) return undefined;
    const number = Number(first);
    if (kind === 'i') return this.#inits.get(number);
    const segment = this.#segments.find((one) => one.number === number);
    if (kind !== 's' || segment === undefined) return undefined;
    if (second !== undefined) return segment.parts[Number(second)]?.bytes;
    return segment === this.#segments.at(-1)
      ? undefined
      : Buffer.concat(segment.parts.map(({ bytes }) => bytes));
  }

  #begin(): Segment {
    const segment = {
      number: this.#segmentCount,
      init: this.#init,
      begins: this.#begins,
      parts: [],
      bytes: 0,
    };
    this.#segmentCount += 1;
    this.#begins = false;
    this.#segments.push(segment);
    return segment;
  }

  #dropOldest(): void {
    const gone = this.#segments.shift();
    if (gone === undefined) return;
    this.#bytes -= gone.bytes;
    if (gone.begins) this.#breaksBefore += 1;
    if (this.#segments[0]?.init !== gone.init) this.#inits.delete(gone.init);
  }

  /** Whether the playlist has this part by now; without a part, this whole segment. */
  #has({ segment, part }: PlaylistPosition): boolean {
    const newest = this.#segments.at(-1);
    if (newest === undefined || newest.number < segment) return false;
    return newest.number > segment || (part !== null && newest.parts.length > part);
  }

  #text(): string {
    const ended = this.#segments.slice(0, -1);
    const unlisted = Math.max(0, ended.length - LISTED);
    const listed = this.#segments.slice(unlisted);
    const breaks = this.#segments.slice(0, unlisted).filter(({ begins }) => begins).length;
    const text = [
      '#EXTM3U',
      '#EXT-X-VERSION:9',
      `#EXT-X-TARGETDURATION:${SEGMENT_SECONDS}`,
      `#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=${HOLD_BACK_SECONDS.toFixed(2)}`,
      `#EXT-X-PART-INF:PART-TARGET=${PART_SECONDS}`,
      `#EXT-X-MEDIA-SEQUENCE:${listed[0]?.number ?? 0}`,
      `#EXT-X-DISCONTINUITY-SEQUENCE:${this.#breaksBefore + breaks}`,
    ];
    let init: number | undefined;
    listed.forEach((segment, index) => {
      const { number, parts } = segment;
      if (segment.begins) text.push('#EXT-X-DISCONTINUITY');
      if (segment.init !== init) text.push(`#EXT-X-MAP:URI="${this.#tag}-i${segment.init}.mp4"`);
      init = segment.init;
      if (index >= listed.length - 1 - WITH_PARTS) {
        parts.forEach(({ seconds, independent }, part) => {
          const start = independent ? ',INDEPENDENT=YES' : '';
          text.push(
            `#EXT-X-PART:DURATION=${seconds.toFixed(5)},URI="${this.#tag}-s${number}-${part}.m4s"${start}`,
          );
        });
      }
      if (index === listed.length - 1) return;
      const seconds = parts.reduce((sum, part) => sum + part.seconds, 0);
      text.push(`#EXTINF:${seconds.toFixed(5)},`, `${this.#tag}-s${number}.m4s`);
    });
    return lines(text);
  }

  /** Resolves when it is so, when there is no more, or when it takes too long. */
  #until(isSo: () => boolean): Promise<void> {
    if (this.#closed || isSo()) return Promise.resolve();
    return new Promise((resolve) => {
      const look = () => {
        if (!this.#closed && !isSo()) return;
        done();
      };
      const done = () => {
        clearTimeout(overdue);
        this.#waiting.delete(look);
        resolve();
      };
      const overdue = setTimeout(done, WAIT_MS);
      this.#waiting.add(look);
    });
  }

  #wake(): void {
    for (const look of [...this.#waiting]) look();
  }
}

const NAME = /^([0-9a-f]{8})-(i|s)(\d{1,9})(?:-(\d{1,4}))?\.(?:mp4|m4s)$/;

function lines(text: readonly string[]): string {
  return `${text.join('\n')}\n`;
}
