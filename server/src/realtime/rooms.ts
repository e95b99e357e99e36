import { newId, type Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import { goRounds, type Rounds } from '../core/rounds.ts';
import type { Database } from '../db/database.ts';
import type { Principal } from '../http/principal.ts';
import type { Bus } from './bus.ts';
import type { ServerFrame } from './client.ts';
import { Company } from './company.ts';
import type { Connection } from './connection.ts';
import type { ChatLine, EventOrigin, HubLimits, HubLog, RoomPlace } from './hub.ts';
import { MISSED_EVENTS_MAX } from './limits.ts';
import { leavePresence, tellPresence } from './presence.ts';
import { ROOM_NOT_FOUND, TOO_MANY_ROOMS } from './refusals.ts';
import { Room } from './room.ts';
import type { Json, RoomEvent } from './room-event.ts';
import { readHead, readNews, readRoomEvents } from './room-events.ts';
import { StreamBatch, type StreamMessage } from './stream-batch.ts';
import type { StreamReader } from './stream-reader.ts';

/** Events that a reader who catches up is given at once; the next ones follow when it has read them. */
const STREAM_PAGE = 250;
/** Events read at once for a room that is behind. */
const NEWS_LIMIT = 500;

/** The channel of all processes; each room has one of its own. */
const ALL = 'all';
/** What a process says of itself is believed for so many of the times at which it says it. */
const HEARD_FOR_PRESENCES = 3;

/** What rooms themselves tell each other. */
const OWN_TOPICS: ReadonlySet<string> = new Set(['events', 'tests', 'viewers', 'hello', 'bye']);

const channelOf = (roomId: Uuid) => `room.${roomId}`;

/** Takes what another process said, of a room or (`null`) of none. */
export type HearOthers = (body: Json, roomId: Uuid | null) => void;

type Listener = (roomId: Uuid, events: readonly RoomEvent[], origin: EventOrigin) => void;

/**
 * The rooms that somebody is in, in this process: who comes and goes, what they missed, and what other processes on
 * the same database commit. A process reads others' events ten times a second in company and once a second alone or
 * when it is told of news by a bus.
 */
export class Rooms {
  readonly #db: Database;
  readonly #limits: HubLimits;
  readonly #log: HubLog;
  readonly #processId: Uuid = newId();
  readonly #rooms = new Map<Uuid, Room>();
  readonly #opening = new Map<Uuid, Promise<Room>>();
  readonly #listeners: Listener[] = [];
  readonly #rounds: Rounds[] = [];
  #find: ((name: string) => Promise<RoomPlace | null>) | undefined;
  #door: ((roomId: Uuid, principal: Principal) => Promise<void>) | undefined;
  readonly #bus: Bus;
  readonly #company: Company;
  /** Ends the hearing of what other processes say, by room. */
  readonly #hearing = new Map<Uuid, () => void>();
  readonly #heard = new Map<string, HearOthers>();
  /** Rooms whose viewers here changed since the others were told. */
  readonly #unsaid = new Set<Uuid>();
  #saying: NodeJS.Timeout | undefined;
  #reading: Promise<void> | undefined;
  #readAgain = false;

  constructor(db: Database, limits: HubLimits, log: HubLog, bus: Bus) {
    this.#db = db;
    this.#bus = bus;
    this.#company = new Company(HEARD_FOR_PRESENCES * limits.presenceMs);
    this.#limits = limits;
    this.#log = log;
  }

  /** Says that this process is there and begins to follow the others. */
  async open(): Promise<void> {
    this.#hearOthers();
    await this.#tellPresence();
    const { presenceMs, pollAloneMs, pollInCompanyMs } = this.#limits;
    const newsMs = () => (this.inCompany && !this.#bus.isConnected ? pollInCompanyMs : pollAloneMs);
    this.#rounds.push(
      goRounds('presence', presenceMs, this.#log, () => this.#tellPresence()),
      goRounds('events of other processes', newsMs, this.#log, () => this.#readNews()),
    );
  }

  async close(): Promise<void> {
    for (const rounds of this.#rounds) await rounds.stop();
    clearTimeout(this.#saying);
    this.#bus.say(ALL, 'bye', { process: this.#processId });
    for (const room of this.#rooms.values()) room.close();
    this.#rooms.clear();
    for (const stop of this.#hearing.values()) stop();
    await leavePresence(this.#db, this.#processId).catch(() => {
      // Without a database nobody can be told; the others notice by themselves.
    });
  }

  useRooms(find: (name: string) => Promise<RoomPlace | null>): void {
    this.#find = find;
  }

  useDoor(check: (roomId: Uuid, principal: Principal) => Promise<void>): void {
    this.#door = check;
  }

  observe(listen: Listener): void {
    this.#listeners.push(listen);
  }

  publish(roomId: Uuid, events: readonly RoomEvent[], now: boolean): void {
    if (events.length === 0) return;
    const room = this.#rooms.get(roomId);
    if (room?.take(events) === 'gap') {
      this.#readNews().catch(() => {
        // The next round reads them when the database is back; the log says so meanwhile.
      });
    }
    if (now) room?.hurry();
    // A hint: whoever hears it reads what was committed.
    this.#bus.say(channelOf(roomId), 'events', { seq: events.at(-1)?.seq ?? 0 });
    this.#announce(roomId, events, 'here');
  }

  chat(roomId: Uuid, line: ChatLine, rank: number): void {
    this.#rooms.get(roomId)?.addLine(line, rank);
  }

  likes(roomId: Uuid, total: number): void {
    this.#rooms.get(roomId)?.setLikes(total);
  }

  tell(roomId: Uuid, frame: ServerFrame): void {
    this.#rooms.get(roomId)?.tell(frame);
  }

  viewers(roomId: Uuid): number {
    const here = this.#rooms.get(roomId)?.viewersHere ?? 0;
    return here + this.#company.viewers(roomId);
  }

  get ids(): Uuid[] {
    return [...this.#rooms.keys()];
  }

  get inCompany(): boolean {
    return !this.#company.isEmpty;
  }

  /** Lets a socket into a room: `joined` first, with what it missed, and then every frame. */
  async join(connection: Connection, name: string, after: number | undefined): Promise<void> {
    const place = await this.#find?.(name);
    if (place === null || place === undefined) throw new Refusal(ROOM_NOT_FOUND, { stage: name }, '/stage');
    await this.#door?.(place.roomId, connection.principal);
    const most = this.#limits.roomsPerSocketMax;
    if (!connection.rooms.has(place.roomId) && connection.rooms.size >= most) {
      throw new Refusal(TOO_MANY_ROOMS, { most });
    }
    const room = await this.#arriveAt(place);
    try {
      const missed = after === undefined ? null : await this.#missedSince(room, after);
      if (connection.open) {
        letIn(connection, room, place.name, missed);
        this.#viewersChanged(room.id);
      }
    } finally {
      room.arriving -= 1;
      this.#closeIfEmpty(room);
    }
  }

  /**
   * Lets a tool read a room: `connected` first, then every event after `after`, as fast as it reads, and then what
   * happens. Without `after`, or with one that never was, it begins at what happens now.
   */
  async read(
    place: RoomPlace,
    after: number | undefined,
    about: Readonly<Record<string, Json>>,
    open: () => Promise<StreamReader | null>,
  ): Promise<void> {
    const room = await this.#arriveAt(place);
    try {
      if (after !== undefined && after > room.head) await this.#readNews();
      if (after !== undefined && after > room.shown && after <= room.head) await room.untilShown(after);
      const reader = await open();
      if (reader === null || !reader.open) return;
      const resumed = after !== undefined && after <= room.shown;
      let told = resumed ? after : room.shown;
      reader.tell(
        new StreamBatch([
          {
            type: 'connected',
            createTime: String(Date.now()),
            ...about,
            seq: told,
            resumed,
            viewerCount: room.viewers,
            totalLikeCount: room.likes,
          },
        ]),
      );
      while (reader.open) {
        const tail = room.shownSince(told);
        if (tail !== null && tail.length <= STREAM_PAGE) {
          if (tail.length > 0) reader.tell(new StreamBatch(tail));
          room.addReader(reader);
          reader.whenClosed(() => {
            room.removeReader(reader);
            this.#closeIfEmpty(room);
          });
          return;
        }
        const page = tail ?? (await readRoomEvents(this.#db, room.id, told, STREAM_PAGE));
        const events = page.slice(0, STREAM_PAGE).filter(({ seq }) => seq <= room.shown);
        // Older than 30 days meanwhile: it asks again and is told so.
        if (events[0]?.seq !== told + 1) {
          reader.end('gone');
          return;
        }
        reader.tell(new StreamBatch(events));
        told = events.at(-1)?.seq ?? told;
        await reader.drained();
      }
    } finally {
      room.arriving -= 1;
      this.#closeIfEmpty(room);
    }
  }

  /** Tells the tools that asked for tests something that did not happen. */
  tellTests(roomId: Uuid, messages: readonly StreamMessage[]): void {
    this.#rooms.get(roomId)?.tellTests(messages);
    this.#bus.say(channelOf(roomId), 'tests', messages as unknown as Json);
  }

  /** Whether what is told to others reaches them at once. */
  get inTouch(): boolean {
    return this.#bus.isConnected;
  }

  /** Tells the processes that have this room open, or all of them. */
  tellOthers(topic: string, body: Json, roomId?: Uuid): void {
    this.#bus.say(roomId === undefined ? ALL : channelOf(roomId), topic, body);
  }

  hearOthers(topic: string, listen: HearOthers): void {
    if (this.#heard.has(topic) || OWN_TOPICS.has(topic))
      throw new Error(`what others say of ${topic} is heard twice`);
    this.#heard.set(topic, listen);
  }

  leave(connection: Connection, name: string): void {
    for (const roomId of connection.rooms) {
      const room = this.#rooms.get(roomId);
      if (room?.nameFor(connection) === name.toLowerCase()) this.#leaveRoom(connection, room);
    }
  }

  /** Lets a socket out of a room and says by which name it was there; `undefined` when it was not. */
  putOut(connection: Connection, roomId: Uuid): string | undefined {
    const room = this.#rooms.get(roomId);
    const name = room?.nameFor(connection);
    if (room !== undefined && name !== undefined) this.#leaveRoom(connection, room);
    return name;
  }

  leaveAll(connection: Connection): void {
    for (const roomId of [...connection.rooms]) {
      const room = this.#rooms.get(roomId);
      if (room !== undefined) this.#leaveRoom(connection, room);
    }
  }

  #leaveRoom(connection: Connection, room: Room): void {
    room.leave(connection);
    this.#viewersChanged(room.id);
    this.#closeIfEmpty(room);
  }

  /** The open room, kept open for whoever is about to come in: take one from `arriving` afterwards. */
  async #arriveAt(place: RoomPlace): Promise<Room> {
    let room = await this.#open(place);
    // The last one may have left it at this very moment.
    while (this.#rooms.get(room.id) !== room) room = await this.#open(place);
    room.arriving += 1;
    return room;
  }

  /** The room as this process has it; opened with what the database knows when nobody is in it yet. */
  async #open(place: RoomPlace): Promise<Room> {
    const open = this.#rooms.get(place.roomId);
    if (open !== undefined) return open;
    const before = this.#opening.get(place.roomId);
    if (before !== undefined) return before;
    const opening = readHead(this.#db, place.roomId)
      .then((head) => {
        const room = new Room(place, head, this.#limits);
        room.setViewersElsewhere(this.#company.viewers(place.roomId));
        this.#rooms.set(place.roomId, room);
        this.#hearing.set(
          room.id,
          this.#bus.hear(channelOf(room.id), (topic, body) => this.#hear(topic, body, room.id)),
        );
        return room;
      })
      .finally(() => this.#opening.delete(place.roomId));
    this.#opening.set(place.roomId, opening);
    return opening;
  }

  #closeIfEmpty(room: Room): void {
    if (!room.empty || room.arriving > 0) return;
    room.close();
    if (this.#rooms.get(room.id) !== room) return;
    this.#rooms.delete(room.id);
    this.#hearing.get(room.id)?.();
    this.#hearing.delete(room.id);
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
    const read = await readRoomEvents(this.#db, room.id, after, MISSED_EVENTS_MAX);
    const events = read.filter((event) => event.seq <= room.shown);
    const upTo = events.at(-1)?.seq ?? after;
    // Events older than 30 days may be gone: then the first one does not follow.
    return events[0]?.seq === after + 1 ? { events, upTo } : null;
  }

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
      const news = await readNews(this.#db, known, NEWS_LIMIT);
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

  #announce(roomId: Uuid, events: readonly RoomEvent[], origin: EventOrigin): void {
    for (const listen of this.#listeners) listen(roomId, events, origin);
  }

  async #tellPresence(): Promise<void> {
    this.#sayViewers(true);
    const here = new Map([...this.#rooms.values()].map((room) => [room.id, room.viewersHere]));
    this.#company.read(await tellPresence(this.#db, this.#processId, here), performance.now());
    this.#countElsewhere();
  }

  #countElsewhere(): void {
    for (const room of this.#rooms.values()) room.setViewersElsewhere(this.#company.viewers(room.id));
  }

  #hearOthers(): void {
    this.#bus.hear(ALL, (topic, body) => this.#hear(topic, body, null));
    this.#greet();
    this.#bus.whenConnected(() => {
      this.#greet();
      this.#readNews().catch(() => {
        // The next round reads them when the database is back; the log says so meanwhile.
      });
    });
  }

  /** Says who watches here and asks the others to say the same. */
  #greet(): void {
    this.#bus.say(ALL, 'hello', null);
    this.#sayViewers(true);
  }

  /** What another process says. It may say anything: what does not fit is passed over. */
  #hear(topic: string, body: Json, roomId: Uuid | null): void {
    const said = body as { readonly [field: string]: Json } | null;
    const room = roomId === null ? undefined : this.#rooms.get(roomId);
    if (topic === 'events' && room !== undefined) {
      if (Number(said?.seq) > room.head) this.#readNews().catch(() => {});
    } else if (topic === 'tests' && room !== undefined) {
      room.tellTests(body as unknown as readonly StreamMessage[]);
    } else if (topic === 'viewers') {
      const viewers = new Map(said?.viewers as unknown as readonly (readonly [Uuid, number])[]);
      this.#company.hear(String(said?.process), viewers, said?.all === true, performance.now());
      this.#countElsewhere();
    } else if (topic === 'hello') {
      this.#sayViewers(true);
    } else if (topic === 'bye') {
      this.#company.forget(String(said?.process));
      this.#countElsewhere();
    } else {
      this.#heard.get(topic)?.(body, roomId);
    }
  }

  /** Somebody came or went: the others are told soon. */
  #viewersChanged(roomId: Uuid): void {
    if (!this.#bus.isConnected) return;
    this.#unsaid.add(roomId);
    this.#saying ??= setTimeout(() => this.#sayViewers(false), this.#limits.viewersMs);
  }

  #sayViewers(all: boolean): void {
    clearTimeout(this.#saying);
    this.#saying = undefined;
    const rooms = all ? [...this.#rooms.keys()] : [...this.#unsaid];
    this.#unsaid.clear();
    const viewers = rooms.map((id) => [id, this.#rooms.get(id)?.viewersHere ?? 0]);
    this.#bus.say(ALL, 'viewers', { process: this.#processId, all, viewers });
  }
}

/** Events that a returning client has not seen, up to and with `upTo`; later ones are still in memory. */
interface Missed {
  readonly events: readonly RoomEvent[];
  readonly upTo: number;
}

/** Without a pause between looking and joining: what is missed ends exactly where the next frame begins. */
function letIn(connection: Connection, room: Room, name: string, missed: Missed | null): void {
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
