import { api } from '../api/client.ts';
import { backoffMs } from '../realtime/backoff.ts';
import { line } from '../realtime/socket.ts';
import { DirectLine, patienceMs, Unreachable } from './direct-line.ts';
import { type Declined, ExchangeDeclined } from './exchange.ts';

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
  /** `late`: over HTTP, and so some seconds behind. */
  | { readonly phase: 'playing'; readonly late: boolean }
  /** Pictures stopped; they come back by themselves. */
  | { readonly phase: 'stalled'; readonly sentence: string };

export interface Watching {
  state(): WatchState;
  subscribe(hear: () => void): () => void;
  stop(): void;
}

/** Pictures that stop for so long mean that the line broke. */
const STALLED_MS = 4_000;
/** Over HTTP pieces may be late without being lost. */
const STALLED_LATE_MS = 10_000;
const LOOK_EVERY_MS = 1_000;
/** While it plays over HTTP, the direct way is tried again after so long, and each time after twice as long. */
const DIRECT_AGAIN_MS = 60_000;
const DIRECT_AGAIN_MOST_MS = 15 * 60_000;
/** This many failures of another kind lead to HTTP, too. */
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
  #direct: DirectLine | undefined;
  /** It is about to play over HTTP. */
  #turning = false;
  /** What was tried directly did not get through. */
  #blocked = false;
  #failures = 0;
  #stopHls: (() => void) | undefined;
  /** The direct way, tried while it plays over HTTP. */
  #trial: DirectLine | undefined;
  #trials = 0;
  #trying: ReturnType<typeof setTimeout> | undefined;
  #retrying: ReturnType<typeof setTimeout> | undefined;
  #looking: ReturnType<typeof setInterval> | undefined;
  #seen = { time: 0, atMs: 0 };
  /** What the server said last of the video, and since when. */
  #said: { state: string; sentence: string | null; atMs: number } = {
    state: 'none',
    sentence: null,
    atMs: 0,
  };
  /** How often the server has told by itself. */
  #told = 0;
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
        if (told.t === 'video' || told.t === 'stage') this.#told += 1;
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
    const leave = () => this.#direct?.leave();
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
    const toldBefore = this.#told;
    try {
      const { state, sentence, hls } = await askVideo(this.#handle);
      this.#hls = hls;
      // What was told meanwhile is newer than a slow answer.
      if (!this.#ending.signal.aborted && this.#told === toldBefore) this.#hear(state, sentence);
    } catch {
      if (this.#ending.signal.aborted) return;
      clearTimeout(this.#retrying);
      this.#retrying = setTimeout(() => void this.#ask(), backoffMs(this.#failures));
      this.#failures += 1;
    }
  }

  #hear(state: string, sentence: unknown): void {
    const said = typeof sentence === 'string' ? sentence : null;
    const atMs = state === this.#said.state ? this.#said.atMs : performance.now();
    this.#said = { state, sentence: said, atMs };
    if (state === 'live') {
      this.#wanted = true;
      if (!this.#isThere()) void this.#begin();
      return;
    }
    if (state === 'reconnecting') {
      // The session stays: pictures come again over it.
      this.#tellStalled();
      return;
    }
    this.#wanted = false;
    this.#blocked = false;
    this.#trials = 0;
    clearTimeout(this.#retrying);
    this.#drop();
    this.#tell({ phase: 'off', sentence: said });
  }

  async #begin(): Promise<void> {
    clearTimeout(this.#retrying);
    if (this.#state.phase === 'off') this.#tell({ phase: 'connecting' });
    if (!this.#blocked || !(await this.#playHls())) await this.#connect();
  }

  async #connect(): Promise<void> {
    const direct = this.#newLine();
    this.#direct = direct;
    this.#show(direct);
    try {
      await direct.open(this.#handle, patienceMs(this.#failures), this.#ending.signal);
      if (direct === this.#direct) this.#look();
    } catch (error) {
      if (direct === this.#direct && !this.#ending.signal.aborted) await this.#fail(error);
    }
  }

  async #fail(error: unknown): Promise<void> {
    const declined: Declined | undefined = error instanceof ExchangeDeclined ? error.declined : undefined;
    if (declined?.hls) this.#hls = declined.hls;
    this.#blocked = error instanceof Unreachable || declined?.hls != null;
    if (this.#blocked && (await this.#playHls())) return;
    if (declined?.problem.code === 'codec_unsupported' || declined?.problem.status === 404) {
      this.#drop();
      this.#tell({ phase: 'off', sentence: declined.problem.detail });
      return;
    }
    this.#again(declined?.retryMs ?? undefined);
  }

  #newLine(): DirectLine {
    const direct: DirectLine = new DirectLine(() => {
      if (direct === this.#direct) this.#again();
    });
    return direct;
  }

  #show({ stream }: DirectLine): void {
    this.#element.srcObject = stream;
    void this.#element.play().catch(() => {
      // Muted and inline it may play; where even that is not allowed, a tap starts it.
    });
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
      const late = this.#stopHls !== undefined;
      if (this.#state.phase !== 'playing' || this.#state.late !== late)
        this.#tell({ phase: 'playing', late });
      return;
    }
    const stalledMs = this.#stopHls === undefined ? STALLED_MS : STALLED_LATE_MS;
    if (document.hidden || nowMs - this.#seen.atMs < stalledMs) return;
    this.#seen = { ...this.#seen, atMs: nowMs };
    // While the server waits for the publisher, the session is as good as it was. Once the publisher is back, it is not.
    const isBack = this.#said.state === 'live' && nowMs - this.#said.atMs > STALLED_MS;
    if (this.#state.phase === 'stalled' && !isBack) void this.#ask();
    else this.#again();
  }

  #pictures(): number {
    return this.#element.getVideoPlaybackQuality?.().totalVideoFrames ?? this.#element.currentTime;
  }

  #again(waitMs?: number): void {
    this.#drop();
    if (!this.#wanted) return;
    this.#failures += 1;
    this.#tellStalled();
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
    // That pictures come again, an engine elsewhere tells to whoever asks it for them.
    if (this.#wanted && this.#said.state === 'reconnecting' && !this.#isThere()) void this.#begin();
  }

  #isThere(): boolean {
    return this.#direct !== undefined || this.#stopHls !== undefined || this.#turning;
  }

  async #playHls(): Promise<boolean> {
    this.#turning = true;
    this.#drop();
    this.#hls ??= await this.#askHls();
    const url = this.#hls;
    const module = url === null ? null : await import('./hls.ts').catch(() => null);
    this.#turning = false;
    if (url === null || module === null) return false;
    if (this.#ending.signal.aborted || !this.#wanted) return true;
    const stop = module.playPlaylist(url, this.#element, () => this.#again());
    if (stop === null) return false;
    this.#stopHls = stop;
    this.#look();
    this.#tryLater();
    return true;
  }

  /** Where the video is over HTTP, if nobody told yet. */
  async #askHls(): Promise<string | null> {
    return askVideo(this.#handle).then(
      ({ hls }) => hls,
      () => null,
    );
  }

  #tryLater(): void {
    clearTimeout(this.#trying);
    const waitMs = Math.min(DIRECT_AGAIN_MS * 2 ** this.#trials, DIRECT_AGAIN_MOST_MS);
    // Not all of a crowd at once.
    this.#trying = setTimeout(() => void this.#tryDirect(), waitMs * (0.75 + Math.random() / 2));
  }

  /** What plays goes on until the direct way is there. */
  async #tryDirect(): Promise<void> {
    this.#trials += 1;
    const trial = this.#newLine();
    this.#trial = trial;
    try {
      await trial.open(this.#handle, patienceMs(0), this.#ending.signal);
    } catch {
      trial.close();
      if (trial === this.#trial && this.#stopHls !== undefined) this.#tryLater();
      return;
    }
    if (trial !== this.#trial) return;
    this.#trial = undefined;
    this.#drop();
    this.#blocked = false;
    this.#trials = 0;
    this.#direct = trial;
    this.#show(trial);
    this.#look();
  }

  #drop(): void {
    clearInterval(this.#looking);
    clearTimeout(this.#trying);
    for (const line of [this.#direct, this.#trial]) line?.close();
    this.#direct = undefined;
    this.#trial = undefined;
    this.#stopHls?.();
    this.#stopHls = undefined;
  }

  /** While the creator's video is away, that is what there is to say, however often it is asked for. */
  #tellStalled(): void {
    const { state, sentence } = this.#said;
    const known = state === 'reconnecting' ? sentence : null;
    this.#tell({ phase: 'stalled', sentence: known ?? 'The picture stopped. It comes back by itself.' });
  }

  #tell(state: WatchState): void {
    this.#state = state;
    for (const watcher of this.#watchers) watcher();
  }
}
