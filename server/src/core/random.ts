/** A small seeded generator (mulberry32): the same seed gives the same run on every machine. */
export interface Random {
  /** In [0, 1). */
  fraction(): number;
  /** A whole number in [0, below). */
  below(below: number): number;
  /** True once in `outOf` times. */
  once(outOf: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
  /** As `pick`, the first items far more often than the last (Zipf, exponent 1). */
  pickHot<Item>(items: readonly Item[]): Item;
}

export function random(seed: number): Random {
  let state = seed >>> 0;
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(fraction() * limit);
  const at = <Item>(items: readonly Item[], index: number): Item => {
    if (items.length === 0) throw new RangeError('nothing to pick from');
    return items[Math.min(index, items.length - 1)] as Item;
  };
  return {
    fraction,
    below,
    once: (outOf) => below(outOf) === 0,
    pick: (items) => at(items, below(items.length)),
    // The inverse of the distribution's continuous form: rank = n^u − 1.
    pickHot: (items) => at(items, Math.floor((items.length + 1) ** fraction()) - 1),
  };
}
