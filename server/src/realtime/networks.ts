import type { Writable } from 'node:stream';
import { Refusal } from '../core/refusal.ts';
import { TOO_MANY_SOCKETS } from './refusals.ts';

/** How many sockets each network has open in this process; `null` stands for no network and is not counted. */
export class NetworkPlaces {
  readonly #most: number;
  readonly #open = new Map<string, number>();

  /** @param most sockets that one network may have open. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Why this network can open no other socket now, or `null` when it can. */
  refusal(network: string | null): Refusal | null {
    if (network === null || (this.#open.get(network) ?? 0) < this.#most) return null;
    return new Refusal(TOO_MANY_SOCKETS, { most: this.#most });
  }

  /** Counts a connection until its stream is closed. */
  take(network: string | null, stream: Writable): void {
    if (network === null || stream.destroyed) return;
    this.#open.set(network, (this.#open.get(network) ?? 0) + 1);
    stream.once('close', () => {
      const left = (this.#open.get(network) ?? 1) - 1;
      if (left === 0) this.#open.delete(network);
      else this.#open.set(network, left);
    });
  }
}
