import type { PaymentSnapshot } from '../provider.ts';

/** An invoice as Greenfield tells it; the fields that are read. */
export interface Invoice {
  readonly id: string;
  /** A decimal, `2.96`. */
  readonly amount: string;
  readonly paidAmount?: string;
  readonly currency: string;
  readonly status: string;
  readonly additionalStatus: string;
  readonly checkoutLink: string;
  /** Seconds since 1970. */
  readonly createdTime: number;
  readonly expirationTime: number;
  /** Null on invoices that somebody made at the server by hand. */
  readonly metadata: { readonly orderId?: string } | null;
}

export interface InvoicePaymentMethod {
  readonly paymentMethodId: string;
  readonly currency: string;
  readonly destination: string;
  readonly paymentLink?: string | null;
  readonly amount: string;
  readonly totalPaid: string;
  readonly due: string;
  readonly payments: readonly {
    readonly id: string;
    /** Seconds since 1970. */
    readonly receivedDate: number;
    readonly status: string;
  }[];
}

/**
 * What two words of BTCPay make of an order. Only what came in full, in time and by itself is paid; everything else
 * that brought money waits for a person.
 */
export function statusOf({
  status,
  additionalStatus,
  paidAmount,
}: Pick<Invoice, 'status' | 'additionalStatus' | 'paidAmount'>): Pick<PaymentSnapshot, 'status' | 'problem'> {
  const review = (problem: NonNullable<PaymentSnapshot['problem']>) =>
    ({ status: 'review', problem }) as const;
  const plain = (word: PaymentSnapshot['status']) => ({ status: word, problem: null });
  const came = parseCents(paidAmount ?? '0') !== 0n;
  switch (`${status} ${additionalStatus}`) {
    case 'New None':
    case 'New PaidPartial':
      return plain('open');
    case 'Processing None':
    case 'Processing PaidOver':
    case 'Processing PaidPartial':
      return plain('processing');
    case 'Settled None':
      return plain('paid');
    case 'Settled PaidOver':
      return review('paid_over');
    case 'Settled PaidLate':
    case 'Expired PaidLate':
      return review('paid_late');
    case 'Settled Marked':
      return review('marked_by_hand');
    case 'Settled PaidPartial':
    case 'Expired PaidPartial':
      return review('paid_partial');
    case 'Expired None':
      return plain('expired');
    case 'Invalid None':
    case 'Invalid Invalid':
    case 'Invalid PaidOver':
      return came ? review('payment_invalid') : plain('declined');
    case 'Invalid Marked':
      return came ? review('payment_invalid') : plain('canceled');
    default:
      return plain('other');
  }
}

/** A decimal of dollars as cents: `"2.96"` → `296n`; a part of a cent is dropped. `null` when it is no such number. */
export function parseCents(decimal: string): bigint | null {
  const match = /^(\d{1,12})(?:\.(\d{1,18}))?$/.exec(decimal);
  if (match === null) return null;
  return BigInt(match[1] ?? '0') * 100n + BigInt((match[2] ?? '').slice(0, 2).padEnd(2, '0'));
}
