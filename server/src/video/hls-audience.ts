import type { Uuid } from '../core/ids.ts';
import type { HlsShelf } from './engine.ts';

/** A player asks several times a second; one that did not for so long is gone. */
const USUAL: HlsPatience = { silentMs: 12_000, lookEveryMs: 1_000 };
/** Each takes a megabit or two a second of this server's line. */
const VIEWERS_MAX = 1_000;

interface HlsViewer {
  readonly stageId: Uuid;
  /** As the address has it. */
  readonly handle: string;
  readonly shelf: HlsShelf;
  seenMs: number;
}

interface HlsPatience {
  readonly silentMs: number;
  readonly lookEveryMs: number;
}

interface HlsEvents {
  gone(viewer: string): void;
  /** Nobody watches this stage over HTTP any more. */
  empty(stageId: Uuid): void;
}

/** Who watches over HTTP. There is no connection to tell: whoever stops asking is gone. */
export class HlsAudience {
  readonly #events: HlsEvents;
  readonly #patience: HlsPatience;
  readonly #viewers = new Map<string, HlsViewer>();
  readonly #shelves = new Map<string, HlsShelf>();
  #looking: NodeJS.Timeout | undefined;

  constructor(events: HlsEvents, patience: HlsPatience = USUAL) {
    this.#events = events;
    this.#patience = patience;
  }

  get size(): number {
    this.#leaveClosed();
    return this.#viewers.size;
  }

  get isFull(): boolean {
    return this.size >= VIEWERS_MAX;
  }

  /** The shelf of a stage that somebody watches. */
  shelf(handle: string): HlsShelf | undefined {
    return this.#shelves.get(handle.toLowerCase());
  }

  join(viewer: string, stageId: Uuid, name: string, shelf: HlsShelf): void {
    const handle = name.toLowerCase();
    this.#leaveClosed();
    this.#viewers.set(viewer, { stageId, handle, shelf, seenMs: performance.now() });
    this.#shelves.set(handle, shelf);
    this.#looking ??= setInterval(() => this.#look(), this.#patience.lookEveryMs).unref();
  }

  /** Notes that somebody asks, and answers their shelf; `undefined` = unknown here. */
  see(viewer: string, handle: string): HlsShelf | undefined {
    const known = this.#viewers.get(viewer);
    if (known === undefined || known.handle !== handle.toLowerCase()) return undefined;
    known.seenMs = performance.now();
    return known.shelf;
  }

  leave(viewer: string): void {
    const known = this.#viewers.get(viewer);
    if (known === undefined) return;
    this.#viewers.delete(viewer);
    this.#events.gone(viewer);
    for (const { shelf } of this.#viewers.values()) if (shelf === known.shelf) return;
    if (this.#shelves.get(known.handle) === known.shelf) this.#shelves.delete(known.handle);
    if (!known.shelf.isClosed) this.#events.empty(known.stageId);
  }

  stop(): void {
    clearInterval(this.#looking);
    this.#looking = undefined;
  }

  #look(): void {
    this.#leaveClosed();
    const nowMs = performance.now();
    for (const [viewer, { seenMs }] of this.#viewers) {
      if (nowMs - seenMs > this.#patience.silentMs) this.leave(viewer);
    }
    if (this.#viewers.size === 0) this.stop();
  }

  /** What they watched has ended. */
  #leaveClosed(): void {
    for (const [viewer, { shelf }] of this.#viewers) if (shelf.isClosed) this.leave(viewer);
  }
}
