import type { Static } from 'typebox';
import { publicId } from '../core/ids.ts';
import { amountJson, displayAmount, displayUsd, UNITS_PER_DIAMOND } from '../core/money.ts';
import type { HowLine } from '../http/schemas.ts';
import { displayCentsPer } from '../wallet/index.ts';
import type { OrderState, orderSchema } from './schema.ts';
import { paymentTransferId } from './settle-order.ts';
import { ledgerNameOf } from './shop.ts';
import type { OrderRow } from './store.ts';

type OrderJson = Static<typeof orderSchema>;

/** An order as it stands now; `crypto` as the provider tells it, for whoever pays that way. */
export function orderJson(order: OrderRow, crypto: OrderJson['crypto'] = null): OrderJson {
  const state = orderState(order);
  return {
    id: publicId('order', order.id),
    state,
    reason: order.paidAt === null ? order.endingReason : null,
    packId: order.packId,
    bought: amountJson(order.asset, order.units),
    price: amountJson('USD', order.priceCents),
    method: order.method,
    provider: order.provider,
    mode: order.mode,
    problem: state === 'in_review' ? order.problem : null,
    crypto: state === 'awaiting_payment' ? crypto : null,
    checkoutUrl: state === 'awaiting_payment' ? order.redirectUrl : null,
    createdAt: order.createdAt.toISOString(),
    expiresAt: order.expiresAt.toISOString(),
    paidAt: order.paidAt?.toISOString() ?? null,
    transfers: orderTransfers(order),
    how: orderHow(order),
    policyVersion: order.policyVersion,
    rateVersion: order.rateVersion,
  };
}

/**
 * The answer that opening the order gave: a retry gets it again, whatever has become of the order since.
 * An order whose payment page was not known then answers with the page as soon as it is.
 */
export function openedOrderJson(order: OrderRow): OrderJson {
  if (order.providerRef === null) return orderJson(order);
  return orderJson({
    ...order,
    paidAt: null,
    feeCents: null,
    ending: null,
    endingReason: null,
    problem: null,
  });
}

export function orderState(order: OrderRow): OrderState {
  if (order.paidAt !== null) return 'paid';
  if (order.problem !== null) return 'in_review';
  if (order.ending !== null) return order.ending;
  return order.providerRef === null ? 'unknown' : 'awaiting_payment';
}

/** How the price was made and where the money went. */
export function orderHow(order: OrderRow): HowLine[] {
  const per = `${perOne(order)} each, rounded up to a whole cent`;
  const lines: HowLine[] = [
    {
      label: displayAmount({ asset: order.asset, units: order.units }),
      value: displayUsd(order.priceCents),
      note: order.packId === null ? per : `A pack at ${per}`,
    },
    {
      label: 'Tax',
      value: 'None added',
      note: 'You pay the price. This receipt states no tax that may be in it',
    },
    {
      label: 'Rate card',
      value: `Version ${order.policyVersion}`,
      note: 'The policy in force when you ordered',
    },
  ];
  if (order.rateVersion !== null) {
    lines.push({
      label: 'Rate of Diamonds',
      value: `Version ${order.rateVersion}`,
      note: 'What a Diamond was worth when you ordered',
    });
  }
  if (order.feeCents !== null) {
    lines.push({
      label: 'Provider fee',
      value: displayUsd(order.feeCents),
      note: 'Kept by the payment provider out of the price; nothing was added to what you paid',
    });
  }
  if (order.providerRef !== null && order.paidAt !== null) {
    lines.push({ label: 'Payment', value: order.providerRef, note: `Taken ${paidThrough(order)}` });
  }
  return lines;
}

/** Who took the money, and whether it was money. */
export function paidThrough({ provider, mode }: Pick<OrderRow, 'provider' | 'mode'>): string {
  const name = PROVIDER_NAMES[provider] ?? provider;
  switch (mode) {
    case 'live':
      return `through ${name}`;
    case 'test':
      return `through ${name} in test mode: no money moved`;
    case 'sandbox':
      return `through ${PROVIDER_NAMES[provider] === undefined ? 'the sandbox' : `the sandbox’s ${name}`}: no money moved`;
  }
}

const PROVIDER_NAMES: Readonly<Record<string, string>> = { stripe: 'Stripe', btcpay: 'BTCPay Server' };

/** The price of one Coin or of one Diamond, `1.35¢`. */
function perOne(order: OrderRow): string {
  const scale = order.asset === 'DIAMOND' ? UNITS_PER_DIAMOND : 1n;
  return displayCentsPer({
    numerator: order.perUnitNumerator * scale,
    denominator: order.perUnitDenominator,
  });
}

function orderTransfers(order: OrderRow): OrderJson['transfers'] {
  if (order.paidAt === null || order.providerRef === null) return [];
  const tx = (leg: 'gross' | 'fee') =>
    publicId('tx', paymentTransferId(order.provider, order.providerRef as string, leg));
  const fee = order.feeCents ?? 0n;
  return [
    {
      id: tx('gross'),
      amount: amountJson('USD', order.priceCents),
      from: `world:${ledgerNameOf(order)}`,
      to: 'platform:cash',
    },
    ...(fee === 0n
      ? []
      : [
          {
            id: tx('fee'),
            amount: amountJson('USD', fee),
            from: 'platform:cash',
            to: 'platform:provider_fees',
          },
        ]),
    {
      id: publicId('tx', order.creditTransferId ?? order.id),
      amount: amountJson(order.asset, order.units),
      from: order.asset === 'COIN' ? 'platform:coins_issued' : 'platform:diamonds_issued',
      to: order.asset === 'COIN' ? 'you:coins' : 'you:diamonds_purchased',
    },
  ];
}
