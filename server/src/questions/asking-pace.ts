import type { Uuid } from '../core/ids.ts';
import { mayAsk } from './rules.ts';

const KEPT_MAX = 50_000;

/** When people asked last, in this process. */
export class AskingPace {
  readonly #asked = new Map<Uuid, { readonly atMs: number; readonly id: Uuid }>();

  /**
   * Whether a person may ask now; if so, it counts. A retry of their last question passes.
   *
   * @param intervalMs the shortest time between two of them
   */
  mayPass(askerId: Uuid, questionId: Uuid, nowMs: number, intervalMs: number): boolean {
    const last = this.#asked.get(askerId);
    if (last?.id === questionId) return true;
    if (!mayAsk(last?.atMs, nowMs, intervalMs)) return false;
    if (this.#asked.size >= KEPT_MAX) this.#asked.clear();
    this.#asked.set(askerId, { atMs: nowMs, id: questionId });
    return true;
  }

  /** The question was not asked after all, so it does not count. */
  forget(askerId: Uuid, questionId: Uuid): void {
    if (this.#asked.get(askerId)?.id === questionId) this.#asked.delete(askerId);
  }
}
