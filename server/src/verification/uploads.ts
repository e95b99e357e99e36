import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import { PICTURES_BUSY } from './refusals.ts';

/** Pictures that arrive in this process at once: each takes ten megabytes at most while it does. */
const AT_ONCE = 8;

const arriving = new Set<Uuid>();

/** Whether a picture of this person arrives now. */
export function isArriving(userId: Uuid): boolean {
  return arriving.has(userId);
}

/**
 * Takes a person's place among those whose pictures arrive, one for each person; gives what ends it, which may be called
 * again. It guards the memory of this process alone. Refuses with `pictures_busy`.
 */
export function takeUpload(userId: Uuid): () => void {
  if (isArriving(userId) || arriving.size >= AT_ONCE) throw new Refusal(PICTURES_BUSY);
  arriving.add(userId);
  let isOver = false;
  return () => {
    if (isOver) return;
    isOver = true;
    arriving.delete(userId);
  };
}
