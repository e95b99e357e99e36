import {
  type Asset,
  convertUp,
  displayUsd,
  groupDigits,
  type Ratio,
  UNITS_PER_DIAMOND,
} from '../core/money.ts';
import { Refusal } from '../core/refusal.ts';
import type { Policy } from '../policy/index.ts';
import type { Rate } from '../rates/index.ts';
import type { PaymentProblem, PaymentSnapshot } from './provider.ts';
import { COINS_OUT_OF_BOUNDS, DIAMONDS_OUT_OF_BOUNDS, PRICE_CHANGED, UNKNOWN_PACK } from './refusals.ts';

/** What is sold. */
export type Ware = Extract<Asset, 'COIN' | 'DIAMOND'>;

/** What a person asks for: one of the packs, or so many Coins or whole Diamonds. */
export type Item =
  | { readonly kind: 'pack'; readonly packId: string }
  | { readonly kind: 'coins'; readonly coins: bigint }
  | { readonly kind: 'diamonds'; readonly diamonds: bigint };

export interface PricedItem {
  readonly packId: string | null;
  readonly asset: Ware;
  readonly units: bigint;
  /** What is paid, nothing is added later. */
  readonly priceCents: bigint;
  /** The price of one unit, as it is shown beside the price. */
  readonly centsPerUnit: Ratio;
  /** The rate that made the price of Diamonds; `null` for Coins, whose price is in the policy. */
  readonly rateVersion: number | null;
}

/** What of a rate a price is made from. */
type PriceRate = Pick<Rate, 'version' | 'centsPerUnit'>;

/**
 * The price of an item, rounded up to a whole cent: Coins cost what the policy says, Diamonds what they are worth by
 * the rate in force.
 * Answers with the refusal `unknown_pack`, `coins_out_of_bounds` or `diamonds_out_of_bounds`.
 */
export function priceItem(policy: Policy, rate: PriceRate, item: Item): PricedItem | Refusal {
  switch (item.kind) {
    case 'pack':
      return priceCoinPack(policy, item.packId) ?? priceDiamondPack(policy, rate, item.packId);
    case 'coins': {
      const { exactMinCoins: min, exactMaxCoins: max, centsPerCoin } = policy.coins;
      if (item.coins < min || item.coins > max) return outOfBounds('coins', item.coins, min, max);
      const priceCents = convertUp(item.coins, centsPerCoin);
      return {
        packId: null,
        asset: 'COIN',
        units: item.coins,
        priceCents,
        centsPerUnit: centsPerCoin,
        rateVersion: null,
      };
    }
    case 'diamonds': {
      const { diamondsMin: min, diamondsMax: max } = policy.buying;
      if (item.diamonds < min || item.diamonds > max) return outOfBounds('diamonds', item.diamonds, min, max);
      return diamonds(rate, item.diamonds, null);
    }
  }
}

/** The name of a pack of so many whole Diamonds. */
export function diamondPackId(wholeDiamonds: bigint): string {
  return `diamonds_${wholeDiamonds}`;
}

function priceCoinPack({ coins }: Policy, packId: string): PricedItem | null {
  const pack = coins.packs.find((offered) => offered.id === packId);
  if (pack === undefined) return null;
  const { priceCents } = pack;
  // A pack at the house's price shows that price, not the one that rounding up to a cent makes of it.
  const plain = priceCents === convertUp(pack.coins, coins.centsPerCoin);
  const own: Ratio = { numerator: priceCents, denominator: pack.coins };
  return {
    packId: pack.id,
    asset: 'COIN',
    units: pack.coins,
    priceCents,
    centsPerUnit: plain ? coins.centsPerCoin : own,
    rateVersion: null,
  };
}

function priceDiamondPack({ buying }: Policy, rate: PriceRate, packId: string): PricedItem | Refusal {
  const whole = buying.diamondPacks.find((offered) => diamondPackId(offered) === packId);
  if (whole === undefined) return new Refusal(UNKNOWN_PACK, { packId }, '/item/packId');
  return diamonds(rate, whole, packId);
}

function diamonds(rate: PriceRate, whole: bigint, packId: string | null): PricedItem {
  const units = whole * UNITS_PER_DIAMOND;
  return {
    packId,
    asset: 'DIAMOND',
    units,
    priceCents: convertUp(units, rate.centsPerUnit),
    centsPerUnit: rate.centsPerUnit,
    rateVersion: rate.version,
  };
}

function outOfBounds(what: 'coins' | 'diamonds', asked: bigint, min: bigint, max: bigint): Refusal {
  return new Refusal(
    what === 'coins' ? COINS_OUT_OF_BOUNDS : DIAMONDS_OUT_OF_BOUNDS,
    { min: groupDigits(min), max: groupDigits(max), [what]: groupDigits(asked) },
    `/item/${what}`,
  );
}

/** A price that moved between the screen and the order is told, not charged. */
export function checkShownPrice(shownCents: bigint | null, priced: PricedItem): Refusal | null {
  if (shownCents === null || shownCents === priced.priceCents) return null;
  return new Refusal(
    PRICE_CHANGED,
    { shown: displayUsd(shownCents), price: displayUsd(priced.priceCents) },
    '/priceCents',
  );
}

/** Everything about an order that says what may happen to it. */
export interface OrderFacts {
  readonly orderRef: string;
  /** The payment page that is written down for the order. */
  readonly providerRef: string | null;
  readonly priceCents: bigint;
  readonly currency: string;
  readonly livemode: boolean;
  readonly paid: boolean;
  readonly parked: boolean;
  readonly ended: boolean;
}

export type OrderEnding = 'declined' | 'canceled' | 'expired';

/** Why an order waits for a person. */
export type ReviewProblem =
  | 'order_mismatch'
  | 'amount_mismatch'
  | 'currency_mismatch'
  | 'livemode_mismatch'
  | 'fee_mismatch'
  | 'unknown_status'
  | 'missing_at_provider'
  | 'ledger_refused'
  | PaymentProblem;

/** What a snapshot makes of an order. */
export type Step =
  | { readonly kind: 'nothing'; readonly final: boolean }
  | { readonly kind: 'credit' }
  | { readonly kind: 'end'; readonly ending: OrderEnding; readonly reason: string | null }
  | { readonly kind: 'park'; readonly problem: ReviewProblem };

/**
 * The order's state machine. It only moves forward: open → ended → paid, or parked, and both of the last are final.
 * An ended order that turns out paid is credited, because the payer's money is there.
 */
export function nextStep(order: OrderFacts, snapshot: PaymentSnapshot): Step {
  if (order.parked) return { kind: 'nothing', final: true };
  // The references are looked at first: nothing said about another order or page may touch this one. A second
  // payment of a paid order parks it too, so that somebody gives the money back.
  if (snapshot.orderRef !== order.orderRef || snapshot.providerRef !== order.providerRef) {
    return { kind: 'park', problem: 'order_mismatch' };
  }
  if (order.paid) return { kind: 'nothing', final: true };
  if (snapshot.livemode !== order.livemode) return { kind: 'park', problem: 'livemode_mismatch' };
  switch (snapshot.status) {
    case 'paid':
      if (snapshot.currency !== order.currency) return { kind: 'park', problem: 'currency_mismatch' };
      if (snapshot.amountCents !== order.priceCents) return { kind: 'park', problem: 'amount_mismatch' };
      if (snapshot.feeCents < 0n || snapshot.feeCents > snapshot.amountCents) {
        return { kind: 'park', problem: 'fee_mismatch' };
      }
      return { kind: 'credit' };
    case 'declined':
    case 'canceled':
    case 'expired':
      if (order.ended) return { kind: 'nothing', final: true };
      return { kind: 'end', ending: snapshot.status, reason: snapshot.declineCode };
    case 'open':
    case 'processing':
      return { kind: 'nothing', final: false };
    case 'review':
      return { kind: 'park', problem: snapshot.problem ?? 'unknown_status' };
    case 'other':
      return { kind: 'park', problem: 'unknown_status' };
  }
}

/** How long to wait before the provider is asked again: 5 s, doubled each time, at most 5 minutes. */
export function checkDelayMs(checksSoFar: number): number {
  return Math.min(5_000 * 2 ** Math.min(checksSoFar, 10), 300_000);
}
