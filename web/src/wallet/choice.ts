import { coinsPrice, readCoins } from './prices.ts';
import type { CoinPacks, OrderBody } from './wallet-api.ts';

/** What stands on the counter: a pack, or an amount as it is typed. */
export interface Choice {
  readonly kind: 'pack' | 'exact';
  readonly packId: string | null;
  readonly text: string;
}

export interface Offer {
  readonly coins: bigint;
  readonly cents: bigint;
  readonly packId: string | null;
}

/**
 * What is chosen before anything is touched: the pack or the exact amount that was asked for (at least the
 * smallest that can be bought), else the second pack.
 */
export function chosenAtFirst(packs: CoinPacks, exact: string | undefined): Choice {
  if (exact === undefined) {
    const packId = (packs.packs[1] ?? packs.packs[0])?.id ?? null;
    return { kind: packId === null ? 'exact' : 'pack', packId, text: '' };
  }
  const pack = packs.packs.find(({ coins }) => coins.units === exact);
  if (pack !== undefined) return { kind: 'pack', packId: pack.id, text: '' };
  const least = BigInt(packs.exact.min.units);
  const asked = BigInt(exact);
  return { kind: 'exact', packId: null, text: (asked < least ? least : asked).toString() };
}

/** What the choice costs, or what is wrong about it. */
export function priced(
  choice: Choice,
  packs: CoinPacks,
  perCoin: { readonly numerator: string; readonly denominator: string },
): Offer | { readonly wrong: string } {
  if (choice.kind === 'pack') {
    const pack = packs.packs.find(({ id }) => id === choice.packId);
    if (pack === undefined) return { wrong: 'Choose a pack, or enter how many Coins.' };
    return { coins: BigInt(pack.coins.units), cents: BigInt(pack.price.units), packId: pack.id };
  }
  const read = readCoins(choice.text, {
    min: BigInt(packs.exact.min.units),
    max: BigInt(packs.exact.max.units),
  });
  if ('wrong' in read) return read;
  return { coins: read.coins, cents: coinsPrice(read.coins, perCoin), packId: null };
}

/** The longest way back that an order carries. */
const RETURN_MAX = 300;

/** The order for an offer, with the price that was on the screen and the way back. */
export function orderBody(offer: Offer, back: string): OrderBody {
  const returnTo = `/wallet/orders?${new URLSearchParams({ return: back })}`;
  return {
    item:
      offer.packId === null
        ? { kind: 'exact', coins: offer.coins.toString() }
        : { kind: 'pack', packId: offer.packId },
    priceCents: offer.cents.toString(),
    returnTo: returnTo.length <= RETURN_MAX ? returnTo : '/wallet/orders',
  };
}
