/** So much at once, and so much per second after that. Never more than `burst` is saved up. */
export class Allowance {
  readonly #perSecond: number;
  readonly #burst: number;
  #left: number;
  #atMs: number;

  /** @param nowMs a monotonic clock's reading, as for `take`. */
  constructor(perSecond: number, burst: number, nowMs: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#left = burst;
    this.#atMs = nowMs;
  }

  /** Takes one if there is one. */
  take(nowMs: number): boolean {
    return this.takeUpTo(1, nowMs) === 1;
  }

  /** Takes as many whole ones as there are, at most `wanted`, and says how many. */
  takeUpTo(wanted: number, nowMs: number): number {
    const earned = ((nowMs - this.#atMs) * this.#perSecond) / 1_000;
    this.#left = Math.min(this.#burst, this.#left + earned);
    this.#atMs = nowMs;
    const taken = Math.min(wanted, Math.floor(this.#left));
    this.#left -= taken;
    return taken;
  }
}
