import type { Uuid } from '../core/ids.ts';
import type { Gift } from './gift.ts';
import type { StreakSoFar } from './rules.ts';

const KEPT_MAX = 50_000;

/** A streak as this process knows it: how far it is, and what it is a streak of. */
export interface KnownStreak extends StreakSoFar {
  readonly requestHash: bigint;
}

/**
 * How far this process knows streaks to be. Only a hint: the id of the next gift holds the count it starts from,
 * so whoever starts from an old count is told so by the ledger and looks again.
 */
export class StreakMemory {
  readonly #known = new Map<Uuid, KnownStreak>();

  /** `undefined` when this process has not seen the streak. */
  get(streakKey: Uuid): KnownStreak | undefined {
    return this.#known.get(streakKey);
  }

  /** Keeps the furthest gift of a streak. */
  confirm(streakKey: Uuid, { streakTo, sentAt, requestHash }: Gift): void {
    const known = this.#known.get(streakKey);
    if (known !== undefined && known.count > streakTo) return;
    // Set anew at the end of the map: what is at its beginning was touched longest ago.
    this.#known.delete(streakKey);
    this.#known.set(streakKey, { count: streakTo, lastAtMs: sentAt.getTime(), requestHash });
    if (this.#known.size <= KEPT_MAX) return;
    const [oldest] = this.#known.keys();
    if (oldest !== undefined) this.#known.delete(oldest);
  }
}
