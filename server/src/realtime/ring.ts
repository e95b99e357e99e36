import type { RoomEvent } from './room-event.ts';

/** The last events of a room, without a hole, as many as are worth keeping in memory. */
export class Ring {
  readonly #capacity: number;
  #events: RoomEvent[] = [];
  /** The last number there is, kept or not. */
  #head: number;

  constructor(head: number, capacity: number) {
    this.#head = head;
    this.#capacity = capacity;
  }

  get head(): number {
    return this.#head;
  }

  /** Takes the next event; it must be numbered `head + 1`. */
  push(event: RoomEvent): void {
    if (event.seq !== this.#head + 1)
      throw new RangeError(`event ${event.seq} does not follow ${this.#head}`);
    this.#head = event.seq;
    this.#events.push(event);
  }

  /** Lets old events go, but none after `shown`. Cuts rarely, so that it stays cheap. */
  trim(shown: number): void {
    const keep = Math.max(this.#capacity, this.#head - shown);
    if (this.#events.length > 2 * keep) this.#events = this.#events.slice(-keep);
  }

  /** The events after `after` up to `until`, or `null` when some of them are no longer here. */
  between(after: number, until: number): RoomEvent[] | null {
    if (after >= until) return [];
    const first = this.#head - this.#events.length + 1;
    if (after + 1 < first || until > this.#head) return null;
    return this.#events.slice(after + 1 - first, until + 1 - first);
  }
}
