/**
 * A value that is read again every few seconds, behind whoever asks. Only the first one waits for it; when it cannot be
 * read again, what was read last stays, and the next one who asks tries again.
 */
export class Kept<Value> {
  readonly #read: () => Promise<Value>;
  readonly #keptMs: number;
  #value: { readonly value: Value; readonly readAtMs: number } | undefined;
  #reading: Promise<Value> | undefined;

  /** @param keptMs how old a value may be before it is read again, in real time */
  constructor(keptMs: number, read: () => Promise<Value>) {
    this.#keptMs = keptMs;
    this.#read = read;
  }

  /** The value as it was read last; a promise of it the first time. */
  now(): Value | Promise<Value> {
    if (this.#value === undefined) return this.#readAgain();
    if (performance.now() - this.#value.readAtMs > this.#keptMs) this.#readAgain().catch(() => {});
    return this.#value.value;
  }

  #readAgain(): Promise<Value> {
    this.#reading ??= this.#read()
      .then((value) => {
        this.#value = { value, readAtMs: performance.now() };
        return value;
      })
      .finally(() => {
        this.#reading = undefined;
      });
    return this.#reading;
  }
}
