import { api } from '../api/client.ts';
import { backoffMs } from '../realtime/backoff.ts';
import { line } from '../realtime/socket.ts';
import { ExchangeDeclined, endExchange, exchange, offerOf } from './exchange.ts';

/** What a stage's video is, as the server tells. */
export interface StageVideo {
  readonly state: 'none' | 'live' | 'reconnecting' | 'ended';
  readonly sentence: string | null;
  readonly whep: string | null;
  readonly hls: string | null;
  readonly mine: { readonly session: string | null; readonly hint: string | null } | null;
}

/** Asks what a stage's video is. */
export async function askVideo(handle: string): Promise<StageVideo> {
  const { video } = await api.get<{ video: StageVideo }>(`/stages/${encodeURIComponent(handle)}/video`);
  return video;
}

/** Where a player is. */
export type WatchState =
  /** Nobody sends; the drawn scene is what there is to see. */
  | { readonly phase: 'off'; readonly sentence: string | null }
  | { readonly phase: 'connecting' }
  | { readonly phase: 'playing' }
  /** Pictures stopped; they come back by themselves. */
  | { readonly phase: 'stalled'; readonly sentence: string };

export interface Watching {
  state(): WatchState;
  subscribe(hear: () => void): () => void;
  stop(): void;
}

/** Pictures that stop for so long mean that the line broke. */
const STALLED_MS = 4_000;
const LOOK_EVERY_MS = 1_000;
/** This many failures over UDP, and the same video is taken over HTTP where there is some. */
const FAILURES_BEFORE_HLS = 3;

/** Plays a stage's video in an element while it has some; comes back by itself. */
export function watch(handle: string, element: HTMLVideoElement): Watching {
  return new WhepPlayer(handle, element);
}

class WhepPlayer implements Watching {
  readonly #handle: string;
  readonly #element: HTMLVideoElement;
  #state: WatchState = { phase: 'off', sentence: null };
  #wanted = false;
  #hls: string | null = null;
  #connection: RTCPeerConnection | undefined;
  #resource: string | null = null;
  #failures = 0;
  #stopHls: (() => void) | undefined;
  #retrying: ReturnType<typeof setTimeout> | undefined;
  #looking: ReturnType<typeof setInterval> | undefined;
  #seen = { time: 0, atMs: 0 };
  readonly #ending = new AbortController();
  readonly #watchers = new Set<() => void>();
  readonly #unlisten: (() => void)[];

  constructor(handle: string, element: HTMLVideoElement) {
    this.#handle = handle;
    this.#element = element;
    element.muted = true;
    element.playsInline = true;
    element.autoplay = true;
    let wasOpen = line.state().phase === 'open';
    this.#unlisten = [
      line.listen((frame) => {
        const told = frame as {
          readonly t: string;
          readonly stage?: string;
          readonly [field: string]: unknown;
        };
        if (told.stage !== handle) return;
        if (told.t === 'video') this.#hear(String(told.state), told.sentence);
        if (told.t === 'stage' && told.live !== true) this.#hear('none', null);
      }),
      line.subscribe(() => {
        const open = line.state().phase === 'open';
        // What was told meanwhile was not heard.
        if (open && !wasOpen) void this.#ask();
        wasOpen = open;
      }),
    ];
    const leave = () => endExchange(this.#resource);
    window.addEventListener('pagehide', leave);
    this.#unlisten.push(() => window.removeEventListener('pagehide', leave));
    void this.#ask();
  }

  state(): WatchState {
    return this.#state;
  }

  subscribe(hear: () => void): () => void {
    this.#watchers.add(hear);
    return () => this.#watchers.delete(hear);
  }

  stop(): void {
    this.#ending.abort();
    for (const unlisten of this.#unlisten) unlisten();
    clearTimeout(this.#retrying);
    this.#drop();
  }

  async #ask(): Promise<void> {
    try {
      const { state, sentence, hls } = await askVideo(this.#handle);
      this.#hls = hls;
      if (!this.#ending.signal.aborted) this.#hear(state, sentence);
    } catch {
      if (this.#ending.signal.aborted) return;
      clearTimeout(this.#retrying);
      this.#retrying = setTimeout(() => void this.#ask(), backoffMs(this.#failures));
      this.#failures += 1;
    }
  }

  #hear(state: string, sentence: unknown): void {
    const said = typeof sentence === 'string' ? sentence : null;
    if (state === 'live') {
      this.#wanted = true;
      if (this.#connection === undefined && this.#stopHls === undefined) void this.#connect();
      return;
    }
    if (state === 'reconnecting') {
      // The session stays: pictures come again over it.
      this.#tell({ phase: 'stalled', sentence: said ?? 'The picture stopped. It comes back by itself.' });
      return;
    }
    this.#wanted = false;
    clearTimeout(this.#retrying);
    this.#drop();
    this.#tell({ phase: 'off', sentence: said });
  }

  async #connect(): Promise<void> {
    clearTimeout(this.#retrying);
    if (this.#state.phase === 'off') this.#tell({ phase: 'connecting' });
    try {
      const connection = new RTCPeerConnection();
      this.#connection = connection;
      const stream = new MediaStream();
      connection.addTransceiver('audio', { direction: 'recvonly' });
      connection.addTransceiver('video', { direction: 'recvonly' });
      connection.addEventListener('track', ({ track }) => {
        stream.addTrack(track);
        this.#element.srcObject = stream;
        void this.#element.play().catch(() => {
          // Muted and inline it may play; where even that is not allowed, a tap starts it.
        });
      });
      connection.addEventListener('connectionstatechange', () => {
        if (connection !== this.#connection) return;
        if (['failed', 'disconnected', 'closed'].includes(connection.connectionState)) this.#again();
      });
      const offer = await offerOf(connection);
      const url = `/v1/stages/${encodeURIComponent(this.#handle)}/whep`;
      const { answer, resource } = await exchange(url, offer, this.#ending.signal);
      if (connection !== this.#connection || this.#ending.signal.aborted) {
        endExchange(resource);
        return;
      }
      this.#resource = resource;
      await connection.setRemoteDescription({ type: 'answer', sdp: answer });
      this.#look();
    } catch (error) {
      if (this.#ending.signal.aborted) return;
      const declined = error instanceof ExchangeDeclined ? error.declined : undefined;
      if (declined?.hls) this.#hls = declined.hls;
      if (declined?.hls && (await this.#playHls())) return;
      if (declined?.problem.code === 'codec_unsupported' || declined?.problem.status === 404) {
        this.#drop();
        this.#tell({ phase: 'off', sentence: declined.problem.detail });
        return;
      }
      this.#again(declined?.retryMs ?? undefined);
    }
  }

  /** Watches whether pictures come. */
  #look(): void {
    clearInterval(this.#looking);
    this.#seen = { time: this.#pictures(), atMs: performance.now() };
    this.#looking = setInterval(() => this.#lookOnce(), LOOK_EVERY_MS / 4);
  }

  #lookOnce(): void {
    const nowMs = performance.now();
    const time = this.#pictures();
    if (time !== this.#seen.time && time > 0) {
      this.#seen = { time, atMs: nowMs };
      this.#failures = 0;
      if (this.#state.phase !== 'playing') this.#tell({ phase: 'playing' });
      return;
    }
    if (document.hidden || nowMs - this.#seen.atMs < STALLED_MS) return;
    this.#seen = { ...this.#seen, atMs: nowMs };
    // The server waits for the publisher; the session is as good as it was.
    if (this.#state.phase === 'stalled') void this.#ask();
    else this.#again();
  }

  #pictures(): number {
    return this.#element.getVideoPlaybackQuality?.().totalVideoFrames ?? this.#element.currentTime;
  }

  #again(waitMs?: number): void {
    this.#drop();
    if (!this.#wanted) return;
    this.#failures += 1;
    this.#tell({ phase: 'stalled', sentence: 'The picture stopped. It comes back by itself.' });
    clearTimeout(this.#retrying);
    this.#retrying = setTimeout(
      () => void this.#retry(),
      Math.max(waitMs ?? 0, backoffMs(this.#failures - 1)),
    );
  }

  async #retry(): Promise<void> {
    if (this.#failures >= FAILURES_BEFORE_HLS && this.#hls !== null && (await this.#playHls())) return;
    // Whether there still is something to come back to.
    await this.#ask();
  }

  async #playHls(): Promise<boolean> {
    const url = this.#hls;
    if (url === null) return false;
    this.#drop();
    const { playPlaylist } = await import('./hls.ts');
    if (this.#ending.signal.aborted) return true;
    const stop = playPlaylist(url, this.#element, () => this.#again());
    if (stop === null) return false;
    this.#stopHls = stop;
    this.#look();
    return true;
  }

  #drop(): void {
    clearInterval(this.#looking);
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.close();
    endExchange(this.#resource);
    this.#resource = null;
    this.#stopHls?.();
    this.#stopHls = undefined;
  }

  #tell(state: WatchState): void {
    this.#state = state;
    for (const watcher of this.#watchers) watcher();
  }
}
