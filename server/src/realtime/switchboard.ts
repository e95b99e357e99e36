import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ValidateFunction } from 'ajv';
import type { Static, TSchema } from 'typebox';
import type { RawData, WebSocket } from 'ws';
import { newId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import { goRounds, type Rounds } from '../core/rounds.ts';
import type { Principal, UserPrincipal } from '../http/principal.ts';
import { INTERNAL_ERROR, INVALID_JSON, INVALID_REQUEST } from '../http/refusals.ts';
import { compileStrict, invalidRequest } from '../http/validation.ts';
import { Allowance } from './allowance.ts';
import { LocalBus } from './bus.ts';
import type { Client, ServerFrame } from './client.ts';
import { CLOSE, Connection, type ConnectionTally } from './connection.ts';
import { joinFrame, leaveFrame, pingFrame, WIRE_VERSION } from './frames.ts';
import type {
  ChatLine,
  EventOrigin,
  Hub,
  HubLimits,
  HubOptions,
  HubStats,
  ReadRequest,
  RoomPlace,
} from './hub.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { NetworkPlaces } from './networks.ts';
import { SERVER_FULL } from './refusals.ts';
import type { Json, RoomEvent } from './room-event.ts';
import { pruneRoomEvents } from './room-events.ts';
import { Rooms } from './rooms.ts';
import type { StreamMessage } from './stream-batch.ts';
import { StreamReader, type StreamRoad } from './stream-reader.ts';
import { issueTicket, redeemTicket, sweepTickets, type Ticket } from './tickets.ts';
import { type OtherDoor, takeUpgrades } from './upgrade.ts';

const SWEEP_MS = 60_000;
const PRUNE_BATCH = 5_000;
/** How long frames that are being handled may take when the server stops, and sockets to say goodbye. */
const DRAIN_MS = 2_000;

/** The hub of one process: see `Hub` for what each verb promises. */
export class Switchboard implements Hub {
  readonly #options: HubOptions;
  readonly #limits: HubLimits;
  readonly #connections = new Set<Connection>();
  readonly #byUser = new Map<Uuid, Set<Connection>>();
  readonly #readers = new Set<StreamReader>();
  readonly #places: NetworkPlaces;
  readonly #rooms: Rooms;
  readonly #handlers = new Map<string, Handler>();
  readonly #tally: ConnectionTally = { framesSent: 0, closedSlow: 0, closedTooMuch: 0 };
  readonly #rounds: Rounds[] = [];
  #readSessions: ((ids: readonly Uuid[]) => Promise<ReadonlyMap<Uuid, UserPrincipal>>) | undefined;
  #arriving = 0;
  #handling = 0;
  #draining: Promise<void> | undefined;

  constructor(options: HubOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#places = new NetworkPlaces(this.#limits.socketsPerNetworkMax);
    this.#rooms = new Rooms(options.db, this.#limits, options.log, options.bus ?? new LocalBus());
    this.on('ping', pingFrame, (client) => client.send({ t: 'pong' }));
    this.on('join', joinFrame, (client, { stage, after }) =>
      inTurn(client as Connection, (connection) => this.#rooms.join(connection, stage, after)),
    );
    this.on('leave', leaveFrame, (client, { stage }) =>
      inTurn(client as Connection, async (connection) => {
        this.#rooms.leave(connection, stage);
        connection.send({ t: 'left', stage });
      }),
    );
  }

  async open(): Promise<void> {
    this.hearOthers('person', (body) => {
      const { userId, frame } = body as unknown as { userId: Uuid; frame: ServerFrame };
      this.#toUserHere(userId, frame);
    });
    await this.#rooms.open();
    const { log } = this.#options;
    this.#rounds.push(
      goRounds('heartbeat', this.#limits.heartbeatMs, log, () => this.#beat()),
      goRounds('upkeep of sockets', SWEEP_MS, log, () => this.#sweep()),
    );
  }

  on<Schema extends TSchema>(
    type: string,
    schema: Schema,
    handle: (client: Client, frame: Static<Schema>) => Promise<void> | void,
  ): void {
    if (this.#handlers.has(type)) throw new Error(`frames of type ${type} are taken twice`);
    this.#handlers.set(type, { fits: compileStrict(schema), handle: handle as Handler['handle'] });
  }

  useRooms(find: (name: string) => Promise<RoomPlace | null>): void {
    this.#rooms.useRooms(find);
  }

  useDoor(check: (roomId: Uuid, principal: Principal) => Promise<void>): void {
    this.#rooms.useDoor(check);
  }

  useSessions(read: (ids: readonly Uuid[]) => Promise<ReadonlyMap<Uuid, UserPrincipal>>): void {
    this.#readSessions = read;
  }

  publish(roomId: Uuid, events: readonly RoomEvent[], options: { readonly now?: boolean } = {}): void {
    this.#rooms.publish(roomId, events, options.now === true);
  }

  observe(listen: (roomId: Uuid, events: readonly RoomEvent[], origin: EventOrigin) => void): void {
    this.#rooms.observe(listen);
  }

  chat(roomId: Uuid, line: ChatLine, rank: number): void {
    this.#rooms.chat(roomId, line, rank);
  }

  likes(roomId: Uuid, total: number): void {
    this.#rooms.likes(roomId, total);
  }

  toRoom(roomId: Uuid, frame: ServerFrame): void {
    this.#rooms.tell(roomId, frame);
  }

  toUser(userId: Uuid, frame: ServerFrame): void {
    this.#toUserHere(userId, frame);
    if (this.inCompany()) this.tellOthers('person', { userId, frame } as unknown as Json);
  }

  #toUserHere(userId: Uuid, frame: ServerFrame): void {
    for (const connection of this.#byUser.get(userId) ?? []) connection.send(frame);
  }

  putOut(roomId: Uuid, userId: Uuid): void {
    for (const connection of this.#byUser.get(userId) ?? []) {
      // After a joining that is under way, so that it cannot end up inside.
      void inTurn(connection, async () => {
        const name = this.#rooms.putOut(connection, roomId);
        if (name !== undefined) connection.send({ t: 'left', stage: name });
      });
    }
  }

  viewers(roomId: Uuid): number {
    return this.#rooms.viewers(roomId);
  }

  usersHere(): Uuid[] {
    return [...this.#byUser.keys()];
  }

  openRooms(): Uuid[] {
    return this.#rooms.ids;
  }

  inCompany(): boolean {
    return this.#rooms.inCompany;
  }

  inTouch(): boolean {
    return this.#rooms.inTouch;
  }

  tellOthers(topic: string, body: Json, roomId?: Uuid): void {
    this.#rooms.tellOthers(topic, body, roomId);
  }

  hearOthers(topic: string, listen: (body: Json, roomId: Uuid | null) => void): void {
    this.#rooms.hearOthers(topic, listen);
  }

  closeSession(sessionId: Uuid): void {
    for (const connection of this.#connections) {
      const { principal } = connection;
      if (principal.kind === 'user' && principal.sessionId === sessionId) endSession(connection);
    }
  }

  async recheck(userId: Uuid): Promise<void> {
    await this.#checkSessions([...(this.#byUser.get(userId) ?? [])]);
  }

  async ticketFor(principal: Principal, network: string | null = null): Promise<Ticket> {
    const crowded = this.#places.refusal(network);
    if (crowded !== null) throw crowded;
    return issueTicket(this.#options.db, { principal, network }, this.#options.clock.now());
  }

  async read(
    place: RoomPlace,
    { after, tests, network, about }: ReadRequest,
    open: (limits: HubLimits) => Promise<StreamRoad | null>,
  ): Promise<void> {
    const crowded = this.#places.refusal(network);
    if (crowded !== null) throw crowded;
    if (!this.#hasRoom) throw new Refusal(SERVER_FULL);
    await this.#rooms.read(place, after, about, async () => {
      const road = await open(this.#limits);
      if (road === null) return null;
      const reader = new StreamReader(road, tests, this.#tally);
      if (this.#draining !== undefined) {
        reader.end('shuttingDown');
        return null;
      }
      this.#places.take(network, road.stream);
      this.#readers.add(reader);
      reader.whenClosed(() => this.#readers.delete(reader));
      return reader;
    });
  }

  tellTests(roomId: Uuid, messages: readonly StreamMessage[]): void {
    this.#rooms.tellTests(roomId, messages);
  }

  attach(server: Server, other?: OtherDoor): void {
    takeUpgrades(server, {
      other,
      publicOrigin: this.#options.publicOrigin,
      hasRoom: () => this.#hasRoom,
      redeem: async (ticket) => {
        this.#arriving += 1;
        try {
          return await redeemTicket(this.#options.db, ticket, this.#options.clock.now());
        } finally {
          this.#arriving -= 1;
        }
      },
      places: this.#places,
      welcome: (ws, stream, principal) => this.#welcome(ws, stream, principal),
    });
  }

  drain(): Promise<void> {
    this.#draining ??= this.#drain();
    return this.#draining;
  }

  async close(): Promise<void> {
    await this.drain();
    for (const rounds of this.#rounds) await rounds.stop();
    await this.#rooms.close();
  }

  stats(): HubStats {
    return {
      sockets: this.#connections.size,
      readers: this.#readers.size,
      rooms: this.#rooms.ids.length,
      ...this.#tally,
    };
  }

  /** Whether another connection may come in now. */
  get #hasRoom(): boolean {
    const open = this.#connections.size + this.#readers.size + this.#arriving;
    return this.#draining === undefined && open < this.#limits.socketsMax;
  }

  // Sockets

  #welcome(ws: WebSocket, stream: Duplex, principal: Principal): void {
    const { messagesPerSecond, messagesAtOnce, heartbeatMs } = this.#limits;
    const connection = new Connection({
      ws,
      stream,
      principal,
      allowance: new Allowance(messagesPerSecond, messagesAtOnce, performance.now()),
      tally: this.#tally,
    });
    // A frame that is too long or not a frame; ws closes the socket with the code that fits (1009, 1007, 1002).
    ws.on('error', () => {});
    ws.on('pong', () => {
      connection.heard = true;
    });
    ws.on('message', (data, isBinary) => this.#hear(connection, data, isBinary));
    ws.on('close', () => this.#part(connection));
    if (this.#draining !== undefined) {
      connection.close(CLOSE.shuttingDown, 'this server is stopping');
      return;
    }
    this.#connections.add(connection);
    if (principal.kind === 'user') this.#listUser(principal.userId, connection);
    const me = principal.kind === 'user' ? principal.handle : null;
    connection.send({ t: 'hello', v: WIRE_VERSION, heartbeatMs, me });
  }

  #listUser(userId: Uuid, connection: Connection): void {
    const sockets = this.#byUser.get(userId);
    if (sockets === undefined) this.#byUser.set(userId, new Set([connection]));
    else sockets.add(connection);
  }

  #part(connection: Connection): void {
    this.#connections.delete(connection);
    if (connection.principal.kind === 'user') {
      const sockets = this.#byUser.get(connection.principal.userId);
      sockets?.delete(connection);
      if (sockets?.size === 0) this.#byUser.delete(connection.principal.userId);
    }
    this.#rooms.leaveAll(connection);
  }

  #hear(connection: Connection, data: RawData, isBinary: boolean): void {
    connection.heard = true;
    if (!connection.open || this.#draining !== undefined) return;
    if (!connection.allowance.take(performance.now())) {
      this.#tally.closedTooMuch += 1;
      connection.close(CLOSE.tooMuch, 'too many messages');
      return;
    }
    const frame = isBinary ? undefined : parse(data);
    if (frame === undefined) {
      connection.refuse(null, new Refusal(INVALID_JSON));
      return;
    }
    const key = keyOf(frame);
    const handler = typeof frame.t === 'string' ? this.#handlers.get(frame.t) : undefined;
    if (handler === undefined) {
      const rule = `must be one of ${[...this.#handlers.keys()].sort().join(', ')}`;
      connection.refuse(key, new Refusal(INVALID_REQUEST, { field: 't', rule }, '/t'));
      return;
    }
    if (!handler.fits(frame)) {
      connection.refuse(key, invalidRequest(handler.fits.errors, 'frame'));
      return;
    }
    void this.#handle(connection, handler, frame, key);
  }

  async #handle(connection: Connection, handler: Handler, frame: Heard, key: string | null): Promise<void> {
    this.#handling += 1;
    try {
      await handler.handle(connection, frame);
    } catch (error) {
      connection.refuse(key, this.#refusalOf(error, String(frame.t)));
    } finally {
      this.#handling -= 1;
    }
  }

  #refusalOf(error: unknown, type: string): Refusal {
    if (error instanceof Refusal) return error;
    const reference = newId();
    this.#options.log.error({ err: error, reference, type }, 'a socket frame failed');
    return new Refusal(INTERNAL_ERROR, { reference });
  }

  // Upkeep

  async #beat(): Promise<void> {
    for (const connection of this.#connections) {
      if (!connection.ping()) connection.drop();
    }
    for (const reader of this.#readers) reader.beat();
    await this.#checkSessions([...this.#connections]);
  }

  async #checkSessions(connections: readonly Connection[]): Promise<void> {
    if (this.#readSessions === undefined) return;
    const signedIn = connections.filter(({ principal }) => principal.kind === 'user');
    const ids = new Set(
      signedIn.map(({ principal }) => (principal.kind === 'user' ? principal.sessionId : '')),
    );
    if (ids.size === 0) return;
    const principals = await this.#readSessions([...ids]);
    for (const connection of signedIn) {
      if (connection.principal.kind !== 'user') continue;
      const now = principals.get(connection.principal.sessionId);
      if (now === undefined) endSession(connection);
      else connection.principal = now;
    }
  }

  async #sweep(): Promise<void> {
    await sweepTickets(this.#options.db, this.#options.clock.now());
    await pruneRoomEvents(this.#options.db, PRUNE_BATCH);
  }

  async #drain(): Promise<void> {
    const overdue = performance.now() + DRAIN_MS;
    while (this.#handling > 0 && performance.now() < overdue) await pause(10);
    for (const connection of this.#connections) {
      connection.close(CLOSE.shuttingDown, 'this server is stopping');
    }
    for (const reader of this.#readers) reader.end('shuttingDown');
    const leftBy = overdue + DRAIN_MS;
    while (this.#connections.size + this.#readers.size > 0 && performance.now() < leftBy) await pause(10);
    for (const connection of this.#connections) connection.drop();
    for (const reader of this.#readers) reader.end('gone');
  }
}

/** A client's frame before it is known to fit. */
interface Heard {
  readonly t?: unknown;
  readonly key?: unknown;
}

interface Handler {
  readonly fits: ValidateFunction<Heard>;
  readonly handle: (client: Client, frame: Heard) => Promise<void> | void;
}

/** Does what a connection asks about rooms in the order in which it asked. */
function inTurn(connection: Connection, work: (connection: Connection) => Promise<void>): Promise<void> {
  const turn = connection.roomTurn.then(() => work(connection));
  connection.roomTurn = turn.catch(() => {
    // Whoever asked is told; the next turn begins anyway.
  });
  return turn;
}

function endSession(connection: Connection): void {
  connection.close(CLOSE.ticket, 'the session has ended');
}

function parse(data: RawData): Heard | undefined {
  try {
    const frame: unknown = JSON.parse(data.toString());
    return typeof frame === 'object' && frame !== null && !Array.isArray(frame)
      ? (frame as Heard)
      : undefined;
  } catch {
    return undefined;
  }
}

/** The longest key that a frame may have: an Idempotency-Key. */
const KEY_LENGTH_MAX = 255;

/** The frame's key where it has a usable one, so that even a refused frame can be told apart. */
function keyOf(frame: Heard): string | null {
  const key = frame.key;
  return typeof key === 'string' && key.length <= KEY_LENGTH_MAX ? key : null;
}

function pause(forMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, forMs));
}
