import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ValidateFunction } from 'ajv';
import type { Static, TSchema } from 'typebox';
import type { RawData, WebSocket } from 'ws';
import { newId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { Principal, UserPrincipal } from '../http/principal.ts';
import { INTERNAL_ERROR, INVALID_JSON, INVALID_REQUEST } from '../http/refusals.ts';
import { compileStrict, invalidRequest } from '../http/validation.ts';
import { Allowance } from './allowance.ts';
import type { Client, ServerFrame } from './client.ts';
import { CLOSE, Connection, type ConnectionTally } from './connection.ts';
import { joinFrame, leaveFrame, pingFrame, WIRE_VERSION } from './frames.ts';
import type { ChatLine, EventOrigin, Hub, HubLimits, HubOptions, HubStats, RoomPlace } from './hub.ts';
import { DEFAULT_LIMITS, MISSED_EVENTS_MAX } from './limits.ts';
import { type Elsewhere, leavePresence, tellPresence } from './presence.ts';
import { ROOM_NOT_FOUND, TOO_MANY_ROOMS } from './refusals.ts';
import { Room } from './room.ts';
import type { RoomEvent } from './room-event.ts';
import { pruneRoomEvents, readHead, readNews, readRoomEvents } from './room-events.ts';
import { issueTicket, redeemTicket, sweepTickets, type Ticket } from './tickets.ts';
import { takeUpgrades } from './upgrade.ts';

/** Events read at once for a room that is behind. */
const NEWS_LIMIT = 500;
const SWEEP_MS = 60_000;
const PRUNE_BATCH = 5_000;
/** How long frames that are being handled may take when the server stops, and sockets to say goodbye. */
const DRAIN_MS = 2_000;

/** The hub of one process: see `Hub` for what each verb promises. */
export class Switchboard implements Hub {
  readonly #options: HubOptions;
  readonly #limits: HubLimits;
  readonly #processId: Uuid = newId();
  readonly #connections = new Set<Connection>();
  readonly #byUser = new Map<Uuid, Set<Connection>>();
  readonly #rooms = new Map<Uuid, Room>();
  readonly #opening = new Map<Uuid, Promise<Room>>();
  readonly #handlers = new Map<string, Handler>();
  readonly #listeners: ((roomId: Uuid, events: readonly RoomEvent[], origin: EventOrigin) => void)[] = [];
  readonly #tally: ConnectionTally = { framesSent: 0, closedSlow: 0, closedTooMuch: 0 };
  readonly #loops: Loop[] = [];
  #findRoom: ((name: string) => Promise<RoomPlace | null>) | undefined;
  #readSessions: ((ids: readonly Uuid[]) => Promise<ReadonlyMap<Uuid, UserPrincipal>>) | undefined;
  #elsewhere: Elsewhere = { processes: 0, viewers: new Map() };
  #arriving = 0;
  #handling = 0;
  #draining: Promise<void> | undefined;
  #reading: Promise<void> | undefined;
  #readAgain = false;

  constructor(options: HubOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.on('ping', pingFrame, (client) => client.send({ t: 'pong' }));
    this.on('join', joinFrame, (client, { stage, after }) =>
      inTurn(client as Connection, (connection) => this.#join(connection, stage, after)),
    );
    this.on('leave', leaveFrame, (client, { stage }) =>
      inTurn(client as Connection, async (connection) => this.#leave(connection, stage)),
    );
  }

  async open(): Promise<void> {
    await this.#tellPresence();
    const { presenceMs, heartbeatMs, pollAloneMs, pollInCompanyMs } = this.#limits;
    this.#every(
      'presence',
      () => presenceMs,
      () => this.#tellPresence(),
    );
    this.#every(
      'news',
      () => (this.inCompany() ? pollInCompanyMs : pollAloneMs),
      () => this.#readNews(),
    );
    this.#every(
      'heartbeat',
      () => heartbeatMs,
      () => this.#beat(),
    );
    this.#every(
      'sweep',
      () => SWEEP_MS,
      () => this.#sweep(),
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
    this.#findRoom = find;
  }

  useSessions(read: (ids: readonly Uuid[]) => Promise<ReadonlyMap<Uuid, UserPrincipal>>): void {
    this.#readSessions = read;
  }

  publish(roomId: Uuid, events: readonly RoomEvent[], options: { readonly now?: boolean } = {}): void {
    if (events.length === 0) return;
    this.#show(roomId, events);
    if (options.now === true) this.#rooms.get(roomId)?.hurry();
    this.#announce(roomId, events, 'here');
  }

  observe(listen: (roomId: Uuid, events: readonly RoomEvent[], origin: EventOrigin) => void): void {
    this.#listeners.push(listen);
  }

  chat(roomId: Uuid, line: ChatLine, rank: number): void {
    this.#rooms.get(roomId)?.addLine(line, rank);
  }

  likes(roomId: Uuid, total: number): void {
    this.#rooms.get(roomId)?.setLikes(total);
  }

  toRoom(roomId: Uuid, frame: ServerFrame): void {
    this.#rooms.get(roomId)?.tell(frame);
  }

  toUser(userId: Uuid, frame: ServerFrame): void {
    for (const connection of this.#byUser.get(userId) ?? []) connection.send(frame);
  }

  viewers(roomId: Uuid): number {
    const here = this.#rooms.get(roomId)?.viewersHere ?? 0;
    return here + (this.#elsewhere.viewers.get(roomId) ?? 0);
  }

  openRooms(): Uuid[] {
    return [...this.#rooms.keys()];
  }

  inCompany(): boolean {
    return this.#elsewhere.processes > 0;
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

  ticketFor(principal: Principal): Promise<Ticket> {
    return issueTicket(this.#options.db, principal, this.#options.clock.now());
  }

  attach(server: Server): void {
    takeUpgrades(server, {
      publicOrigin: this.#options.publicOrigin,
      hasRoom: () =>
        this.#draining === undefined && this.#connections.size + this.#arriving < this.#limits.socketsMax,
      redeem: async (ticket) => {
        this.#arriving += 1;
        try {
          return await redeemTicket(this.#options.db, ticket, this.#options.clock.now());
        } finally {
          this.#arriving -= 1;
        }
      },
      welcome: (ws, stream, principal) => this.#welcome(ws, stream, principal),
    });
  }

  drain(): Promise<void> {
    this.#draining ??= this.#drain();
    return this.#draining;
  }

  async close(): Promise<void> {
    await this.drain();
    for (const loop of this.#loops) await loop.stop();
    for (const room of this.#rooms.values()) room.close();
    this.#rooms.clear();
    await leavePresence(this.#options.db, this.#processId).catch(() => {
      // Without a database nobody can be told; the others notice by themselves.
    });
  }

  stats(): HubStats {
    return { sockets: this.#connections.size, rooms: this.#rooms.size, ...this.#tally };
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
    for (const roomId of [...connection.rooms]) this.#leaveRoom(connection, roomId);
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

  // Rooms

  async #join(connection: Connection, name: string, after: number | undefined): Promise<void> {
    const place = await this.#findRoom?.(name);
    if (place === null || place === undefined) throw new Refusal(ROOM_NOT_FOUND, { stage: name }, '/stage');
    const most = this.#limits.roomsPerSocketMax;
    if (!connection.rooms.has(place.roomId) && connection.rooms.size >= most) {
      throw new Refusal(TOO_MANY_ROOMS, { most });
    }
    let room = await this.#openRoom(place);
    // The last one may have left it at this very moment.
    while (this.#rooms.get(room.id) !== room) room = await this.#openRoom(place);
    room.arriving += 1;
    try {
      const missed = after === undefined ? null : await this.#missedSince(room, after);
      if (connection.open) this.#letIn(connection, room, place.name, missed);
    } finally {
      room.arriving -= 1;
      this.#closeIfEmpty(room);
    }
  }

  /** Without a pause between looking and joining: what is missed ends exactly where the next frame begins. */
  #letIn(connection: Connection, room: Room, name: string, missed: Missed | null): void {
    const tail = missed === null ? null : room.shownSince(missed.upTo);
    const all = missed === null || tail === null ? null : [...missed.events, ...tail];
    room.join(connection, name);
    connection.send({
      t: 'joined',
      stage: name,
      seq: room.shown,
      resumed: all !== null,
      missed: all,
      likes: room.likes,
      viewers: room.viewers,
    });
  }

  /** The room as this process has it; opened with what the database knows when nobody is in it yet. */
  async #openRoom(place: RoomPlace): Promise<Room> {
    const open = this.#rooms.get(place.roomId);
    if (open !== undefined) return open;
    const before = this.#opening.get(place.roomId);
    if (before !== undefined) return before;
    const opening = readHead(this.#options.db, place.roomId)
      .then((head) => {
        const room = new Room(place, head, this.#limits);
        room.setViewersElsewhere(this.#elsewhere.viewers.get(place.roomId) ?? 0);
        this.#rooms.set(place.roomId, room);
        return room;
      })
      .finally(() => this.#opening.delete(place.roomId));
    this.#opening.set(place.roomId, opening);
    return opening;
  }

  /**
   * Events after `after` that went out already; `null` when the client must start from the stage as it is, because
   * too much happened or because it claims to have seen what never was.
   */
  async #missedSince(room: Room, after: number): Promise<Missed | null> {
    if (after > room.shown) {
      // It comes from a process that was ahead of this one.
      if (after > room.head) await this.#readNews();
      if (after > room.head) return null;
      await room.untilShown(after);
    }
    if (room.shownSince(after) !== null) return { events: [], upTo: after };
    if (room.shown - after > MISSED_EVENTS_MAX) return null;
    const read = await readRoomEvents(this.#options.db, room.id, after, MISSED_EVENTS_MAX);
    const events = read.filter((event) => event.seq <= room.shown);
    const upTo = events.at(-1)?.seq ?? after;
    // Events older than 30 days may be gone: then the first one does not follow.
    return events[0]?.seq === after + 1 ? { events, upTo } : null;
  }

  #leave(connection: Connection, name: string): void {
    for (const roomId of connection.rooms) {
      if (this.#rooms.get(roomId)?.nameFor(connection) === name.toLowerCase()) this.#leaveRoom(connection, roomId);
    }
    connection.send({ t: 'left', stage: name });
  }

  #leaveRoom(connection: Connection, roomId: Uuid): void {
    const room = this.#rooms.get(roomId);
    if (room === undefined) return;
    room.leave(connection);
    this.#closeIfEmpty(room);
  }

  #closeIfEmpty(room: Room): void {
    if (!room.empty || room.arriving > 0) return;
    room.close();
    if (this.#rooms.get(room.id) === room) this.#rooms.delete(room.id);
  }

  #show(roomId: Uuid, events: readonly RoomEvent[]): void {
    const room = this.#rooms.get(roomId);
    if (room?.take(events) !== 'gap') return;
    this.#readNews().catch((error: unknown) => {
      this.#options.log.warn({ err: error }, 'events of another process could not be read; trying again');
    });
  }

  #announce(roomId: Uuid, events: readonly RoomEvent[], origin: EventOrigin): void {
    for (const listen of this.#listeners) listen(roomId, events, origin);
  }

  // Other processes

  /** Reads what was committed and not published here, until there is nothing more. One reading at a time. */
  #readNews(): Promise<void> {
    if (this.#reading !== undefined) {
      this.#readAgain = true;
      return this.#reading;
    }
    this.#reading = this.#readAllNews().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readAllNews(): Promise<void> {
    do {
      this.#readAgain = false;
      if (this.#rooms.size === 0) return;
      const known = new Map([...this.#rooms.values()].map((room) => [room.id, room.head]));
      const news = await readNews(this.#options.db, known, NEWS_LIMIT);
      for (const [roomId, events] of news) {
        const room = this.#rooms.get(roomId);
        if (room === undefined) continue;
        const fresh = events.filter((event) => event.seq > room.head);
        room.take(events);
        if (fresh.length > 0) this.#announce(roomId, fresh, 'elsewhere');
        if (events.length === NEWS_LIMIT) this.#readAgain = true;
      }
    } while (this.#readAgain);
  }

  async #tellPresence(): Promise<void> {
    const here = new Map([...this.#rooms.values()].map((room) => [room.id, room.viewersHere]));
    this.#elsewhere = await tellPresence(this.#options.db, this.#processId, here);
    for (const room of this.#rooms.values()) {
      room.setViewersElsewhere(this.#elsewhere.viewers.get(room.id) ?? 0);
    }
  }

  // Upkeep

  async #beat(): Promise<void> {
    for (const connection of this.#connections) {
      if (!connection.ping()) connection.drop();
    }
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
    while (this.#connections.size > 0 && performance.now() < overdue + DRAIN_MS) await pause(10);
    for (const connection of this.#connections) connection.drop();
  }

  #every(name: string, everyMs: () => number, work: () => Promise<void>): void {
    this.#loops.push(
      startLoop(everyMs, work, (error) =>
        this.#options.log.warn({ err: error, loop: name }, 'realtime upkeep failed; trying again'),
      ),
    );
  }
}

/** A client's frame before it is known to fit. */
interface Heard {
  readonly t?: unknown;
  readonly key?: unknown;
}

/** Events that a returning client has not seen, up to and with `upTo`; later ones are still in memory. */
interface Missed {
  readonly events: readonly RoomEvent[];
  readonly upTo: number;
}

interface Handler {
  readonly fits: ValidateFunction<Heard>;
  readonly handle: (client: Client, frame: Heard) => Promise<void> | void;
}

interface Loop {
  stop(): Promise<void>;
}

/** Does `work` again and again, each time `everyMs` after the time before ended. */
function startLoop(everyMs: () => number, work: () => Promise<void>, failed: (error: unknown) => void): Loop {
  let stopped = false;
  let timer: NodeJS.Timeout;
  let running: Promise<void> = Promise.resolve();
  const next = () => {
    if (stopped) return;
    timer = setTimeout(() => {
      running = work().catch(failed).finally(next);
    }, everyMs());
    timer.unref();
  };
  next();
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
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

/** The frame's key where it has a usable one, so that even a refused frame can be told apart. */
function keyOf(frame: Heard): string | null {
  const key = frame.key;
  return typeof key === 'string' && key.length <= 100 ? key : null;
}

function pause(forMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, forMs));
}
