import type { Static } from 'typebox';
import { publicId } from '../core/ids.ts';
import { amountJson, displayAmount, displayUsd } from '../core/money.ts';
import type { HowLine } from '../http/schemas.ts';
import { displayCentsPer } from '../wallet/index.ts';
import type { OrderState, orderSchema } from './schema.ts';
import { paymentTransferId } from './settle-order.ts';
import type { OrderRow } from './store.ts';

type OrderJson = Static<typeof orderSchema>;

/** An order as it stands now. */
export function orderJson(order: OrderRow): OrderJson {
  const state = orderState(order);
  return {
    id: publicId('order', order.id),
    state,
    reason: order.paidAt === null ? order.endingReason : null,
    packId: order.packId,
    coins: amountJson('COIN', order.coins),
    price: amountJson('USD', order.priceCents),
    checkoutUrl: state === 'awaiting_payment' ? order.redirectUrl : null,
    createdAt: order.createdAt.toISOString(),
    expiresAt: order.expiresAt.toISOString(),
    paidAt: order.paidAt?.toISOString() ?? null,
    transfers: orderTransfers(order),
    how: orderHow(order),
    policyVersion: order.policyVersion,
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
  const perCoin = displayCentsPer({
    numerator: order.perCoinNumerator,
    denominator: order.perCoinDenominator,
  });
  const lines: HowLine[] = [
    {
      label: displayAmount({ asset: 'COIN', units: order.coins }),
      value: displayUsd(order.priceCents),
      note:
        order.packId === null
          ? `${perCoin} each, rounded up to a whole cent`
          : `A pack at ${perCoin} each, rounded up to a whole cent`,
    },
    { label: 'Tax', value: displayUsd(0n), note: null },
    {
      label: 'Rate card',
      value: `Version ${order.policyVersion}`,
      note: 'The policy in force when you ordered',
    },
  ];
  if (order.feeCents !== null) {
    lines.push({
      label: 'Provider fee',
      value: displayUsd(order.feeCents),
      note: 'Kept by the payment provider out of the price; nothing was added to what you paid',
    });
  }
  if (order.providerRef !== null && order.paidAt !== null) {
    lines.push({ label: 'Payment', value: order.providerRef, note: `Taken by ${order.provider}` });
  }
  return lines;
}

function orderTransfers(order: OrderRow): OrderJson['transfers'] {
  if (order.paidAt === null || order.providerRef === null) return [];
  const tx = (leg: 'gross' | 'fee' | 'coins') =>
    publicId('tx', paymentTransferId(order.provider, order.providerRef as string, leg));
  const fee = order.feeCents ?? 0n;
  return [
    {
      id: tx('gross'),
      amount: amountJson('USD', order.priceCents),
      from: `world:${order.provider}`,
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
      id: tx('coins'),
      amount: amountJson('COIN', order.coins),
      from: 'platform:coins_issued',
      to: 'you:coins',
    },
  ];
}
