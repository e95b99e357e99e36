import { convertUp, displayUsd, groupDigits, type Ratio } from '../core/money.ts';
import { Refusal } from '../core/refusal.ts';
import type { Policy } from '../policy/index.ts';
import type { PaymentSnapshot } from './provider.ts';
import { COINS_OUT_OF_BOUNDS, PRICE_CHANGED, UNKNOWN_PACK } from './refusals.ts';

/** What a person asks for: one of the packs, or so many Coins. */
export type Item =
  | { readonly kind: 'pack'; readonly packId: string }
  | { readonly kind: 'exact'; readonly coins: bigint };

export interface PricedItem {
  readonly packId: string | null;
  readonly coins: bigint;
  /** What is paid, nothing is added later. */
  readonly priceCents: bigint;
  /** The price of one Coin, as it is shown beside the price. */
  readonly centsPerCoin: Ratio;
}

/**
 * The price of an item. An exact amount costs what its Coins cost one by one, rounded up to a whole cent.
 * Answers with the refusal `unknown_pack` or `coins_out_of_bounds`.
 */
export function priceItem(policy: Policy, item: Item): PricedItem | Refusal {
  const { packs, exactMinCoins, exactMaxCoins, centsPerCoin } = policy.coins;
  if (item.kind === 'pack') {
    const pack = packs.find((offered) => offered.id === item.packId);
    if (pack === undefined) return new Refusal(UNKNOWN_PACK, { packId: item.packId }, '/item/packId');
    const { coins, priceCents } = pack;
    // A pack at the house's price shows that price, not the one that rounding up to a cent makes of it.
    const plain = priceCents === convertUp(coins, centsPerCoin);
    const own: Ratio = { numerator: priceCents, denominator: coins };
    return { packId: pack.id, coins, priceCents, centsPerCoin: plain ? centsPerCoin : own };
  }
  if (item.coins < exactMinCoins || item.coins > exactMaxCoins) {
    return new Refusal(
      COINS_OUT_OF_BOUNDS,
      { min: groupDigits(exactMinCoins), max: groupDigits(exactMaxCoins), coins: groupDigits(item.coins) },
      '/item/coins',
    );
  }
  return { packId: null, coins: item.coins, priceCents: convertUp(item.coins, centsPerCoin), centsPerCoin };
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
  | 'ledger_refused';

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
    case 'other':
      return { kind: 'park', problem: 'unknown_status' };
  }
}

/** How long to wait before the provider is asked again: 5 s, doubled each time, at most 5 minutes. */
export function checkDelayMs(checksSoFar: number): number {
  return Math.min(5_000 * 2 ** Math.min(checksSoFar, 10), 300_000);
}
