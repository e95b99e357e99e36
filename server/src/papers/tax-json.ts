import type { Static } from 'typebox';
import { amountJson } from '../core/money.ts';
import { csvLine } from '../http/csv.ts';
import type { taxPaymentSchema, taxYearSchema } from './schema.ts';
import { splitJson } from './statement-json.ts';
import type { TaxMonth, TaxPayment } from './tax.ts';

type PaymentSums = Pick<
  TaxPayment,
  'payments' | 'returned' | 'grossCents' | 'feeCents' | 'taxCents' | 'netCents'
>;

/** Payments added up. */
export function sumPayments(payments: readonly TaxPayment[]): PaymentSums {
  const sum = { payments: 0, returned: 0, grossCents: 0n, feeCents: 0n, taxCents: 0n, netCents: 0n };
  for (const one of payments) {
    sum.payments += one.payments;
    sum.returned += one.returned;
    sum.grossCents += one.grossCents;
    sum.feeCents += one.feeCents;
    sum.taxCents += one.taxCents;
    sum.netCents += one.netCents;
  }
  return sum;
}

export function sumsJson({ payments, returned, grossCents, feeCents, taxCents, netCents }: PaymentSums) {
  return {
    payments,
    returned,
    gross: amountJson('USD', grossCents),
    fee: amountJson('USD', feeCents),
    taxWithheld: amountJson('USD', taxCents),
    net: amountJson('USD', netCents),
  };
}

export function yearJson(
  year: number,
  nowMs: number,
  payments: readonly TaxPayment[],
): Static<typeof taxYearSchema> {
  return { year, soFar: nowMs < Date.UTC(year + 1, 0), ...sumsJson(sumPayments(payments)) };
}

function paymentJson(payment: TaxPayment): Static<typeof taxPaymentSchema> {
  const { month, corrects, method, currency, country, holder, paidMinor } = payment;
  return {
    month,
    corrects: corrects === '' ? null : corrects,
    method,
    currency,
    country,
    holder,
    ...sumsJson(payment),
    paidMinor: paidMinor.toString(),
  };
}

/** A creator's year as one JSON object, a month a line as it is read. */
export async function* taxJsonFile(
  about: { readonly year: number; readonly nowMs: number; readonly handle: string },
  payments: readonly TaxPayment[],
  months: AsyncIterable<TaxMonth>,
): AsyncIterable<string> {
  const head = {
    ...yearJson(about.year, about.nowMs, payments),
    timeZone: 'UTC',
    creator: about.handle,
    notes: NOTES,
    paidOut: payments.map(paymentJson),
  };
  yield `${JSON.stringify(head).slice(0, -1)},\n"gifts":[`;
  let isFirst = true;
  for await (const { month, corrects, diamondUnits, split } of months) {
    const text = JSON.stringify({
      month,
      corrects: corrects === '' ? null : corrects,
      earned: amountJson('DIAMOND', diamondUnits),
      ...splitJson(split),
    });
    yield `${isFirst ? '\n' : ',\n'}${text}`;
    isFirst = false;
  }
  yield '\n]}\n';
}

/** The same as CSV: rows of what was paid out, then rows of what fans paid, month by month. */
export async function* taxCsvFile(
  payments: readonly TaxPayment[],
  months: AsyncIterable<TaxMonth>,
): AsyncIterable<string> {
  yield csvLine([
    ...[
      'row',
      'month',
      'holder',
      'country',
      'method',
      'currency',
      'payments',
      'returned',
      'gross_cents',
      'fee_cents',
    ],
    ...['tax_withheld_cents', 'net_cents', 'paid_minor', 'earned_diamond_units', 'fan_paid_micros'],
    ...['provider_fee_micros', 'platform_micros', 'creator_micros', 'corrects_month'],
  ]);
  for (const one of payments) {
    yield csvLine([
      ...[
        'paid_out',
        one.month,
        one.holder,
        one.country,
        one.method,
        one.currency,
        one.payments,
        one.returned,
      ],
      ...[one.grossCents, one.feeCents, one.taxCents, one.netCents, one.paidMinor],
      ...[null, null, null, null, null, one.corrects],
    ]);
  }
  for await (const { month, corrects, diamondUnits, split } of months) {
    yield csvLine([
      ...[
        corrects === '' ? 'gifts' : 'gifts_taken_back',
        month,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        diamondUnits,
      ],
      ...[split.paidMicros, split.feeMicros, split.platformMicros, split.creatorMicros, corrects],
    ]);
  }
}

const NOTES = [
  'Years and months are of UTC, by the time at which the ledger booked it: a month that is over never changes. What came back or was taken back later stands in the month in which that was booked, negative, with the month that it corrects.',
  'paidOut is money. gifts is what fans had paid for what you got and where it went, with your share at the rate of each gift; it is not money until you withdraw.',
  'Which of it is to be reported, and from which amount on, depends on where you live: no threshold is applied here.',
];
