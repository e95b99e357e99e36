import { Readable } from 'node:stream';
import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import { PAPERS_OF_YOURS_BUSY } from './refusals.ts';

/** Papers that one person may have under way in this process: a page with its sums, and files beside it. */
export const PAPERS_EACH = 4;
/** How long a reader may take for one piece of a file. */
let readWithinMs = 60_000;

/** Turns that time, for tests; gives what it was. */
export function turnPaperReadWithin(ms: number): number {
  const before = readWithinMs;
  readWithinMs = ms;
  return before;
}

const underWay = new Map<Uuid, number>();

/**
 * Takes a place among a person's papers: reading a month of very many lines is work that anybody can ask for again and
 * again. Gives it back when it is called. Refuses with `papers_of_yours_busy`.
 */
export function takePaperTurn(userId: Uuid): () => void {
  const count = underWay.get(userId) ?? 0;
  if (count >= PAPERS_EACH) throw new Refusal(PAPERS_OF_YOURS_BUSY, { most: PAPERS_EACH });
  underWay.set(userId, count + 1);
  let isGiven = false;
  return () => {
    if (isGiven) return;
    isGiven = true;
    const left = (underWay.get(userId) ?? 1) - 1;
    if (left === 0) underWay.delete(userId);
    else underWay.set(userId, left);
  };
}

/** A file as it is made. However it ends, `done` is called; a reader who takes nothing for a while loses it. */
export function paperStream(parts: AsyncIterable<string | Uint8Array>, done: () => void): Readable {
  const stream = Readable.from(watched(), { objectMode: false });
  async function* watched() {
    for await (const part of parts) {
      const slow = setTimeout(() => stream.destroy(new Error('nobody read the paper')), readWithinMs);
      try {
        yield part;
      } finally {
        clearTimeout(slow);
      }
    }
  }
  stream.once('close', done);
  return stream;
}
