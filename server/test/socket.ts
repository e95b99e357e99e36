import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after } from 'node:test';
import { WebSocket } from 'ws';
import { systemClock } from '../src/core/clock.ts';
import type { Database } from '../src/db/database.ts';
import { ANONYMOUS, type Principal } from '../src/http/principal.ts';
import { type Hub, type HubOptions, openHub } from '../src/realtime/hub.ts';

/** A hub on a server of its own, for tests of sockets without the rest of the house. */
export interface TestHub {
  readonly hub: Hub;
  readonly server: Server;
  /** `http://127.0.0.1:port`. */
  readonly origin: string;
  /** Opens a socket with a new ticket for `principal` (anonymous unless told) and waits for `hello`. */
  enter(principal?: Principal, options?: SocketOptions): Promise<TestSocket>;
  /** Stops it: sockets are told 4010. */
  close(): Promise<void>;
}

/** Opens a hub on a free port. It is closed when the file is done. */
export async function testHub(db: Database, options: Partial<HubOptions> = {}): Promise<TestHub> {
  const hub = await openHub({ db, clock: systemClock, log: QUIET, ...options });
  const server = createServer();
  hub.attach(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= hub.close().then(() => new Promise<void>((resolve) => server.close(() => resolve())));
    return closing;
  };
  closers.push(close);
  return {
    hub,
    server,
    origin,
    close,
    enter: async (principal = ANONYMOUS, socketOptions = {}) => {
      const { ticket } = await hub.ticketFor(principal);
      const socket = openSocket(origin, ticket, socketOptions);
      await socket.next('hello');
      return socket;
    },
  };
}

/** Hubs close before their database does: register `testDatabase` first. */
const closers: (() => Promise<void>)[] = [];
after(async () => {
  await Promise.all(closers.map((close) => close()));
});

/** How long a test waits for a frame that does not come. */
const WAIT_MS = 30_000;

const QUIET = { warn: () => {}, error: (fields: object) => console.error(fields) };

export interface SocketOptions {
  /** Without permessage-deflate. */
  readonly plain?: boolean;
  readonly origin?: string;
}

/** What the server said; tests look into it freely. */
// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the frame holds
export type Said = any;

/** A real WebSocket client that keeps what it is told. */
export interface TestSocket {
  readonly ws: WebSocket;
  /** Every frame so far. */
  readonly said: readonly Said[];
  readonly closed: Promise<{ code: number; reason: string }>;
  send(frame: object | string): void;
  /**
   * The next frame of this type (that fits) which no `next` has returned before. Fails when the socket closes first,
   * or no such frame comes.
   */
  next(type: string, fits?: (frame: Said) => boolean): Promise<Said>;
  /** Waits until `holds` is true of what has been said. */
  until(holds: () => boolean): Promise<void>;
  /** The events of all frames so far, and of the last `joined`. */
  events(): Said[];
}

export function openSocket(origin: string, ticket: string, options: SocketOptions = {}): TestSocket {
  const ws = new WebSocket(`${origin.replace('http', 'ws')}/v1/socket?ticket=${encodeURIComponent(ticket)}`, {
    perMessageDeflate: options.plain !== true,
    ...(options.origin === undefined ? {} : { origin: options.origin }),
  });
  const said: Said[] = [];
  const taken = new Set<Said>();
  const watchers: (() => void)[] = [];
  const notify = () => {
    for (const watch of watchers.splice(0)) watch();
  };
  let gone: { code: number; reason: string } | undefined;
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    ws.on('close', (code, reason) => {
      gone = { code, reason: reason.toString() };
      resolve(gone);
      notify();
    });
  });
  ws.on('error', () => {});
  ws.on('message', (data) => {
    said.push(JSON.parse(data.toString()));
    notify();
  });
  const changed = (what: string, giveUpAt: number) =>
    new Promise<void>((resolve, reject) => {
      const overdue = setTimeout(() => {
        reject(new Error(`not within ${WAIT_MS} ms: ${what}; said last: ${JSON.stringify(said.at(-1))}`));
      }, giveUpAt - Date.now());
      watchers.push(() => {
        clearTimeout(overdue);
        resolve();
      });
    });
  const until = async (holds: () => boolean) => {
    const giveUpAt = Date.now() + WAIT_MS;
    while (!holds()) {
      if (gone !== undefined) throw new Error(`closed with ${gone.code} ${gone.reason} before it held`);
      await changed('that it holds', giveUpAt);
    }
  };
  closers.push(async () => ws.terminate());
  return {
    ws,
    said,
    closed,
    send: (frame) => ws.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    until,
    next: async (type, fits = () => true) => {
      const find = () => said.find((frame) => frame.t === type && !taken.has(frame) && fits(frame));
      const giveUpAt = Date.now() + WAIT_MS;
      while (find() === undefined) {
        if (gone !== undefined) {
          throw new Error(`closed with ${gone.code} ${gone.reason} while waiting for ${type}`);
        }
        await changed(`a frame ${type}`, giveUpAt);
      }
      const frame = find();
      taken.add(frame);
      return frame;
    },
    events: () => said.flatMap((frame) => frame.events ?? frame.missed ?? []),
  };
}

/** A signed-in person who exists only in their ticket. */
export function somebody(userId: string, fields: Partial<Principal> = {}): Principal {
  return {
    kind: 'user',
    userId,
    handle: `u${userId.slice(-6)}`,
    roles: new Set(['fan'] as const),
    dateOfBirth: '1990-01-01',
    sessionId: userId,
    ...fields,
  } as Principal;
}

/** Opens a socket of a running house as whoever asks: with a ticket over HTTP, as the web app does. */
export async function enterHouse(
  origin: string,
  asker: { post(path: string, body?: unknown): Promise<{ readonly status: number; readonly body: Said }> },
  options: SocketOptions = {},
): Promise<TestSocket> {
  const answer = await asker.post('/v1/socket-tickets', {});
  if (answer.status !== 201) throw new Error(`no ticket: ${JSON.stringify(answer.body)}`);
  const socket = openSocket(origin, answer.body.ticket, { origin, ...options });
  await socket.next('hello');
  return socket;
}
