/** One figure of the bench. Every module `bench/*.ts` may export any number of them; `main.ts` finds them. */
export interface Row {
  /** Unique; `--only` finds rows by a part of it. */
  readonly name: string;
  readonly unit: string;
  /** What the figure must reach; `null` for a peer or a figure that is only told. */
  readonly bar: number | null;
  readonly better: 'higher' | 'lower';
  /** What keeps the figure from being better, in a sentence. */
  readonly limits?: string;
  /** How often it is run for the median; 5 unless told. */
  readonly runs?: number;
  /**
   * Measures once; `quick` = within a few seconds.
   * @throws Skipped when it cannot be had on this machine.
   */
  run(options: { readonly quick: boolean }): Promise<number | Measured>;
}

export interface Measured {
  readonly value: number;
  /** What else was seen: `p50 21 ms, p99 60 ms`. */
  readonly detail: string;
}

/** A row that cannot be measured here; the message says why and how it could be. */
export class Skipped extends Error {
  override readonly name = 'Skipped';
}

/** Work to be done when the bench ends, however it ends: servers to stop, directories to remove. */
const closers: (() => Promise<void>)[] = [];

export function whenBenchEnds(close: () => Promise<void>): void {
  closers.push(close);
}

export async function endBench(): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}
