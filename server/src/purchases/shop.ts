import type { PayMethod, PaymentMode } from '../config.ts';
import { larger } from '../core/bigints.ts';
import { parsePublicId, publicId, type Uuid } from '../core/ids.ts';
import { convertDown, type Ratio } from '../core/money.ts';
import type { House } from '../house.ts';
import type { PayInProvider } from './provider.ts';

/** What selling Coins and Diamonds needs: the house, and whoever takes the money. */
export interface Shop {
  readonly house: House;
  /** In the order in which they are preferred where several take a method. */
  readonly providers: readonly PayInProvider[];
}

/** Payment pages that one person may have open at once: each is kept, and asked after, until it is over. */
export const OPEN_ORDERS_MAX = 20;

/** In the order in which they are offered. */
export const PAY_METHODS = ['card', 'wallet', 'crypto'] as const satisfies readonly PayMethod[];

/** Who serves a method, `null` when nobody does. */
export function providerFor(shop: Shop, method: PayMethod): PayInProvider | null {
  return shop.providers.find(({ capabilities }) => capabilities.methods.includes(method)) ?? null;
}

/** The fewest of something that an order may hold: no buyer is offered an amount that not every way to pay takes. */
export function fewestOf(shop: Shop, min: bigint, centsPerOne: Ratio): bigint {
  const leastCents = shop.providers.reduce(
    (least, { capabilities }) => larger(least, capabilities.minCents),
    0n,
  );
  if (leastCents === 0n) return min;
  // The fewest whose price, rounded up to a cent, is so much.
  const fewer = convertDown(leastCents - 1n, {
    numerator: centsPerOne.denominator,
    denominator: centsPerOne.numerator,
  });
  return larger(fewer + 1n, min);
}

/** Who was asked about an order, `null` when this house has nothing to do with them any more. */
export function providerOf(
  shop: Shop,
  { provider, mode }: { readonly provider: string; readonly mode: PaymentMode },
): PayInProvider | null {
  return shop.providers.find((known) => known.id === provider && known.mode === mode) ?? null;
}

/** The provider's name in the ledger (`world:<name>`): money that is not money has a name of its own. */
export function ledgerNameOf({
  provider,
  mode,
}: {
  readonly provider: string;
  readonly mode: PaymentMode;
}): string {
  return mode === 'live' || provider === 'sandbox' ? provider : `${provider}_${mode}`;
}

/** What we call an order when we talk to a provider. */
export function orderRefOf(orderId: Uuid): string {
  return publicId('order', orderId);
}

/** The order behind a provider's `orderRef`, or `null` when it is not one of ours. */
export function orderIdOf(orderRef: string): Uuid | null {
  return parsePublicId('order', orderRef);
}
