import { Worker } from 'node:worker_threads';
import { Refusal } from '../core/refusal.ts';
import type { PaperFront, PaperRow, PaperTotals } from './pdf-paper.ts';
import type { PdfAsk, PdfStart } from './pdf-worker.ts';
import { PAPERS_BUSY } from './refusals.ts';

/** PDF files made at once by this process; each has a thread of its own. */
const MADE_AT_ONCE = 2;
/** How many may wait for their turn. */
const WAITING_MAX = 20;

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
  const start: PdfStart = { front, madeMs };
  const worker = new Worker(new URL('./pdf-worker.ts', import.meta.url), {
    workerData: start,
    resourceLimits: { maxOldGenerationSizeMb: 160 },
  });
  try {
    for await (const rows of chunks) yield await ask(worker, { rows });
    yield await ask(worker, { totals: totals() });
  } finally {
    await worker.terminate();
    making -= 1;
    waiting.shift()?.();
  }
}

async function turn(): Promise<void> {
  while (making >= MADE_AT_ONCE) await new Promise<void>((go) => waiting.push(go));
  making += 1;
}

function ask(worker: Worker, message: PdfAsk): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const end = () => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
    };
    const onMessage = (bytes: Uint8Array) => {
      end();
      resolve(bytes);
    };
    const onError = (error: unknown) => {
      end();
      reject(error);
    };
    const onExit = () => {
      end();
      reject(new Error('the thread that sets the PDF ended early'));
    };
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage(message);
  });
}
