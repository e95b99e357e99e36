import type { Uuid } from '../core/ids.ts';
import type { House } from '../house.ts';
import { lastSaidAt } from './moderation-store.ts';

const SPOKE_MAX = 50_000;

/** Who spoke when in a room in slow mode. What this process has not heard itself, the database knows. */
export class SlowMode {
  readonly #house: House;
  readonly #spoke = new Map<string, { readonly atMs: number; readonly key: string | null }>();

  constructor(house: House) {
    this.#house = house;
  }

  /**
   * Lets a person speak now, and then it counts; or says how many milliseconds they have to wait. A retry of their last
   * line passes.
   */
  async take(asked: {
    readonly sessionId: Uuid;
    readonly userId: Uuid;
    readonly key: string;
    readonly slowSeconds: number;
    readonly nowMs: number;
  }): Promise<number> {
    const { sessionId, userId, key, slowSeconds, nowMs } = asked;
    const place = placeOf(sessionId, userId);
    if (!this.#spoke.has(place)) {
      const said = await lastSaidAt(this.#house.db, sessionId, userId);
      // They may have spoken here while the database was asked.
      if (said !== null && !this.#spoke.has(place)) this.#keep(place, said.getTime(), null);
    }
    const last = this.#spoke.get(place);
    if (last !== undefined && last.key !== key) {
      const left = last.atMs + slowSeconds * 1_000 - nowMs;
      // A clock that was set back does not silence anybody for longer.
      if (left > 0 && last.atMs <= nowMs) return left;
    }
    this.#keep(place, nowMs, key);
    return 0;
  }

  /** What was taken was not said after all: the database knows what was. */
  giveBack(sessionId: Uuid, userId: Uuid): void {
    this.#spoke.delete(placeOf(sessionId, userId));
  }

  #keep(place: string, atMs: number, key: string | null): void {
    if (this.#spoke.size >= SPOKE_MAX) this.#spoke.clear();
    this.#spoke.set(place, { atMs, key });
  }
}

function placeOf(sessionId: Uuid, userId: Uuid): string {
  return `${sessionId} ${userId}`;
}
