import { type Random, random } from '../../core/random.ts';
import type { Policy } from '../../policy/index.ts';
import { priceItem } from '../../purchases/index.ts';
import type { SimulationInputs } from '../inputs.ts';
import { SALES_TOP_PERMILLE, SCENARIO_RULES } from './scenarios.ts';

/** Somebody buys Coins. */
export interface PlannedPurchase {
  readonly viewer: number;
  readonly coins: bigint;
  readonly priceCents: bigint;
}

/** Somebody gives: so many of a gift at one price. */
export interface PlannedGift {
  readonly viewer: number;
  readonly creator: number;
  readonly priceCoins: bigint;
  readonly quantity: bigint;
}

/** A creator wants so much of what is available, in percent. */
export interface PlannedWithdrawal {
  readonly creator: number;
  readonly percent: number;
}

/** What people want to do on one day. Whether they can, the books say. */
export interface DayPlan {
  readonly purchases: readonly PlannedPurchase[];
  readonly gifts: readonly PlannedGift[];
  readonly withdrawals: readonly PlannedWithdrawal[];
}

/** Purchases of a day that are made one by one; where there are more, one stands for several. */
const PURCHASES_MAX = 2_500n;
const PACE_DAYS = 30n;
/** What was bought is given in at most so many gifts, within so many days. */
const GIFTS_MAX = 5;
const GIVEN_WITHIN_DAYS = 7;
/** The Coins that fans have at the start are given within so many days. */
const OPENING_DAYS = 14;
/** Days from one withdrawal of a creator to the next. */
export const WITHDRAW_EVERY_DAYS = 14;
/** Where nothing was withdrawn or earned before, so many percent of what is available is asked for. */
const PERCENT_UNKNOWN = 60;

/**
 * What everybody wants, drawn from the seed alone: it knows no rate and no balance, so both sides of a comparison live the
 * same days. Ask for the days in their order, each once.
 */
export class Plan {
  readonly #inputs: SimulationInputs;
  readonly #wares: readonly { readonly coins: bigint; readonly priceCents: bigint }[];
  readonly #prices: readonly bigint[];
  readonly #favourites: Favourites;
  readonly #percent: number;
  readonly #paceCents: bigint;
  /** How many alike each purchase stands for. */
  readonly #each: bigint;
  readonly #to: Map<number, PlannedGift[]> = new Map();
  /** Cents of sales that are due and not yet enough for what was chosen. */
  #due = 0n;

  constructor(inputs: SimulationInputs, policy: Policy) {
    this.#inputs = inputs;
    this.#wares = waresOf(policy, inputs);
    this.#prices = inputs.start.giftPrices.map(BigInt);
    this.#favourites = new Favourites(inputs.creators);
    this.#percent = withdrawnPercent(inputs);
    this.#paceCents = BigInt(inputs.start.purchasedCents) / PACE_DAYS;
    const top = (this.#paceCents * BigInt(SALES_TOP_PERMILLE)) / 1_000n;
    this.#each = top / (ticket(this.#wares) * PURCHASES_MAX) + 1n;
    this.#giveOpeningCoins();
  }

  /** How many alike each purchase and gift stands for. */
  get each(): bigint {
    return this.#each;
  }

  /** @param day 1 for the first */
  day(day: number): DayPlan {
    const chance = this.#chance(day);
    const purchases = this.#sales(day, chance);
    const gifts = this.#to.get(day) ?? [];
    this.#to.delete(day);
    return { purchases, gifts, withdrawals: this.#wishes(day) };
  }

  #sales(day: number, chance: Random): PlannedPurchase[] {
    const permille = BigInt(SCENARIO_RULES[this.#inputs.scenario].salesPermille(day));
    this.#due += (this.#paceCents * permille * BigInt(800 + chance.below(401))) / 1_000_000n;
    const made: PlannedPurchase[] = [];
    for (;;) {
      const ware = likelierFirst(this.#wares, chance);
      const priceCents = ware.priceCents * this.#each;
      // What is too dear for today is bought with tomorrow’s, too.
      if (priceCents > this.#due) return made;
      this.#due -= priceCents;
      const coins = ware.coins * this.#each;
      // Of two the one with the lower number: some buy far more often than others.
      const { viewers } = this.#inputs;
      const viewer = Math.min(chance.below(viewers), chance.below(viewers));
      made.push({ viewer, coins, priceCents });
      this.#give(viewer, ware.coins, this.#each, day, GIVEN_WITHIN_DAYS, chance);
    }
  }

  /** Plans what becomes of Coins: gifts to a few creators, over some days. */
  #give(viewer: number, coins: bigint, each: bigint, day: number, days: number, chance: Random): void {
    let left = coins;
    for (let parts = 1 + chance.below(GIFTS_MAX); parts > 0; parts -= 1) {
      const creator = this.#favourites.pick(chance);
      const at = day + chance.below(days);
      const share = left / BigInt(parts);
      const priceCoins = this.#priceWithin(share, chance);
      if (priceCoins === null) continue;
      const quantity = share / priceCoins;
      left -= quantity * priceCoins;
      const list = this.#to.get(at);
      const gift = { viewer, creator, priceCoins, quantity: quantity * each };
      if (list === undefined) this.#to.set(at, [gift]);
      else list.push(gift);
    }
  }

  #priceWithin(coins: bigint, chance: Random): bigint | null {
    const within = this.#prices.filter((price) => price <= coins);
    return within.length === 0 ? null : chance.pick(within);
  }

  #giveOpeningCoins(): void {
    const chance = this.#chance(0);
    for (const [viewer, coins] of openingCoins(this.#inputs).entries()) {
      this.#give(viewer, coins, 1n, 1, OPENING_DAYS, chance);
    }
  }

  #wishes(day: number): PlannedWithdrawal[] {
    const { scenario, creators, seed } = this.#inputs;
    const all = SCENARIO_RULES[scenario].allWithdraw(day);
    const wishes: PlannedWithdrawal[] = [];
    for (let creator = 0; creator < creators; creator += 1) {
      if (all) wishes.push({ creator, percent: 100 });
      else if (this.#percent > 0 && (creator * 5 + seed + day) % WITHDRAW_EVERY_DAYS === 0) {
        wishes.push({ creator, percent: this.#percent });
      }
    }
    return wishes;
  }

  /** The chance of one day: what was drawn on others does not move it. */
  #chance(day: number): Random {
    return random(Math.imul(this.#inputs.seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(day + 1, 0xc2b2ae35));
  }
}

/** The Coins that each viewer begins with: as many for each, and what is left over one by one for the first. */
export function openingCoins({ viewers, start }: Pick<SimulationInputs, 'viewers' | 'start'>): bigint[] {
  const [all, parts] = [BigInt(start.coins), BigInt(viewers)];
  return Array.from({ length: viewers }, (_, place) => all / parts + (BigInt(place) < all % parts ? 1n : 0n));
}

/** What of their Diamonds creators withdraw, in percent of what is available. */
export function withdrawnPercent(inputs: Pick<SimulationInputs, 'start'>): number {
  return measuredPercent(inputs) ?? PERCENT_UNKNOWN;
}

/** What was withdrawn of what was earned in the thirty days before, in percent; `null`: one of them was nothing. */
export function measuredPercent({ start }: Pick<SimulationInputs, 'start'>): number | null {
  const [withdrawn, earned] = [BigInt(start.withdrawnUnits), BigInt(start.earnedUnits)];
  if (withdrawn === 0n || earned === 0n) return null;
  const percent = (withdrawn * 100n) / earned;
  return percent >= 100n ? 100 : Math.max(1, Number(percent));
}

/** The packs of the policy; where it has none, some exact amounts. */
function waresOf(policy: Policy, { now }: SimulationInputs) {
  const { packs, exactMinCoins, exactMaxCoins } = policy.coins;
  const amounts = [10n, 50n, 200n]
    .map((times) => exactMinCoins * times)
    .filter((coins) => coins <= exactMaxCoins);
  const rate = {
    version: now.version,
    centsPerUnit: {
      numerator: BigInt(now.centsPerUnit.numerator),
      denominator: BigInt(now.centsPerUnit.denominator),
    },
  };
  const items =
    packs.length > 0
      ? packs.map(({ id }) => ({ kind: 'pack', packId: id }) as const)
      : [exactMinCoins, ...amounts].map((coins) => ({ kind: 'coins', coins }) as const);
  return items.map((item) => {
    const priced = priceItem(policy, rate, item);
    if (!('units' in priced)) throw new Error('the policy does not sell its own packs');
    return { coins: priced.units, priceCents: priced.priceCents };
  });
}

/** The first of the list half the time, the second a quarter of it, and so on. */
function likelierFirst<Item>(items: readonly Item[], chance: Random): Item {
  let index = 0;
  while (index < items.length - 1 && chance.once(2)) index += 1;
  return items[index] as Item;
}

/** What a purchase comes to on the average, in cents; at least one. */
function ticket(wares: readonly { readonly priceCents: bigint }[]): bigint {
  const last = wares.length - 1;
  const sum = wares.reduce(
    (cents, { priceCents }, index) => cents + (priceCents << 10n) / (1n << BigInt(Math.min(index + 1, last))),
    0n,
  );
  const average = sum >> 10n;
  return average > 0n ? average : 1n;
}

/** Creators by how much is given to them: the second gets half of what the first gets, the third a third. */
class Favourites {
  readonly #upTo: readonly number[];

  constructor(creators: number) {
    const upTo: number[] = [];
    let sum = 0;
    for (let rank = 1; rank <= creators; rank += 1) {
      sum += weightOf(rank);
      upTo.push(sum);
    }
    this.#upTo = upTo;
  }

  pick(chance: Random): number {
    const at = chance.below(this.#upTo.at(-1) ?? 1);
    let [low, high] = [0, this.#upTo.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#upTo[middle] ?? 0) > at) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** How much is given to the creator in this place (1 = first), in whole parts. */
export function weightOf(place: number): number {
  return Math.floor(1_000_000 / place);
}
