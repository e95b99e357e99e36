import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { inflateRawSync } from 'node:zlib';
import type { Published, Way } from './server.ts';

/** What so many viewers saw. Milliseconds from publishing to reading, over every socket and event. */
export interface Report {
  readonly sockets: number;
  readonly events: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** Socket and event pairs that never arrived. */
  readonly missed: number;
  /** Sockets that the server closed, or that were not told of the last event that any of them was told of. */
  readonly lost: number;
  /** Frames that carried the events, per second. */
  readonly framesPerSecond: number;
  readonly megabitsPerSecond: number;
  /** Processor time of the server, as a share of one core. */
  readonly serverCores: number;
  /** Processor time of the viewers, likewise. */
  readonly viewerCores: number;
}

/** Connections that are opening at once. */
const OPENING = 100;
const FIN_TEXT = 0x81;
const DEFLATED = 0x40;
const PING = 0x89;
const PONG = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);

/**
 * A WebSocket client that does as little as one can: it reads frame headers and notes when each frame was complete.
 * What a frame says is read once for all sockets: the bytes are the same.
 */
class Viewer {
  /** What came, and when: the fingerprint of each frame and the wall clock in milliseconds. */
  readonly frames: number[] = [];
  readonly times: number[] = [];
  bytes = 0;
  isClosed = false;
  #rest: Buffer = Buffer.alloc(0);
  readonly #socket: Socket;
  #joined: (() => void) | undefined;

  #take: (data: Buffer) => void = () => {};

  constructor(port: number) {
    // One buffer for all: a viewer reads at once, and less is left to collect.
    const callback = (length: number, buffer: Uint8Array) => {
      this.#take(Buffer.from(buffer.buffer, buffer.byteOffset, length));
      return true;
    };
    this.#socket = connect({ port, host: '127.0.0.1', onread: { buffer: READ_INTO, callback } });
  }

  /** Takes its ticket, joins the stage and waits for `joined`. */
  enter(way: Way, ticket: string, deflate: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#joined = resolve;
      this.#socket.setNoDelay(true);
      this.#socket.on('error', reject);
      this.#socket.on('close', () => {
        this.isClosed = true;
        reject(new Error('a viewer was turned away or closed'));
      });
      this.#take = (answer) => {
        const end = answer.indexOf('\r\n\r\n');
        if (!answer.toString('latin1', 0, 12).endsWith('101'))
          reject(new Error(answer.toString('latin1', 0, 40)));
        this.#take = (data) => this.#read(data);
        this.#socket.write(maskedText(JSON.stringify({ t: 'join', stage: way.stage })));
        if (answer.length > end + 4) this.#read(answer.subarray(end + 4));
      };
      this.#socket.write(
        [
          `GET /v1/socket?ticket=${ticket} HTTP/1.1`,
          `Host: 127.0.0.1:${way.port}`,
          'Connection: Upgrade',
          'Upgrade: websocket',
          'Sec-WebSocket-Version: 13',
          'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
          ...(deflate ? ['Sec-WebSocket-Extensions: permessage-deflate'] : []),
          '\r\n',
        ].join('\r\n'),
      );
    });
  }

  /** The last event that it was told of. */
  lastSeq(): number {
    const frame = this.frames.findLast((print) => seen.get(print)?.length);
    return frame === undefined ? 0 : (seen.get(frame)?.at(-1) ?? 0);
  }

  leave(): void {
    this.#socket.removeAllListeners('close');
    this.#socket.destroy();
  }

  #read(data: Buffer): void {
    const atMs = performance.timeOrigin + performance.now();
    this.bytes += data.length;
    let buffer = this.#rest.length === 0 ? data : Buffer.concat([this.#rest, data]);
    for (;;) {
      const length = frameLength(buffer);
      if (length === null || buffer.length < length) break;
      this.#frame(buffer.subarray(0, length), atMs);
      buffer = buffer.subarray(length);
    }
    this.#rest = buffer.length === 0 ? EMPTY : Buffer.from(buffer);
  }

  #frame(frame: Buffer, atMs: number): void {
    const kind = frame[0] ?? 0;
    if (kind === PING) this.#socket.write(PONG);
    if ((kind & ~DEFLATED) !== FIN_TEXT) return;
    if (this.#joined !== undefined) {
      const text = textOf(frame);
      if (!text.includes('"t":"joined"')) return;
      this.#joined();
      this.#joined = undefined;
      return;
    }
    const print = fingerprint(frame);
    if (!seen.has(print)) seen.set(print, seqsIn(textOf(frame)));
    this.frames.push(print);
    this.times.push(atMs);
  }
}

const EMPTY = Buffer.alloc(0);
const READ_INTO = Buffer.alloc(64 * 1024);
/** The seqs of the events in each different frame. */
const seen = new Map<number, readonly number[]>();

/** Tells frames apart by their length and eight of their bytes, four of them where the text has its seq. */
function fingerprint(frame: Buffer): number {
  const middle = frame.length >> 1;
  const bytes =
    frame.length < 60 ? 0 : frame.readUInt32LE(38) ^ Math.imul(frame.readUInt32LE(middle), 0x9e3779b1);
  return frame.length * 0x1_0000_0000 + (bytes >>> 0);
}

/** Bytes of the first frame in a buffer, `null` when even its header is not complete. */
function frameLength(buffer: Buffer): number | null {
  if (buffer.length < 2) return null;
  const short = (buffer[1] ?? 0) & 0x7f;
  if (short < 126) return 2 + short;
  if (short === 126) return buffer.length < 4 ? null : 4 + buffer.readUInt16BE(2);
  return buffer.length < 10 ? null : 10 + Number(buffer.readBigUInt64BE(2));
}

function textOf(frame: Buffer): string {
  const short = (frame[1] ?? 0) & 0x7f;
  const payload = frame.subarray(short < 126 ? 2 : short === 126 ? 4 : 10);
  if (((frame[0] ?? 0) & DEFLATED) === 0) return payload.toString();
  return inflateRawSync(Buffer.concat([payload, Buffer.from([0, 0, 0xff, 0xff])]), {
    finishFlush: 2,
  }).toString();
}

interface Numbered {
  readonly seq: number;
}

function seqsIn(text: string): number[] {
  const {
    seq,
    events = [],
    small,
  } = JSON.parse(text) as { seq: number; events?: Numbered[]; small?: object };
  const apart = events.map((event) => event.seq);
  // The small gifts that were added up are among those up to the frame's own number.
  return small === undefined || apart.at(-1) === seq ? apart : [...apart, seq];
}

/** A client's frame is masked; a mask of zeros is a mask. */
function maskedText(text: string): Buffer {
  const payload = Buffer.from(text);
  return Buffer.concat([Buffer.from([FIN_TEXT, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}

async function main(sockets: number): Promise<void> {
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const next = async <Line>() => JSON.parse((await lines.next()).value ?? 'null') as Line;
  const way = await next<Way>();
  const viewers: Viewer[] = [];
  const enter = async (index: number) => {
    const ticket = await fetch(`http://127.0.0.1:${way.ticketPort ?? way.port}/`);
    const viewer = new Viewer(way.port);
    await viewer.enter(way, await ticket.text(), way.browsers === true || index % 2 === 0);
    viewers.push(viewer);
  };
  let entering = 0;
  await Promise.all(
    Array.from({ length: OPENING }, async () => {
      while (entering < sockets) await enter(entering++);
    }),
  );
  for (const viewer of viewers) viewer.bytes = 0;
  process.stdout.write('entered\n');
  const used = process.cpuUsage();
  const began = performance.now();
  const published = await next<Published>();
  const { user, system } = process.cpuUsage(used);
  const cores = (user + system) / 1_000 / (performance.now() - began);
  const last = published.events.at(-1)?.seq ?? 0;
  const behind = () => {
    const seqs = viewers.map((viewer) => viewer.lastSeq());
    const newest = seqs.reduce((most, seq) => Math.max(most, seq), last);
    return viewers.filter((viewer, index) => viewer.isClosed || (seqs[index] ?? 0) < newest).length;
  };
  for (let tries = 0; tries < 100 && behind() > 0; tries += 1) await sleep(100);
  process.stdout.write(`${JSON.stringify(reportOf(viewers, published, cores, behind()))}\n`);
  for (const viewer of viewers) viewer.leave();
  process.exit(0);
}

function reportOf(
  viewers: readonly Viewer[],
  published: Published,
  viewerCores: number,
  lost: number,
): Report {
  const atMs = new Map(published.events.map((event) => [event.seq, event.atMs]));
  const delays: number[] = [];
  const frames = new Set<number>();
  for (const viewer of viewers) {
    for (const [index, print] of viewer.frames.entries()) {
      for (const seq of seen.get(print) ?? []) {
        const began = atMs.get(seq);
        if (began !== undefined) delays.push((viewer.times[index] ?? 0) - began);
      }
    }
  }
  for (const seqs of seen.values()) {
    const last = seqs.at(-1);
    if (last !== undefined && atMs.has(last)) frames.add(last);
  }
  delays.sort((a, b) => a - b);
  const at = (share: number) => Math.round((delays[Math.floor((delays.length - 1) * share)] ?? 0) * 10) / 10;
  const first = published.events.at(0)?.atMs ?? 0;
  const seconds = ((published.events.at(-1)?.atMs ?? 0) - first) / 1_000;
  const bits = viewers.reduce((sum, { bytes }) => sum + bytes * 8, 0);
  return {
    sockets: viewers.length,
    events: published.events.length,
    p50: at(0.5),
    p99: at(0.99),
    max: at(1),
    lost,
    missed: viewers.length * published.events.length - delays.length,
    framesPerSecond: Math.round((frames.size / seconds) * 10) / 10,
    megabitsPerSecond: Math.round(bits / 1_000_000 / seconds),
    serverCores: Math.round(published.cores * 100) / 100,
    viewerCores: Math.round(viewerCores * 100) / 100,
  };
}

await main(Number(process.argv[2])).catch((error: unknown) => {
  process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
