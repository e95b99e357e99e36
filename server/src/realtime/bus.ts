import type { Json } from './room-event.ts';

/**
 * What server processes on one database tell each other, at most once and without an answer. Nothing depends on it: what
 * must not be lost is in the database and is read there; a bus makes it immediate and carries what is only noise.
 */
export interface Bus {
  /** Whether what is said now reaches those who are there. */
  readonly isConnected: boolean;
  /** Says something to the other processes that hear this channel. Never waits and never fails: it is lost instead. */
  say(channel: string, topic: string, body: Json): void;
  /** Hears what other processes say on a channel, until the answer is called. What is said here is not heard here. */
  hear(channel: string, listen: BusListener): () => void;
  /** Calls `then` whenever the connection is there (again): something may have been missed. */
  whenConnected(then: () => void): void;
  close(): Promise<void>;
}

export type BusListener = (topic: string, body: Json) => void;

/** The hubs of one process; usually there is one, and nobody else to tell. */
export class LocalBus implements Bus {
  readonly #all: Set<LocalBus>;
  readonly #listeners = new Map<string, Set<BusListener>>();

  /** @param neighbour a bus whose hub hears what this one's says, and the other way round */
  constructor(neighbour?: LocalBus) {
    this.#all = neighbour === undefined ? new Set() : neighbour.#all;
    this.#all.add(this);
  }

  get isConnected(): boolean {
    return this.#all.size > 1;
  }

  say(channel: string, topic: string, body: Json): void {
    for (const other of this.#all) {
      if (other === this) continue;
      for (const listen of other.#listeners.get(channel) ?? []) listen(topic, body);
    }
  }

  hear(channel: string, listen: BusListener): () => void {
    const listeners = this.#listeners.get(channel) ?? new Set();
    this.#listeners.set(channel, listeners.add(listen));
    return () => {
      listeners.delete(listen);
      if (listeners.size === 0) this.#listeners.delete(channel);
    };
  }

  /** It is always there. */
  whenConnected(): void {}

  async close(): Promise<void> {
    this.#all.delete(this);
  }
}
