import type { Uuid } from '../../core/ids.ts';
import type { PaymentSnapshot } from '../provider.ts';

/** A payment as the ledger has it. */
export interface BookedPayment {
  readonly providerRef: string;
  readonly orderId: Uuid;
  readonly grossCents: bigint;
  readonly feeCents: bigint;
  readonly refundedCents: bigint;
  /** What lost disputes took. */
  readonly disputedCents: bigint;
}

/** What our order says of a payment that the ledger does not have. */
export interface OrderWithoutCredit {
  readonly orderId: Uuid;
  /** Why a person looks at it; `null` when nobody does. */
  readonly problem: string | null;
  /** Whether it ended without a payment. */
  readonly ended: boolean;
  /** What came of it and two operators said was given back. */
  readonly givenBackCents: bigint;
}

export const DIFFERENCES = [
  /** Paid there, and nothing was credited here. */
  'paid_not_credited',
  /** Credited here, and not paid there. */
  'credited_not_paid',
  'amount_differs',
  'fee_differs',
  /** Given back there, and not here. */
  'refund_not_booked',
  /** Taken back by the payer's bank there, and not here. */
  'dispute_not_booked',
  /** A creator was paid there, and it is not booked here. */
  'payout_not_booked',
  /** Booked as paid to a creator here, and not there. */
  'payout_not_there',
  'payout_differs',
  /** A payout came back there, and not here; or the other way round. */
  'return_not_booked',
] as const;
export type DifferenceKind = (typeof DIFFERENCES)[number];

export interface Difference {
  readonly kind: DifferenceKind;
  /** A sentence: why, as far as the two books tell. */
  readonly cause: string;
  readonly providerRef: string;
  readonly orderId: Uuid | null;
  readonly thereCents: bigint | null;
  readonly hereCents: bigint | null;
}

export interface Comparison {
  /** Payments that either side knows. */
  readonly payments: number;
  /** Those on which both agree. */
  readonly matched: number;
  readonly differences: readonly Difference[];
  readonly thereGrossCents: bigint;
  readonly hereGrossCents: bigint;
  readonly thereFeeCents: bigint;
  readonly hereFeeCents: bigint;
}

export interface Books {
  /** What the provider says was paid. */
  readonly there: readonly PaymentSnapshot[];
  /** What the ledger has. */
  readonly here: readonly BookedPayment[];
  /** Our orders of payments that the ledger has not, by the provider's id of the payment. */
  readonly orders: ReadonlyMap<string, OrderWithoutCredit>;
}

/** Compares two books of the same payments. Each payment is matched, or has at least one difference with its cause. */
export function compareBooks({ there, here, orders }: Books): Comparison {
  const booked = new Map(here.map((payment) => [payment.providerRef, payment]));
  const told = new Map(there.map((payment) => [payment.providerRef, payment]));
  const refs = new Set([...told.keys(), ...booked.keys()]);
  const differences: Difference[] = [];
  let matched = 0;
  for (const ref of [...refs].sort()) {
    const found = differencesOf(ref, told.get(ref) ?? null, booked.get(ref) ?? null, orders.get(ref) ?? null);
    if (found.length === 0) matched += 1;
    differences.push(...found);
  }
  return {
    payments: refs.size,
    matched,
    differences,
    thereGrossCents: sumOf(there, ({ paidCents }) => paidCents),
    hereGrossCents: sumOf(here, ({ grossCents }) => grossCents),
    thereFeeCents: sumOf(there, ({ feeCents }) => feeCents),
    hereFeeCents: sumOf(here, ({ feeCents }) => feeCents),
  };
}

function differencesOf(
  providerRef: string,
  there: PaymentSnapshot | null,
  here: BookedPayment | null,
  order: OrderWithoutCredit | null,
): Difference[] {
  const about = { providerRef, orderId: here?.orderId ?? order?.orderId ?? null };
  if (here === null) {
    if (there === null || there.paidCents === order?.givenBackCents) return [];
    const cause = whyNotCredited(order);
    return [{ ...about, kind: 'paid_not_credited', cause, thereCents: there.paidCents, hereCents: null }];
  }
  if (there === null) {
    const cause =
      'The provider knows no such payment: it was taken back there, or these are the books of another account.';
    return [{ ...about, kind: 'credited_not_paid', cause, thereCents: null, hereCents: here.grossCents }];
  }
  const found: Difference[] = [];
  const differs = (kind: DifferenceKind, thereCents: bigint, hereCents: bigint, cause: string) => {
    if (thereCents !== hereCents) found.push({ ...about, kind, cause, thereCents, hereCents });
  };
  differs(
    'amount_differs',
    // What came, which may be less or more than was asked for where an operator credited it as it came.
    there.paidCents,
    here.grossCents,
    'The payment was changed at the provider after it was credited.',
  );
  differs(
    'fee_differs',
    there.feeCents,
    here.feeCents,
    'The provider settled its fee after the payment was credited.',
  );
  differs(
    'refund_not_booked',
    there.refundedCents,
    here.refundedCents,
    there.refundedCents > here.refundedCents
      ? 'Money was given back at the provider, and it is not booked yet; that happens by itself within minutes.'
      : 'A refund that is booked here failed at the provider, which is booked by itself within minutes, or has not reached it.',
  );
  // One that is not decided took nothing for good; what it may take is held.
  const lost = sumOf(
    there.disputes.filter(({ status }) => status === 'lost'),
    ({ amountCents }) => amountCents,
  );
  differs(
    'dispute_not_booked',
    lost,
    here.disputedCents,
    lost > here.disputedCents
      ? 'The payer’s bank took the money back, and it is not booked yet; that happens by itself within minutes.'
      : 'A dispute that is booked here as lost was won at the provider. Somebody must look at both books.',
  );
  return found;
}

function whyNotCredited(order: OrderWithoutCredit | null): string {
  if (order === null)
    return 'No order here asked for it: it was made at the provider itself, or by another system.';
  if (order.problem !== null) return `The order waits for a person: ${order.problem.replaceAll('_', ' ')}.`;
  if (order.ended) return 'The order had ended before it was paid, and nobody has asked about it since.';
  return 'The order has not been asked about yet; that happens by itself within minutes.';
}

function sumOf<T>(items: readonly T[], cents: (item: T) => bigint): bigint {
  return items.reduce((sum, item) => sum + cents(item), 0n);
}
