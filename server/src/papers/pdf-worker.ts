import { parentPort, workerData } from 'node:worker_threads';
import { Paper, type PaperFront, type PaperRow, type PaperTotals } from './pdf-paper.ts';

/** What the server sends: some lines, or the sums, which end the file. Each is answered with the bytes made since. */
export type PdfAsk = { readonly rows: readonly PaperRow[] } | { readonly totals: PaperTotals };

export interface PdfStart {
  readonly front: PaperFront;
  readonly madeMs: number;
}

const { front, madeMs } = workerData as PdfStart;
const paper = new Paper(front, new Date(madeMs));

parentPort?.on('message', async (ask: PdfAsk) => {
  if ('rows' in ask) paper.rows(ask.rows);
  else await paper.end(ask.totals);
  parentPort?.postMessage(new Uint8Array(paper.take()));
  if ('totals' in ask) parentPort?.close();
});
