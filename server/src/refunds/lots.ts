import { larger, smaller } from '../core/bigints.ts';
import type { Uuid } from '../core/ids.ts';

/** A change of an account, as its history tells it. */
export interface LotLine {
  readonly transferId: Uuid;
  /** What moved, in units: credits positive, debits negative; 0 for what was only reserved or released. */
  readonly amount: bigint;
  /** Whether it took units of a lot that it names, or gave them back: then the order of spending says nothing of it. */
  readonly isDirected: boolean;
  /** Of a credit: units that were taken of this lot by name, or are reserved to be. */
  readonly taken: bigint;
}

/** What part of a lot a spend took. */
export interface LotUse {
  readonly transferId: Uuid;
  readonly units: bigint;
}

/** What has become of one lot. */
export interface Lot {
  /** Units that are neither spent, nor reserved, nor taken. */
  readonly unspent: bigint;
  /** Units that are reserved to be spent, such as in the escrow of a question. */
  readonly reserved: bigint;
  /** What they were spent on, newest first; without what is only reserved. */
  readonly uses: readonly LotUse[];
}

/**
 * Finds one lot in the history of an account, first in, first out, from running totals: show it the lines newest first
 * until it is done.
 *
 * What is there now was credited last. So the lots lie one after the other below the end of what was ever credited, each as
 * long as what was not taken of it by name, and the spends lie below the end of what was ever spent; what is available lies
 * between both ends. A lot and a spend have in common where they overlap.
 */
export class LotSearch {
  readonly #lotId: Uuid;
  readonly #spends: LotUse[] = [];
  /** The end of the next older lot, counted from the end of what was spent. */
  #lotEnd: bigint;
  #spendEnd: bigint;
  #found: Lot | null = null;

  /**
   * @param lotId the transfer that credited it
   * @param available credits less debits less reserved, in units
   * @param reservedToSpend units reserved that name no lot: they are spent next
   */
  constructor(lotId: Uuid, available: bigint, reservedToSpend: bigint) {
    this.#lotId = lotId;
    this.#lotEnd = available;
    this.#spendEnd = -reservedToSpend;
  }

  /** Takes the next older line; true when the lot is found. */
  show({ transferId, amount, isDirected, taken }: LotLine): boolean {
    if (isDirected || amount === 0n || this.#found !== null) return this.#found !== null;
    if (amount < 0n) {
      this.#spends.push({ transferId, units: -amount });
      return false;
    }
    const lotStart = this.#lotEnd - (amount - taken);
    if (transferId === this.#lotId) this.#found = this.#lotBetween(lotStart, this.#lotEnd);
    this.#lotEnd = lotStart;
    return this.#found !== null;
  }

  /** @throws Error when the lines that were shown did not hold the lot */
  get lot(): Lot {
    if (this.#found === null) throw new Error(`lot ${this.#lotId} is not in the history of its account`);
    return this.#found;
  }

  #lotBetween(start: bigint, end: bigint): Lot {
    const uses: LotUse[] = [];
    let spendEnd = this.#spendEnd;
    for (const { transferId, units } of this.#spends) {
      const common = smaller(end, spendEnd) - larger(start, spendEnd - units);
      if (common > 0n) uses.push({ transferId, units: common });
      spendEnd -= units;
      if (spendEnd <= start) break;
    }
    // What is reserved to be spent lies right below what is available.
    const reserved = smaller(end, 0n) - larger(start, this.#spendEnd);
    return { unspent: larger(0n, end - larger(start, 0n)), reserved: larger(0n, reserved), uses };
  }
}
