import type { ServerResponse } from 'node:http';
import type { Duplex, Writable } from 'node:stream';
import type { WebSocket } from 'ws';
import { Allowance } from './allowance.ts';
import { CLOSE, type ConnectionTally } from './connection.ts';
import type { HubLimits } from './hub.ts';
import { laneFor } from './pace.ts';
import type { StreamBatch } from './stream-batch.ts';
import { PING_FRAME } from './wire.ts';

/** How long a reader that catches up may take to read what waits for it. */
const DRAIN_MS = 30_000;
const COMMENT = Buffer.from(': here\n\n');

/** The road to one reader: server-sent events or a WebSocket. */
export interface StreamRoad {
  readonly stream: Writable;
  bytes(batch: StreamBatch, lane: 'all' | 'events'): Buffer;
  /** Says something so that both sides know that the other is there; false when the peer has not answered the last. */
  beat(): boolean;
  end(why: 'slow' | 'shuttingDown' | 'gone'): void;
}

/** One tool that reads a stage. It is not a person who watches, and says nothing itself. */
export class StreamReader {
  /** Whether it asked for the creator's test events. */
  readonly tests: boolean;
  readonly #road: StreamRoad;
  readonly #tally: ConnectionTally;
  #open = true;

  constructor(road: StreamRoad, tests: boolean, tally: ConnectionTally) {
    this.#road = road;
    this.tests = tests;
    this.#tally = tally;
    if (road.stream.destroyed) this.#open = false;
    road.stream.once('close', () => {
      this.#open = false;
    });
    road.stream.on('error', () => {
      this.#open = false;
    });
  }

  get open(): boolean {
    return this.#open;
  }

  whenClosed(then: () => void): void {
    if (this.#road.stream.destroyed) then();
    else this.#road.stream.once('close', then);
  }

  /** A slow reader loses noise first, then its connection: it resumes by its cursor. */
  tell(batch: StreamBatch): void {
    if (!this.#open) return;
    const lane = laneFor(this.#road.stream.writableLength);
    if (lane === 'close') {
      this.#tally.closedSlow += 1;
      this.end('slow');
      return;
    }
    const bytes = this.#road.bytes(batch, lane);
    if (bytes.length === 0) return;
    this.#tally.framesSent += 1;
    this.#road.stream.write(bytes);
  }

  /** Waits until what was written has gone out; who reads nothing for long is closed. */
  async drained(): Promise<void> {
    const { stream } = this.#road;
    if (!this.#open || !stream.writableNeedDrain) return;
    await new Promise<void>((resolve) => {
      const overdue = setTimeout(() => {
        this.#tally.closedSlow += 1;
        this.end('slow');
      }, DRAIN_MS);
      const done = () => {
        clearTimeout(overdue);
        stream.off('drain', done);
        stream.off('close', done);
        resolve();
      };
      stream.on('drain', done);
      stream.on('close', done);
    });
  }

  beat(): void {
    if (this.#open && !this.#road.beat()) this.end('gone');
  }

  end(why: Parameters<StreamRoad['end']>[0]): void {
    if (!this.#open) return;
    this.#open = false;
    this.#road.end(why);
  }
}

/** Server-sent events. The body ends with the connection, so that a batch is one write of shared bytes. */
export function eventSourceRoad(
  response: ServerResponse,
  headers: Readonly<Record<string, number | string | string[] | undefined>>,
): StreamRoad {
  response.useChunkedEncodingByDefault = false;
  response.writeHead(200, {
    ...headers,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // Proxies that would rather keep what is small until it is more.
    'x-accel-buffering': 'no',
  });
  response.write('retry: 2000\n\n');
  return {
    stream: response,
    bytes: (batch, lane) => batch.eventSource(lane),
    beat: () => {
      // What waits to be read says that the server is here, too.
      if (response.writableLength === 0) response.write(COMMENT);
      return true;
    },
    end: (why) => {
      if (why === 'shuttingDown') response.end();
      else response.destroy();
    },
  };
}

/** A WebSocket on which only the server speaks. */
export function socketRoad(ws: WebSocket, stream: Duplex, limits: HubLimits): StreamRoad {
  const deflates = ws.extensions.includes('permessage-deflate');
  const allowance = new Allowance(limits.messagesPerSecond, limits.messagesAtOnce, performance.now());
  let heard = true;
  const close = (code: number, reason: string) => {
    ws.close(code, reason);
    setTimeout(() => ws.terminate(), 15_000).unref();
  };
  ws.on('error', () => {});
  ws.on('pong', () => {
    heard = true;
  });
  ws.on('message', () => {
    heard = true;
    if (!allowance.take(performance.now()) && ws.readyState === ws.OPEN)
      close(CLOSE.tooMuch, 'too many messages');
  });
  return {
    stream,
    bytes: (batch, lane) => batch.socket(lane, deflates),
    beat: () => {
      if (!heard) return false;
      heard = false;
      if (ws.readyState === ws.OPEN) stream.write(PING_FRAME);
      return true;
    },
    end: (why) => {
      if (why === 'gone') ws.terminate();
      else if (why === 'slow') close(CLOSE.slow, 'too slow; resume after your last seq');
      else close(CLOSE.shuttingDown, 'this server is stopping');
    },
  };
}
