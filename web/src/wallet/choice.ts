import type { RatioJson } from '../api/policy.ts';
import { groupDigits } from '../ui/amounts.ts';
import { coinsPrice, readCount } from './prices.ts';
import type { CoinPacks, DiamondPacks, OrderBody, PayMethod } from './wallet-api.ts';

export const WARES = ['coins', 'diamonds'] as const;
/** What is bought. */
export type Ware = (typeof WARES)[number];

export const WARE_NAMES = { coins: 'Coins', diamonds: 'Diamonds' } as const;

/** Everything of one ware that is for sale; counts are whole Coins or whole Diamonds. */
export interface Shelf {
  readonly ware: Ware;
  readonly packs: readonly {
    readonly id: string;
    readonly count: bigint;
    readonly cents: bigint;
    readonly each: string;
  }[];
  readonly min: bigint;
  readonly max: bigint;
  /** The price of one, as it is shown: `1.35¢`. */
  readonly each: string;
  /** Cents for one. */
  readonly perOne: RatioJson;
}

export function coinShelf({ packs, exact }: CoinPacks, perCoin: RatioJson): Shelf {
  return {
    ware: 'coins',
    packs: packs.map(({ id, coins, price, perCoin: each }) => ({
      id,
      count: BigInt(coins.units),
      cents: BigInt(price.units),
      each,
    })),
    min: BigInt(exact.min.units),
    max: BigInt(exact.max.units),
    each: exact.perCoin,
    perOne: perCoin,
  };
}

const UNITS_PER_DIAMOND = 1_000n;

export function diamondShelf({ packs, exact, centsPerDiamond }: DiamondPacks): Shelf {
  return {
    ware: 'diamonds',
    packs: packs.map(({ id, diamonds, price, perDiamond: each }) => ({
      id,
      count: BigInt(diamonds.units) / UNITS_PER_DIAMOND,
      cents: BigInt(price.units),
      each,
    })),
    min: BigInt(exact.min.units) / UNITS_PER_DIAMOND,
    max: BigInt(exact.max.units) / UNITS_PER_DIAMOND,
    each: exact.perDiamond,
    perOne: centsPerDiamond,
  };
}

/** What stands on the counter: a pack, or an amount as it is typed. */
export interface Choice {
  readonly kind: 'pack' | 'exact';
  readonly packId: string | null;
  readonly text: string;
}

export interface Offer {
  readonly ware: Ware;
  /** Whole Coins or whole Diamonds. */
  readonly count: bigint;
  readonly cents: bigint;
  readonly packId: string | null;
}

/**
 * What is chosen before anything is touched: the pack or the exact amount that was asked for (at least the
 * smallest that can be bought), else the second pack.
 */
export function chosenAtFirst(shelf: Shelf, exact: string | undefined): Choice {
  if (exact === undefined) {
    const packId = (shelf.packs[1] ?? shelf.packs[0])?.id ?? null;
    return { kind: packId === null ? 'exact' : 'pack', packId, text: '' };
  }
  const asked = BigInt(exact);
  const pack = shelf.packs.find(({ count }) => count === asked);
  if (pack !== undefined) return { kind: 'pack', packId: pack.id, text: '' };
  return { kind: 'exact', packId: null, text: (asked < shelf.min ? shelf.min : asked).toString() };
}

/** What the choice costs, or what is wrong about it. */
export function priced(choice: Choice, shelf: Shelf): Offer | { readonly wrong: string } {
  const { ware } = shelf;
  if (choice.kind === 'pack') {
    const pack = shelf.packs.find(({ id }) => id === choice.packId);
    if (pack === undefined) return { wrong: `Choose a pack, or enter how many ${WARE_NAMES[ware]}.` };
    return { ware, count: pack.count, cents: pack.cents, packId: pack.id };
  }
  const read = readCount(choice.text, { min: shelf.min, max: shelf.max, what: WARE_NAMES[ware] });
  if ('wrong' in read) return read;
  return { ware, count: read.count, cents: coinsPrice(read.count, shelf.perOne), packId: null };
}

/** `219 Coins`. */
export function offerText({ ware, count }: Pick<Offer, 'ware' | 'count'>): string {
  return `${groupDigits(count)} ${WARE_NAMES[ware]}`;
}

/** The longest way back that an order carries. */
const RETURN_MAX = 300;

/** The order for an offer, with the price that was on the screen and the way back. */
export function orderBody(offer: Offer, method: PayMethod, back: string): OrderBody {
  const returnTo = `/wallet/orders?${new URLSearchParams({ return: back })}`;
  return {
    item:
      offer.packId === null
        ? { kind: 'exact', [offer.ware]: offer.count.toString() }
        : { kind: 'pack', packId: offer.packId },
    method,
    priceCents: offer.cents.toString(),
    returnTo: returnTo.length <= RETURN_MAX ? returnTo : '/wallet/orders',
  };
}
