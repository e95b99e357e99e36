import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Uuid } from '../core/ids.ts';
import { problemOf, Refusal } from '../core/refusal.ts';
import type { Principal, UserPrincipal } from '../http/principal.ts';
import { NOT_SIGNED_IN } from '../http/refusals.ts';
import type { Allowance } from './allowance.ts';
import type { Client, ServerFrame } from './client.ts';
import { laneFor } from './pace.ts';
import type { Json } from './room-event.ts';
import { PING_FRAME, type SharedMessage, textFrame } from './wire.ts';

/** Why a socket was closed by the server. The range 4000–4999 is for applications (RFC 6455 §7.4.2). */
export const CLOSE = {
  ticket: 4001,
  origin: 4003,
  slow: 4008,
  tooMuch: 4009,
  shuttingDown: 4010,
} as const;

/** How long a peer may take to answer a close frame; a slow one reads a megabyte before it sees it. */
const CLOSE_GRACE_MS = 15_000;

/**
 * One socket. What goes out is framed here and written to the stream under the WebSocket, so that a message for
 * many is made once; ws reads what comes in and speaks the closing handshake. Both write whole frames only, and ws
 * is never asked to compress, so frames cannot interleave.
 */
export class Connection implements Client {
  principal: Principal;
  /** Rooms that it is in, by id. */
  readonly rooms = new Set<Uuid>();
  readonly allowance: Allowance;
  /** Settles when the joining or leaving before has been done. */
  roomTurn: Promise<void> = Promise.resolve();
  /** Whether it has been heard since the last ping. */
  heard = true;
  readonly #ws: WebSocket;
  readonly #stream: Duplex;
  readonly #deflates: boolean;
  readonly #tally: ConnectionTally;

  constructor(options: {
    readonly ws: WebSocket;
    readonly stream: Duplex;
    readonly principal: Principal;
    readonly allowance: Allowance;
    readonly tally: ConnectionTally;
  }) {
    this.principal = options.principal;
    this.allowance = options.allowance;
    this.#ws = options.ws;
    this.#stream = options.stream;
    this.#deflates = options.ws.extensions.includes('permessage-deflate');
    this.#tally = options.tally;
  }

  get open(): boolean {
    return this.#ws.readyState === this.#ws.OPEN;
  }

  /** Who is counted as one person: the account, or else this very socket. */
  get person(): Uuid | Connection {
    return this.principal.kind === 'user' ? this.principal.userId : this;
  }

  user(): UserPrincipal {
    if (this.principal.kind === 'user') return this.principal;
    throw new Refusal(NOT_SIGNED_IN);
  }

  send(frame: ServerFrame): void {
    if (!this.open || this.#closedAsSlow()) return;
    this.#write(textFrame(Buffer.from(JSON.stringify(frame)), false));
  }

  refuse(key: string | null, refusal: Refusal, more: Readonly<Record<string, Json>> = {}): void {
    this.send({ t: 'refused', key, problem: problemOf(refusal) as unknown as Json, ...more });
  }

  /**
   * Sends a message made for many. A socket that reads too slowly loses `all` and gets `events` instead (nothing
   * when that is null), and is closed when even so too much waits: it resumes by its cursor.
   */
  share(all: SharedMessage, events: SharedMessage | null): void {
    if (!this.open || this.#closedAsSlow()) return;
    const message = laneFor(this.#stream.writableLength) === 'all' ? all : events;
    if (message !== null) this.#write(message.bytes(this.#deflates));
  }

  /** Asks for a sign of life; `false` when the last question is still open. */
  ping(): boolean {
    if (!this.heard) return false;
    this.heard = false;
    if (this.open) this.#write(PING_FRAME);
    return true;
  }

  close(code: number, reason: string): void {
    if (!this.open) return;
    this.#ws.close(code, reason);
    setTimeout(() => this.#ws.terminate(), CLOSE_GRACE_MS).unref();
  }

  /** Ends it without a word: the peer is gone. */
  drop(): void {
    this.#ws.terminate();
  }

  #closedAsSlow(): boolean {
    if (laneFor(this.#stream.writableLength) !== 'close') return false;
    this.#tally.closedSlow += 1;
    this.close(CLOSE.slow, 'too slow; resume after your last seq');
    return true;
  }

  #write(frame: Buffer): void {
    this.#tally.framesSent += 1;
    this.#stream.write(frame);
  }
}

/** Counts over all sockets of a process. */
export interface ConnectionTally {
  framesSent: number;
  closedSlow: number;
  closedTooMuch: number;
}
