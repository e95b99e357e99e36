import type { Server } from 'node:http';
import type { Static, TSchema } from 'typebox';
import type { Clock } from '../core/clock.ts';
import type { Uuid } from '../core/ids.ts';
import type { Database } from '../db/database.ts';
import type { Principal, UserPrincipal } from '../http/principal.ts';
import type { Bus } from './bus.ts';
import type { Client, ServerFrame } from './client.ts';
import type { Json, RoomEvent } from './room-event.ts';
import type { StreamMessage } from './stream-batch.ts';
import type { StreamRoad } from './stream-reader.ts';
import { Switchboard } from './switchboard.ts';
import type { Ticket } from './tickets.ts';
import type { OtherDoor } from './upgrade.ts';

export type { Client, ServerFrame } from './client.ts';
export type { Json, NewRoomEvent, RoomEvent } from './room-event.ts';
export { appendRoomEvents } from './room-events.ts';

/** A room as its owner describes it to the hub when a client joins. */
export interface RoomPlace {
  readonly roomId: Uuid;
  /** The name on the wire: the creator's handle. */
  readonly name: string;
  /** The person whose room it is; not counted as a viewer. */
  readonly hostId: Uuid;
  /** Likes so far. */
  readonly likes: number;
}

/** A chat line as it goes out. */
export interface ChatLine {
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  readonly user: {
    readonly id: string;
    readonly handle: string;
    readonly displayName: string;
    readonly avatar: string;
    readonly badges: readonly string[];
    readonly host: boolean;
  };
  readonly text: string;
  /** The line that it answers, shortly. */
  readonly replyTo?: {
    readonly id: string;
    readonly handle: string;
    readonly displayName: string;
    readonly text: string;
  };
}

/** How an event reached this process: published here, or read from what another process committed. */
export type EventOrigin = 'here' | 'elsewhere';

/**
 * All sockets of this process and the rooms they are in.
 *
 * Two lanes: events (gifts and whatever else must not be missed) are numbered, kept and resumed; noise (chat,
 * likes, viewers) is merged into the same frame, sampled when a room is crowded, and gone afterwards.
 */
export interface Hub {
  /**
   * Takes frames of one type from clients. `schema` is a strict object with `t: Type.Literal(type)`; whatever does
   * not fit is refused before `handle` sees it. A refusal that `handle` throws is answered with the frame's `key`.
   */
  on<Schema extends TSchema>(
    type: string,
    schema: Schema,
    handle: (client: Client, frame: Static<Schema>) => Promise<void> | void,
  ): void;

  /** Says how room names are looked up; `null` = there is none. Registered once, by the slice that has rooms. */
  useRooms(find: (name: string) => Promise<RoomPlace | null>): void;

  /**
   * Says who may come into a room: `check` throws the refusal that whoever may not is told. Registered once, by the
   * slice that has rooms.
   */
  useDoor(check: (roomId: Uuid, principal: Principal) => Promise<void>): void;

  /**
   * Says how sessions are looked up, so that sockets of an ended session close and principals stay true.
   * Sessions missing from the answer have ended.
   */
  useSessions(read: (sessionIds: readonly Uuid[]) => Promise<ReadonlyMap<Uuid, UserPrincipal>>): void;

  /**
   * Shows committed events (from `appendRoomEvents`) to the room's clients of this process, in one frame with
   * whatever else the tick holds. Events already shown are passed over; missing ones before them are read first.
   * `now` sends without waiting for the tick: for gifts that take the whole stage.
   */
  publish(roomId: Uuid, events: readonly RoomEvent[], options?: { readonly now?: boolean }): void;

  /** Hears every event that this process publishes, and those that it reads for the rooms it has open. */
  observe(listen: (roomId: Uuid, events: readonly RoomEvent[], origin: EventOrigin) => void): void;

  /** Adds a chat line to the room's next frame. When crowded, lines of a higher `rank` are kept first. */
  chat(roomId: Uuid, line: ChatLine, rank: number): void;

  /** Says how many likes the room has in all. */
  likes(roomId: Uuid, total: number): void;

  /** Sends one frame, with the room's name as `stage`, to everybody in the room, in this process. Not kept. */
  toRoom(roomId: Uuid, frame: ServerFrame): void;

  /** Sends one frame to every socket of a person; in other processes only when they are in touch. */
  toUser(userId: Uuid, frame: ServerFrame): void;

  /** Makes every socket of a person leave a room, in this process; each is told `left`. */
  putOut(roomId: Uuid, userId: Uuid): void;

  /**
   * People watching, over all processes: each signed-in person once (once per process, should they use several),
   * the host not, each anonymous socket once.
   */
  viewers(roomId: Uuid): number;

  /** The people who have a page open, in this process. */
  usersHere(): Uuid[];

  /** The rooms that somebody is in, in this process. */
  openRooms(): Uuid[];

  /** Whether other server processes share this database; then what they commit must be looked for. */
  inCompany(): boolean;

  /** Whether a bus tells other processes at once what is told here; without one they find out by reading. */
  inTouch(): boolean;

  /**
   * Tells the other processes that have this room open (all, without one) something that is only noise or a hint to
   * read: it may be lost.
   */
  tellOthers(topic: string, body: Json, roomId?: Uuid): void;

  /** Hears what `tellOthers` of other processes said of a topic. One listener each. */
  hearOthers(topic: string, listen: (body: Json, roomId: Uuid | null) => void): void;

  /** Closes the sockets of a session that ended (4001). */
  closeSession(sessionId: Uuid): void;

  /** Reads the principals of a person's sockets anew: after a new role, handle or date of birth. */
  recheck(userId: Uuid): Promise<void>;

  /**
   * Makes a ticket for one connection, which is counted for `network`. Refuses with `too_many_sockets`.
   * @param network see `publicNetworkOf`; `null` (unless told) is not counted.
   */
  ticketFor(principal: Principal, network?: string | null): Promise<Ticket>;

  /**
   * Lets a tool read a room: `connected`, with `about` in it, then every event after `after`, then what happens.
   * Resolves when it has caught up or is gone. Refuses with `too_many_sockets` or `server_full`; `open` makes the
   * road to the tool once nothing is to be refused any more.
   */
  read(
    place: RoomPlace,
    asked: ReadRequest,
    open: (limits: HubLimits) => Promise<StreamRoad | null>,
  ): Promise<void>;

  /** Tells the tools that read this room and asked for tests something that did not happen. Not kept. */
  tellTests(roomId: Uuid, messages: readonly StreamMessage[]): void;

  /** Takes WebSocket upgrades for `/v1/socket` on this server; `other` is asked about the rest. */
  attach(server: Server, other?: OtherDoor): void;

  /** Takes no more connections and frames, waits for frames being handled, closes every socket with 4010. */
  drain(): Promise<void>;

  /** Drains, then stops all background work. */
  close(): Promise<void>;

  /** Figures for whoever watches the server. */
  stats(): HubStats;
}

/** What a tool asks for. */
export interface ReadRequest {
  /** The last number that it has seen; `undefined` = begin now. */
  readonly after: number | undefined;
  /** Whether it wants the creator's test events. */
  readonly tests: boolean;
  /** See `publicNetworkOf`. */
  readonly network: string | null;
  /** Fields of `connected`. */
  readonly about: Readonly<Record<string, Json>>;
}

export interface HubStats {
  readonly sockets: number;
  /** Tools that read a room. */
  readonly readers: number;
  readonly rooms: number;
  readonly framesSent: number;
  readonly closedSlow: number;
  readonly closedTooMuch: number;
}

/** Where faults are told; pino fits. */
export interface HubLog {
  warn(fields: object, sentence: string): void;
  error(fields: object, sentence: string): void;
}

export interface HubOptions {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: HubLog;
  /** The site's own origin, `https://carat.example`; without it, the host that was asked. */
  readonly publicOrigin?: string | undefined;
  readonly limits?: Partial<HubLimits>;
  /** The way to the other processes; without one they follow each other by reading. */
  readonly bus?: Bus;
}

export interface HubLimits {
  /** Sockets of one process; more are answered 503. */
  readonly socketsMax: number;
  /** Sockets of one network in one process; more are refused with `too_many_sockets`. */
  readonly socketsPerNetworkMax: number;
  /** Frames that a client may send in the long run, and at once after a pause. */
  readonly messagesPerSecond: number;
  readonly messagesAtOnce: number;
  /** Rooms that one socket may be in. */
  readonly roomsPerSocketMax: number;
  /** How often each side asks the other for a sign of life. */
  readonly heartbeatMs: number;
  /** Frames written per second by one room; decides its tick. */
  readonly framesPerSecond: number;
  /** Coming and going alone is told after so long. */
  readonly viewersMs: number;
  /** How often other processes' events are looked for: alone, and in company. */
  readonly pollAloneMs: number;
  readonly pollInCompanyMs: number;
  /** How often this process says that it lives and how many people watch. */
  readonly presenceMs: number;
}

/** Opens the hub of this process. It takes sockets once it is attached to a server. */
export async function openHub(options: HubOptions): Promise<Hub> {
  const hub = new Switchboard(options);
  await hub.open();
  return hub;
}
