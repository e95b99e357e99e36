import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { FastifyBaseLogger } from 'fastify';
import {
  type EngineObserver,
  EngineRefusal,
  type EngineStats,
  type HlsShelf,
  type HlsShelves,
  type LiveEngine,
  type Negotiated,
  type RoomVideo,
} from '../engine.ts';
import type { HlsPiece } from './hls-maker.ts';
import { Shelf } from './hls-shelf.ts';
import type { Order, Reply, Told, VideoSettings } from './messages.ts';
import { readOffer } from './sdp.ts';

const PROGRAM = join(import.meta.dirname, 'video-process.ts');
const ANSWER_MS = 10_000;
/** A busy machine takes its time to start a process. */
const OPEN_MS = 30_000;
const NO_VIDEO: RoomVideo = { state: 'none', publisher: null, bFrames: false };

interface Waiting {
  readonly resolve: (done: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly overdue: NodeJS.Timeout;
}

interface Running {
  readonly child: ChildProcess;
  readonly opened: Promise<void>;
  readonly waiting: Map<number, Waiting>;
}

/**
 * Carries video in a process of this server, started when somebody first publishes. Should it die, the rooms are
 * told `reconnecting`; the next publisher starts it anew.
 */
export class EmbeddedEngine implements LiveEngine {
  readonly name = 'embedded';
  readonly shelves: HlsShelves = {
    open: (room) => this.#openShelf(room),
    close: (room) => this.#closeShelf(room),
  };
  readonly #settings: VideoSettings;
  readonly #log: FastifyBaseLogger;
  readonly #rooms = new Map<string, RoomVideo>();
  readonly #sessions = new Set<string>();
  readonly #shelves = new Map<string, Shelf>();
  #observer: EngineObserver | undefined;
  #running: Running | undefined;
  #asked = 0;
  #stopped = false;
  #port = 0;

  constructor(settings: VideoSettings, log: FastifyBaseLogger) {
    this.#settings = settings;
    this.#log = log;
  }

  /** The UDP port in use; 0 before the first publisher. */
  get port(): number {
    return this.#port;
  }

  /** The process, for whoever measures it; undefined while there is none. */
  get pid(): number | undefined {
    return this.#running?.child.pid;
  }

  async publish(room: string, offer: string): Promise<Negotiated> {
    if (this.#stopped) throw new EngineRefusal('unavailable', 'The server is stopping.');
    // What is none is known before a process is started for it.
    readOffer(offer);
    this.#running ??= this.#start();
    await this.#running.opened;
    return this.#negotiated(await this.#ask({ do: 'publish', room, offer }));
  }

  async play(room: string, offer: string): Promise<Negotiated> {
    if (this.#running === undefined || this.video(room).state !== 'live') {
      throw new EngineRefusal('no_video', 'Nobody sends video to this stage now.');
    }
    return this.#negotiated(await this.#ask({ do: 'play', room, offer }));
  }

  async close(session: string): Promise<void> {
    if (this.#sessions.has(session)) await this.#ask({ do: 'close', session });
  }

  async closeRoom(room: string): Promise<void> {
    this.#rooms.delete(room);
    this.#closeShelf(room);
    if (this.#running !== undefined) await this.#ask({ do: 'closeRoom', room });
  }

  video(room: string): RoomVideo {
    return this.#rooms.get(room) ?? NO_VIDEO;
  }

  hls(): null {
    return null;
  }

  observe(observer: EngineObserver): void {
    this.#observer = observer;
  }

  async stats(): Promise<EngineStats> {
    if (this.#running === undefined) return NO_STATS;
    return (await this.#ask({ do: 'stats' })) as EngineStats;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    const child = this.#running?.child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    if (child.connected) child.disconnect();
    const overdue = setTimeout(() => child.kill('SIGKILL'), 2_000);
    await ended;
    clearTimeout(overdue);
  }

  #start(): Running {
    const child = fork(PROGRAM, {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // Pieces of HLS come as they are.
      serialization: 'advanced',
      env: { NODE_NO_WARNINGS: '1' },
      execArgv: [],
    });
    const waiting = new Map<number, Waiting>();
    child.stderr?.on('data', (text: Buffer) => {
      this.#log.warn({ said: text.toString().trim().slice(0, 2_000) }, 'the video process said');
    });
    child.on('message', (told: Told) => this.#hear(told));
    child.on('error', (error) => this.#log.error({ err: error }, 'the video process failed'));
    child.once('exit', (code, signal) => this.#ended(code, signal));
    // Registered before it is asked for anything.
    const running: Running = {
      child,
      waiting,
      opened: Promise.resolve().then(async () => {
        this.#port = (await this.#ask({ do: 'open', settings: this.#settings }, OPEN_MS)) as number;
      }),
    };
    running.opened.catch((error: unknown) => {
      this.#log.error({ err: error }, 'video cannot be carried');
      child.kill('SIGKILL');
    });
    return running;
  }

  #ended(code: number | null, signal: string | null): void {
    const waiting = [...(this.#running?.waiting.values() ?? [])];
    this.#running = undefined;
    for (const { reject, overdue } of waiting) {
      clearTimeout(overdue);
      reject(new EngineRefusal('unavailable', 'The video process ended.'));
    }
    if (!this.#stopped)
      this.#log.error({ code, signal }, 'the video process ended; publishers may come again');
    for (const session of [...this.#sessions]) this.#closed(session);
    for (const room of [...this.#shelves.keys()]) this.#closeShelf(room);
    for (const [room, video] of [...this.#rooms]) {
      if (video.state !== 'live' && video.state !== 'reconnecting') continue;
      this.#changed(room, { ...video, state: 'ended', publisher: null });
    }
  }

  #ask(order: Order, withinMs = ANSWER_MS): Promise<unknown> {
    const running = this.#running;
    if (running === undefined) {
      return Promise.reject(new EngineRefusal('unavailable', 'The video process ended.'));
    }
    this.#asked += 1;
    const number = this.#asked;
    return new Promise((resolve, reject) => {
      const overdue = setTimeout(() => {
        running.waiting.delete(number);
        reject(new EngineRefusal('unavailable', 'The video process does not answer.'));
      }, withinMs);
      running.waiting.set(number, { resolve, reject, overdue });
      if (running.child.connected) running.child.send({ number, order });
    });
  }

  #hear(told: Told): void {
    if ('changed' in told) this.#changed(told.changed, told.video);
    else if ('closed' in told) this.#closed(told.closed);
    else if ('hls' in told) this.#shelve(told.hls, told.piece);
    else this.#settle(told);
  }

  async #openShelf(room: string): Promise<HlsShelf> {
    if (this.#running === undefined || this.video(room).state !== 'live') {
      throw new EngineRefusal('no_video', 'Nobody sends video to this stage now.');
    }
    const known = this.#shelves.get(room);
    if (known !== undefined) return known;
    const shelf = new Shelf();
    this.#shelves.set(room, shelf);
    try {
      await this.#ask({ do: 'hls', room, wanted: true });
    } catch (error) {
      this.#closeShelf(room);
      throw error;
    }
    return shelf;
  }

  #closeShelf(room: string): void {
    const shelf = this.#shelves.get(room);
    if (shelf === undefined) return;
    this.#shelves.delete(room);
    shelf.close();
    if (this.#running === undefined) return;
    this.#ask({ do: 'hls', room, wanted: false }).catch(() => {
      // The process that made it has ended.
    });
  }

  #shelve(room: string, piece: HlsPiece | null): void {
    if (piece === null) this.#closeShelf(room);
    else this.#shelves.get(room)?.put(piece);
  }

  #settle(reply: Reply): void {
    const waiting = this.#running?.waiting.get(reply.number);
    if (waiting === undefined) return;
    this.#running?.waiting.delete(reply.number);
    clearTimeout(waiting.overdue);
    if ('refused' in reply) waiting.reject(new EngineRefusal(reply.refused, reply.detail));
    else waiting.resolve(reply.done);
  }

  #negotiated(done: unknown): Negotiated {
    const negotiated = done as Negotiated;
    this.#sessions.add(negotiated.session);
    return negotiated;
  }

  #changed(room: string, video: RoomVideo): void {
    this.#rooms.set(room, video);
    if (video.state === 'ended') this.#closeShelf(room);
    this.#observer?.changed(room, video);
  }

  #closed(session: string): void {
    if (this.#sessions.delete(session)) this.#observer?.closed(session);
  }
}

const NO_STATS: EngineStats = {
  rooms: 0,
  publishers: 0,
  viewers: 0,
  packetsIn: 0,
  packetsOut: 0,
  bytesOut: 0,
  retransmitted: 0,
  keyframesAsked: 0,
  processorUs: 0,
  memoryBytes: 0,
};
