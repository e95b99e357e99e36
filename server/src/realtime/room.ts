import type { Uuid } from '../core/ids.ts';
import { Allowance } from './allowance.ts';
import { type Ranked, sampleLines } from './chat-sample.ts';
import type { ServerFrame } from './client.ts';
import type { Connection } from './connection.ts';
import type { ChatLine, HubLimits, RoomPlace } from './hub.ts';
import { tickMs } from './pace.ts';
import { Ring } from './ring.ts';
import type { RoomEvent } from './room-event.ts';
import { addUpSmallGifts } from './small-gifts.ts';
import { StreamBatch, type StreamMessage } from './stream-batch.ts';
import { streamNoise } from './stream-noise.ts';
import type { StreamReader } from './stream-reader.ts';
import { SharedMessage } from './wire.ts';

/** Events in memory for those who come back; older ones are read from the database. */
const RING_EVENTS = 1_024;
/** More events than this in one tick go out in several frames. */
const FRAME_EVENTS = 250;
/** Sockets written to before other work gets its turn: about 2 ms, of which a gift on its way waits for several. */
const SLICE_SOCKETS = 200;
/** Frames that do not wait for the tick are at least so far apart. */
const HURRY_MS = 25;
/** A frame that was later than this puts off the next one by the rest: a server that cannot keep up slows down. */
const LATE_MAX_MS = 20;
/** Chat lines per second that a person can still read. */
const LINES_PER_SECOND = 20;
/** Lines waiting for one frame; beyond this the lowest ranks are let go early. */
const LINES_WAITING_MAX = 1_000;

/**
 * One room in this process: who is in it and what the next frame holds. A frame goes out when something happened,
 * at most once a tick; a room in which nothing happens costs nothing.
 */
export class Room {
  readonly id: Uuid;
  readonly hostId: Uuid;
  /** Sockets that are about to join; the room stays open for them. */
  arriving = 0;
  /** How many members came by which name: a creator may take another one while people watch. */
  readonly #names = new Map<string, number>();
  readonly #ring: Ring;
  /** The last number that went out in a frame. */
  #shown: number;
  readonly #members = new Map<Connection, Membership>();
  readonly #people = new Map<Uuid | Connection, number>();
  /** Tools that read what happens; nobody counts them. */
  readonly #readers = new Set<StreamReader>();
  /** What the readers were told last. */
  #told: { likes: number; viewers: number };
  #lines: Ranked<ChatLine>[] = [];
  /** Lines said since the last frame, kept or not. */
  #linesSaid = 0;
  readonly #lineAllowance: Allowance;
  #likes: number;
  #viewersElsewhere = 0;
  #joins = 0;
  #dirty = false;
  #timer: NodeJS.Timeout | undefined;
  #dueMs = Number.POSITIVE_INFINITY;
  /** When the last frame was due: a late one does not put off the next, or steady events would fall between two. */
  #lastDueMs = Number.NEGATIVE_INFINITY;
  #writing = false;
  #waiting: { readonly seq: number; readonly resolve: () => void }[] = [];
  readonly #options: Pick<HubLimits, 'framesPerSecond' | 'viewersMs'>;

  constructor(place: RoomPlace, head: number, options: Pick<HubLimits, 'framesPerSecond' | 'viewersMs'>) {
    this.id = place.roomId;
    this.hostId = place.hostId;
    this.#likes = place.likes;
    this.#told = { likes: place.likes, viewers: 0 };
    this.#ring = new Ring(head, RING_EVENTS);
    this.#shown = head;
    this.#options = options;
    this.#lineAllowance = new Allowance(LINES_PER_SECOND, LINES_PER_SECOND, performance.now());
  }

  /** The last event that this process knows of. */
  get head(): number {
    return this.#ring.head;
  }

  /** The last event that went out. */
  get shown(): number {
    return this.#shown;
  }

  get empty(): boolean {
    return this.#members.size === 0 && this.#readers.size === 0;
  }

  /** People watching through this process. */
  get viewersHere(): number {
    return this.#people.size - (this.#people.has(this.hostId) ? 1 : 0);
  }

  get viewers(): number {
    return this.viewersHere + this.#viewersElsewhere;
  }

  get likes(): number {
    return this.#likes;
  }

  /** Events after `after` that went out already, or `null` when they are no longer in memory. */
  shownSince(after: number): RoomEvent[] | null {
    return this.#ring.between(after, this.#shown);
  }

  /** Lets a socket in. It gets every frame made from now on, under the name that it asked for. */
  join(connection: Connection, name: string): void {
    const before = this.#members.get(connection);
    if (before !== undefined) {
      before.left = true;
      this.#countName(before.name, -1);
    }
    this.#countName(name, 1);
    const person = before?.person ?? connection.person;
    this.#members.set(connection, { connection, person, name, left: false });
    connection.rooms.add(this.id);
    if (before !== undefined) return;
    const count = this.#people.get(connection.person) ?? 0;
    this.#people.set(connection.person, count + 1);
    if (count > 0) return;
    this.#joins += 1;
    this.#touch(this.#options.viewersMs);
  }

  leave(connection: Connection): void {
    const membership = this.#members.get(connection);
    if (membership === undefined) return;
    membership.left = true;
    this.#countName(membership.name, -1);
    this.#members.delete(connection);
    connection.rooms.delete(this.id);
    const count = this.#people.get(membership.person) ?? 0;
    if (count > 1) {
      this.#people.set(membership.person, count - 1);
      return;
    }
    this.#people.delete(membership.person);
    this.#touch(this.#options.viewersMs);
  }

  /** Lets a tool in that has been told everything up to `shown`. */
  addReader(reader: StreamReader): void {
    this.#readers.add(reader);
  }

  removeReader(reader: StreamReader): void {
    this.#readers.delete(reader);
  }

  /** Tells the tools that asked for tests something that did not happen. */
  tellTests(messages: readonly StreamMessage[]): void {
    const batch = new StreamBatch(messages);
    for (const reader of this.#readers) if (reader.tests) reader.tell(batch);
  }

  /** Takes events into the next frame; known ones are passed over. Says whether one before them is missing. */
  take(events: readonly RoomEvent[]): 'taken' | 'gap' {
    let gap = false;
    for (const event of events) {
      if (event.seq <= this.#ring.head) continue;
      if (event.seq > this.#ring.head + 1) {
        gap = true;
        break;
      }
      this.#ring.push(event);
    }
    if (this.#ring.head > this.#shown) this.#touch(0);
    return gap ? 'gap' : 'taken';
  }

  addLine(line: ChatLine, rank: number): void {
    this.#linesSaid += 1;
    this.#lines.push({ line, rank });
    if (this.#lines.length >= 2 * LINES_WAITING_MAX) this.#thinLines();
    this.#touch(0);
  }

  setLikes(total: number): void {
    if (total === this.#likes) return;
    this.#likes = total;
    this.#touch(0);
  }

  setViewersElsewhere(viewers: number): void {
    if (viewers === this.#viewersElsewhere) return;
    this.#viewersElsewhere = viewers;
    this.#touch(this.#options.viewersMs);
  }

  /** Sends the next frame at once, whatever the tick says; only so often. */
  hurry(): void {
    if (this.#dirty) this.#schedule(Math.max(performance.now(), this.#lastDueMs + HURRY_MS));
  }

  /** Resolves when everything up to `seq` has gone out. */
  async untilShown(seq: number): Promise<void> {
    if (this.#shown >= seq) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ seq, resolve });
    this.hurry();
    await promise;
  }

  /** Sends one frame to everybody, outside the others. */
  tell(frame: ServerFrame): void {
    const messages = this.#perName((stage) => new SharedMessage(() => JSON.stringify({ ...frame, stage })));
    for (const { connection, name } of this.#members.values()) {
      const message = messages.get(name);
      if (message !== undefined) connection.share(message, message);
    }
  }

  /** The name by which a member came. */
  nameFor(connection: Connection): string | undefined {
    return this.#members.get(connection)?.name;
  }

  /** Forgets what is waiting: nobody is here any more. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const { resolve } of this.#waiting.splice(0)) resolve();
  }

  /** Something is to be said, at the next tick but not before `waitMs` have passed. */
  #touch(waitMs: number): void {
    this.#dirty = true;
    const nowMs = performance.now();
    const interval = tickMs(this.#members.size, this.#options.framesPerSecond);
    this.#schedule(Math.max(this.#lastDueMs + interval, nowMs + waitMs));
  }

  #schedule(dueMs: number): void {
    if (this.#writing || dueMs >= this.#dueMs) return;
    this.#dueMs = dueMs;
    clearTimeout(this.#timer);
    // A timer, even for "now": what happens in the same turn of the loop belongs in the same frame.
    this.#timer = setTimeout(() => this.#frame(), Math.max(0, dueMs - performance.now()));
  }

  #frame(): void {
    const latest = performance.now() - LATE_MAX_MS;
    this.#timer = undefined;
    this.#lastDueMs = Math.max(this.#dueMs, latest);
    this.#dueMs = Number.POSITIVE_INFINITY;
    this.#dirty = false;
    if (this.empty) {
      this.#passOver();
      return;
    }

    const until = Math.min(this.#ring.head, this.#shown + FRAME_EVENTS);
    const events = this.#ring.between(this.#shown, until);
    if (events === null) throw new Error(`room ${this.id} lost events ${this.#shown + 1} to ${until}`);
    this.#shown = until;
    this.#ring.trim(until);
    const of = this.#linesSaid;
    this.#linesSaid = 0;
    const chat = this.#pickLines();
    const batch = this.#batchFor(events, chat);
    const state = { seq: this.#shown, likes: this.#likes, viewers: this.viewers };
    const noise = {
      chat,
      ...(this.#joins > 0 ? { joins: this.#joins } : {}),
      ...(chat.length < of ? { sampled: { shown: chat.length, of } } : {}),
    };
    const { apart, small } = addUpSmallGifts(events);
    const told = { events: apart, ...(small === null ? {} : { small }) };
    const messages = this.#perName((stage) => ({
      all: new SharedMessage(() => JSON.stringify({ t: 'frame', stage, ...state, ...told, ...noise })),
      eventsOnly:
        events.length === 0
          ? null
          : new SharedMessage(() => JSON.stringify({ t: 'frame', stage, ...state, ...told, chat: [] })),
      // Whoever lives from it is told of every gift by itself, however many there are.
      host:
        small === null
          ? null
          : new SharedMessage(() => JSON.stringify({ t: 'frame', stage, ...state, events, ...noise })),
    }));
    this.#joins = 0;

    this.#writing = true;
    const readers = batch === null ? [] : [...this.#readers];
    this.#writeSlice({ members: [...this.#members.values()], messages, readers, batch }, 0);
  }

  /** Nobody is here, or somebody is about to be: what happened counts as shown, and can be read. */
  #passOver(): void {
    this.#shown = this.#ring.head;
    this.#ring.trim(this.#shown);
    this.#lines = [];
    this.#linesSaid = 0;
    this.#joins = 0;
    for (const { resolve } of this.#waiting.splice(0)) resolve();
  }

  /** What the tools are told of this frame; `null` when there is none or nothing to say. */
  #batchFor(events: readonly RoomEvent[], chat: readonly ChatLine[]): StreamBatch | null {
    const before = this.#told;
    this.#told = { likes: this.#likes, viewers: this.viewers };
    if (this.#readers.size === 0) return null;
    const noise = streamNoise({ chat, joins: this.#joins, before, now: this.#told });
    return events.length === 0 && noise.length === 0 ? null : new StreamBatch(events, noise);
  }

  /** Writes to some sockets and lets the loop do other work before the next ones. */
  #writeSlice(frame: Frame, from: number): void {
    const { members, messages, readers, batch } = frame;
    const all = members.length + readers.length;
    const to = Math.min(all, from + SLICE_SOCKETS);
    for (let at = from; at < to; at++) {
      if (at >= members.length) {
        if (batch !== null) readers[at - members.length]?.tell(batch);
        continue;
      }
      const member = members[at];
      // Whoever left meanwhile and came back was told of this frame's events when joining.
      if (member === undefined || member.left) continue;
      const message = messages.get(member.name);
      if (message === undefined) continue;
      const { all, eventsOnly, host } = message;
      if (host !== null && member.person === this.hostId) member.connection.share(host, host);
      else member.connection.share(all, eventsOnly);
    }
    if (to < all) {
      setImmediate(() => this.#writeSlice(frame, to));
      return;
    }
    this.#writing = false;
    this.#waiting = this.#waiting.filter(({ seq, resolve }) => {
      if (seq <= this.#shown) resolve();
      return seq > this.#shown;
    });
    const more = this.#ring.head > this.#shown;
    if (more || this.#waiting.length > 0) {
      this.#dirty = true;
      this.#schedule(performance.now());
    } else if (this.#dirty) {
      this.#touch(0);
    }
  }

  /** One message for each name that members came by: nearly always one. */
  #perName<Message>(make: (name: string) => Message): Map<string, Message> {
    return new Map([...this.#names.keys()].map((name) => [name, make(name)]));
  }

  #countName(name: string, by: 1 | -1): void {
    const count = (this.#names.get(name) ?? 0) + by;
    if (count === 0) this.#names.delete(name);
    else this.#names.set(name, count);
  }

  #pickLines(): ChatLine[] {
    const keep = this.#lineAllowance.takeUpTo(this.#lines.length, performance.now());
    return sampleLines(this.#lines.splice(0), keep, Math.random);
  }

  #thinLines(): void {
    const kept = new Set(sampleLines(this.#lines, LINES_WAITING_MAX, Math.random));
    this.#lines = this.#lines.filter(({ line }) => kept.has(line));
  }
}

/** A frame on its way: to whom, and what. */
interface Frame {
  readonly members: readonly Membership[];
  /** By the name that a member came by. */
  readonly messages: ReadonlyMap<string, FrameMessages>;
  readonly readers: readonly StreamReader[];
  readonly batch: StreamBatch | null;
}

/** What a frame says to a socket that keeps up, to one that is slow, and to the creator if that is something else. */
interface FrameMessages {
  readonly all: SharedMessage;
  readonly eventsOnly: SharedMessage | null;
  readonly host: SharedMessage | null;
}

interface Membership {
  readonly connection: Connection;
  readonly person: Uuid | Connection;
  readonly name: string;
  left: boolean;
}
