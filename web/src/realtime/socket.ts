import { api } from '../api/client.ts';
import { PERSON_CHANGED } from '../api/session.ts';
import { backoffMs } from './backoff.ts';
import type { ServerFrame } from './frames.ts';

/** How the page's one connection stands. */
export interface LineState {
  /** `waiting`: cut off, the next attempt is at `retryAt`. */
  readonly phase: 'idle' | 'connecting' | 'open' | 'waiting';
  /** Attempts since the last success. */
  readonly attempt: number;
  /** When the next attempt begins, in `Date.now()` time; `null` unless waiting. */
  readonly retryAt: number | null;
  /** Whether it has ever been open: before that nothing was lost. */
  readonly everOpen: boolean;
}

type FrameListener = (frame: ServerFrame) => void;

/** A pause of more than this beyond the heartbeat means that the line is dead. */
const SILENCE_MS = 6_000;
const DEFAULT_HEARTBEAT_MS = 20_000;
/** Session or ticket ended: come back at once as whoever is signed in now. */
const CLOSE_TICKET = 4001;

/**
 * The page's one WebSocket: opened while somebody listens, with a fresh ticket for each attempt;
 * reopened with growing, spread pauses; closed when nobody listens any more.
 */
class Line {
  #state: LineState = { phase: 'idle', attempt: 0, retryAt: null, everOpen: false };
  #socket: WebSocket | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #beat: ReturnType<typeof setInterval> | undefined;
  #heardAt = 0;
  #generation = 0;
  readonly #frames = new Set<FrameListener>();
  readonly #watchers = new Set<() => void>();

  constructor() {
    window.addEventListener('offline', () => this.#lost());
    window.addEventListener('online', () => this.retryNow());
    window.addEventListener(PERSON_CHANGED, () => {
      if (this.#state.phase !== 'idle') this.#restart();
    });
  }

  state = (): LineState => this.#state;

  subscribe = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  /** Hears every frame; the line opens with the first listener and closes after the last. */
  listen(listener: FrameListener): () => void {
    this.#frames.add(listener);
    if (this.#state.phase === 'idle') void this.#open();
    return () => {
      this.#frames.delete(listener);
      // A page that changes listens again in the same turn; only then is the line not needed.
      setTimeout(() => {
        if (this.#frames.size === 0) this.#stop();
      }, 1_000);
    };
  }

  /** Sends one frame; `false` when the line is not open, and then nothing was sent. */
  send(frame: object): boolean {
    if (this.#state.phase !== 'open' || this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** Tries again at once, if it is waiting. */
  retryNow(): void {
    if (this.#state.phase === 'waiting') void this.#open();
  }

  async #open(): Promise<void> {
    clearTimeout(this.#retry);
    this.#generation += 1;
    const generation = this.#generation;
    this.#set({ phase: 'connecting', retryAt: null });
    let ticket: string;
    try {
      ({ ticket } = await api.post<{ ticket: string }>('/socket-tickets'));
    } catch {
      if (generation === this.#generation) this.#lost();
      return;
    }
    if (generation !== this.#generation) return;
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const socket = new WebSocket(
      `${scheme}://${location.host}/v1/socket?ticket=${encodeURIComponent(ticket)}`,
    );
    this.#socket = socket;
    socket.onmessage = (message) => {
      if (socket === this.#socket) this.#hear(String(message.data));
    };
    socket.onclose = (close) => {
      if (socket !== this.#socket) return;
      if (close.code === CLOSE_TICKET && this.#state.phase === 'open') this.#restart();
      else this.#lost();
    };
  }

  #hear(text: string): void {
    this.#heardAt = Date.now();
    let frame: ServerFrame;
    try {
      frame = JSON.parse(text) as ServerFrame;
    } catch {
      return;
    }
    if (frame.t === 'hello') {
      this.#keepAlive(frame.heartbeatMs || DEFAULT_HEARTBEAT_MS);
      this.#set({ phase: 'open', attempt: 0, retryAt: null, everOpen: true });
    }
    for (const listener of [...this.#frames]) listener(frame);
  }

  #keepAlive(heartbeatMs: number): void {
    clearInterval(this.#beat);
    this.#beat = setInterval(() => {
      if (Date.now() - this.#heardAt > heartbeatMs + SILENCE_MS) this.#lost();
      else this.send({ t: 'ping' });
    }, heartbeatMs);
  }

  #lost(): void {
    if (this.#state.phase === 'idle' || this.#state.phase === 'waiting') return;
    this.#drop();
    const pause = backoffMs(this.#state.attempt);
    this.#set({ phase: 'waiting', attempt: this.#state.attempt + 1, retryAt: Date.now() + pause });
    this.#retry = setTimeout(() => void this.#open(), pause);
  }

  #restart(): void {
    this.#drop();
    void this.#open();
  }

  #stop(): void {
    this.#drop();
    clearTimeout(this.#retry);
    this.#set({ phase: 'idle', attempt: 0, retryAt: null, everOpen: false });
  }

  #drop(): void {
    this.#generation += 1;
    clearInterval(this.#beat);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #set(change: Partial<LineState>): void {
    this.#state = { ...this.#state, ...change };
    for (const watcher of [...this.#watchers]) watcher();
  }
}

export const line = new Line();
