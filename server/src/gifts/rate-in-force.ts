import type { Database } from '../db/database.ts';
import { currentRate } from '../rates/index.ts';

const KEPT_MS = 5_000;

/** The version of the rate in force, at most a few seconds old: every gift is stamped with it. */
export class RateInForce {
  readonly #db: Database;
  #version: number | undefined;
  #readAt = 0;
  #reading: Promise<number> | undefined;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Waits for the database only the first time; after that it is read again behind whoever asks. */
  version(): number | Promise<number> {
    if (this.#version === undefined) return this.#read();
    if (performance.now() - this.#readAt > KEPT_MS) this.#read().catch(() => {});
    return this.#version;
  }

  #read(): Promise<number> {
    this.#reading ??= currentRate(this.#db)
      .then(({ version }) => {
        this.#version = version;
        this.#readAt = performance.now();
        return version;
      })
      .finally(() => {
        this.#reading = undefined;
      });
    return this.#reading;
  }
}
