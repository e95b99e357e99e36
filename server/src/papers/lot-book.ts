import { smaller } from '../core/bigints.ts';

/** A stretch of what was ever spent that one purchase paid for. */
export interface Stretch {
  /** Its place in the running total of all that was ever spent, in units. */
  readonly start: bigint;
  readonly units: bigint;
  /** Where it lies in its purchase, and how long that is. */
  readonly offset: bigint;
  readonly ofUnits: bigint;
  readonly priceCents: bigint;
  readonly feeCents: bigint;
}

/** What was paid for, when nothing was ever taken of it by name. */
export interface Price {
  readonly priceCents: bigint;
  readonly feeCents: bigint;
}

/**
 * Spends Coins as they were spent, oldest first, in the order of the ledger: told every change of an account it says which
 * purchase paid for which stretch of the spends. What is reserved or taken of a purchase by its name is spent on nothing
 * meanwhile. It knows the past alone, so what it said of a spend is never said otherwise by what came later.
 */
export class LotBook {
  readonly #lots: Lot[] = [];
  readonly #byName = new Map<string, Lot>();
  readonly #stretches: Stretch[] = [];
  /** No lot before it has anything left. */
  #first = 0;
  #place = 0n;
  /** The one that was spent of last. */
  #noted: Lot | null = null;

  /** In order, none overlapping. */
  get stretches(): readonly Stretch[] {
    return this.#stretches;
  }

  /** Units came: bought by the purchase of that name, or for nothing. */
  credit(units: bigint, name: string, price: Price | null): void {
    const lot: Lot = { place: this.#lots.length, units, spent: 0n, taken: 0n, price };
    this.#lots.push(lot);
    if (price !== null) this.#byName.set(name, lot);
  }

  /** Units of a purchase are set aside for going back, or went. */
  take(units: bigint, name: string): void {
    const lot = this.#byName.get(name);
    if (lot !== undefined) lot.taken += units;
  }

  /** They are there again. */
  giveBack(units: bigint, name: string): void {
    const lot = this.#byName.get(name);
    if (lot === undefined) return;
    lot.taken -= units;
    if (lot.place < this.#first) this.#first = lot.place;
  }

  spend(units: bigint): void {
    let left = units;
    for (let index = this.#first; left > 0n && index < this.#lots.length; index += 1) {
      const lot = this.#lots[index] as Lot;
      const some = smaller(left, lot.units - lot.spent - lot.taken);
      if (some <= 0n) {
        if (index === this.#first) this.#first += 1;
        continue;
      }
      this.#note(lot, some);
      lot.spent += some;
      this.#place += some;
      left -= some;
    }
    // More than was there: a hold let it through that is not known here. It cost nothing.
    this.#place += left;
  }

  #note(lot: Lot, units: bigint): void {
    const { spent, units: ofUnits, price } = lot;
    const last = this.#stretches.at(-1);
    const goesOn = lot === this.#noted && last !== undefined && last.start + last.units === this.#place;
    if (goesOn) this.#stretches[this.#stretches.length - 1] = { ...last, units: last.units + units };
    else if (price !== null) {
      const { priceCents, feeCents } = price;
      this.#stretches.push({ start: this.#place, units, offset: spent, ofUnits, priceCents, feeCents });
    }
    this.#noted = lot;
  }
}

interface Lot {
  readonly place: number;
  readonly units: bigint;
  spent: bigint;
  taken: bigint;
  readonly price: Price | null;
}
