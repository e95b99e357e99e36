import { Worker } from 'node:worker_threads';
import { Refusal } from '../core/refusal.ts';
import type { PaperFront, PaperRow, PaperTotals } from './pdf-paper.ts';
import type { PdfAsk, PdfStart } from './pdf-worker.ts';
import { PAPERS_BUSY } from './refusals.ts';

/** PDF files made at once by this process; each has a thread of its own. */
const MADE_AT_ONCE = 2;
/** How many may wait for their turn. */
const WAITING_MAX = 20;

/** More than the longest paper takes; one that needs more is broken. */
const MEMORY_MB = 160;
/** How long a reader may take for one piece. */
let readWithinMs = 60_000;

/** Turns that time, for tests; gives what it was. */
export function turnReadWithin(ms: number): number {
  const before = readWithinMs;
  readWithinMs = ms;
  return before;
}

let making = 0;
const waiting: (() => void)[] = [];

/**
 * A statement as PDF, page by page as its lines come. Text is set in a thread of its own: it takes a core for as long as it
 * lasts, which gifts must not feel. Refuses with `papers_busy` before the first byte.
 */
export async function pdfFile(
  front: PaperFront,
  madeMs: number,
  chunks: AsyncIterable<readonly PaperRow[]>,
  totals: () => PaperTotals,
): Promise<AsyncIterable<Uint8Array>> {
  if (making >= MADE_AT_ONCE && waiting.length >= WAITING_MAX) throw new Refusal(PAPERS_BUSY);
  return made(front, madeMs, chunks, totals);
}

async function* made(
  front: PaperFront,
  madeMs: number,
  chunks: AsyncIterable<readonly PaperRow[]>,
  totals: () => PaperTotals,
): AsyncGenerator<Uint8Array> {
  await turn();
  const setter = begin({ front, madeMs });
  try {
    for await (const rows of chunks) yield* setter.handOut(await setter.ask({ rows }));
    yield* setter.handOut(await setter.ask({ totals: totals() }));
  } finally {
    await setter.end();
  }
}

function begin(start: PdfStart): Setter {
  try {
    return new Setter(start);
  } catch (error) {
    // No thread could be had: the place is somebody else's.
    giveTurn();
    throw error;
  }
}

async function turn(): Promise<void> {
  if (making >= MADE_AT_ONCE) await new Promise<void>((go) => waiting.push(go));
  else making += 1;
}

/** Hands the place to whoever waits longest. */
function giveTurn(): void {
  const next = waiting.shift();
  if (next === undefined) making -= 1;
  else next();
}

/** The thread that sets one file. Whatever ends it, its place is given on once. */
class Setter {
  readonly #worker: Worker;
  #answer: {
    readonly isLast: boolean;
    resolve(bytes: Uint8Array): void;
    reject(error: unknown): void;
  } | null = null;
  #failure: unknown = null;
  /** The last bytes are here: the thread may go. */
  #isWhole = false;
  #ended: Promise<void> | null = null;

  constructor(start: PdfStart) {
    this.#worker = new Worker(new URL('./pdf-worker.ts', import.meta.url), {
      workerData: start,
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    });
    this.#worker.on('message', (bytes: Uint8Array) => {
      // At once: a thread that ends may be told of in the same turn as its last message.
      this.#isWhole = this.#answer?.isLast ?? false;
      this.#answer?.resolve(bytes);
      this.#answer = null;
    });
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => {
      if (!this.#isWhole) this.#fail(new Error('the thread that sets the PDF ended early'));
    });
  }

  async ask(message: PdfAsk): Promise<Uint8Array> {
    if (this.#failure !== null) throw this.#failure;
    return new Promise<Uint8Array>((resolve, reject) => {
      this.#answer = { isLast: 'totals' in message, resolve, reject };
      this.#worker.postMessage(message);
    });
  }

  /** A reader who takes nothing for a while loses the file: others wait for the place. */
  *handOut(bytes: Uint8Array): Generator<Uint8Array> {
    const slow = setTimeout(() => {
      this.#fail(new Error('nobody read the PDF'));
      void this.end();
    }, readWithinMs);
    try {
      yield bytes;
    } finally {
      clearTimeout(slow);
    }
    if (this.#failure !== null) throw this.#failure;
  }

  end(): Promise<void> {
    this.#ended ??= this.#worker.terminate().then(giveTurn, giveTurn);
    return this.#ended;
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#answer?.reject(error);
    this.#answer = null;
  }
}
