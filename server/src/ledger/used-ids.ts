import type { Uuid } from '../core/ids.ts';

/**
 * A set of ids in two generations that is sometimes wrong in one direction (two Bloom filters with two hashes):
 * `has` is true for every id that was added since the generation before last began, and for about one in 250
 * others when both hold 131,072. One megabyte; asking costs a tenth of asking a Map of the same ids.
 */
export class UsedIds {
  #young = new Uint32Array(BITS / 32);
  #old = new Uint32Array(BITS / 32);
  #youngSize = 0;

  /** How many were added since the last `turn`. */
  get youngSize(): number {
    return this.#youngSize;
  }

  add(id: Uuid): void {
    const one = hashOf(id, 18);
    const other = hashOf(id, 27);
    this.#young[one >>> 5] = (this.#young[one >>> 5] as number) | (1 << (one & 31));
    this.#young[other >>> 5] = (this.#young[other >>> 5] as number) | (1 << (other & 31));
    this.#youngSize += 1;
  }

  has(id: Uuid): boolean {
    const one = hashOf(id, 18);
    const isYoung = (((this.#young[one >>> 5] as number) >>> (one & 31)) & 1) === 1;
    const isOld = (((this.#old[one >>> 5] as number) >>> (one & 31)) & 1) === 1;
    if (!isYoung && !isOld) return false;
    const other = hashOf(id, 27);
    return (
      (isYoung && (((this.#young[other >>> 5] as number) >>> (other & 31)) & 1) === 1) ||
      (isOld && (((this.#old[other >>> 5] as number) >>> (other & 31)) & 1) === 1)
    );
  }

  /** Forgets the old generation; the young one becomes old. */
  turn(): void {
    const spare = this.#old;
    this.#old = this.#young;
    this.#young = spare.fill(0);
    this.#youngSize = 0;
  }

  clear(): void {
    this.#young.fill(0);
    this.#old.fill(0);
    this.#youngSize = 0;
  }
}

/** Of each generation. */
const BITS = 1 << 22;

/**
 * 22 bits from nine characters of the id, from `at` on: ids are random there. Who makes ids that meet on purpose
 * only makes their own look-ups slower.
 */
function hashOf(id: Uuid, at: number): number {
  let hash = 0;
  for (let index = at; index < at + 9; index += 1) {
    hash = (Math.imul(hash, 31) + id.charCodeAt(index)) | 0;
  }
  return Math.imul(hash, 0x9e3779b1) >>> 10;
}
