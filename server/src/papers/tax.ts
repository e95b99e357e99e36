import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import type { CsvColumns } from '../http/csv.ts';
import { type PaymentMade, paymentsMade, peopleWhoWithdrew } from '../withdrawals/index.ts';
import { type MoneySplit, monthAt, monthOf, NO_SPLIT, plus } from './rules.ts';
import { openStatement, statementLines } from './statement.ts';

/**
 * What was paid out in one month to one person through one account; or, negative, what came back in it of what had been
 * paid in an earlier one. Months are those in which the ledger booked it: one that is over never changes.
 */
export interface TaxPayment {
  readonly userId: Uuid;
  readonly handle: string;
  /** `2026-11`, UTC. */
  readonly month: string;
  /** Of what came back: the month in which it had been sent. Empty for what was sent. */
  readonly corrects: string;
  readonly method: string;
  readonly currency: string;
  /** Of the account that was paid to, and whose it is. */
  readonly country: string;
  readonly holder: string;
  /** Payments sent. */
  readonly payments: number;
  /** Payments that came back. */
  readonly returned: number;
  readonly grossCents: bigint;
  readonly feeCents: bigint;
  readonly taxCents: bigint;
  readonly netCents: bigint;
  /** What was sent, in the currency's smallest unit. */
  readonly paidMinor: bigint;
}

/** The payments of a year among these, by person, month and account. */
export function paymentsIn(made: readonly PaymentMade[], year: number): TaxPayment[] {
  const payments = new Map<string, TaxPayment>();
  for (const one of made) {
    if (one.at.getUTCFullYear() !== year) continue;
    const { userId, handle, method, currency, country, holder } = one;
    const month = monthAt(one.at).name;
    const corrects = one.sentAt === null ? '' : monthAt(one.sentAt).name;
    const about = { userId, handle, month, method, currency, country, holder, corrects };
    const key = JSON.stringify(Object.values(about));
    const sum = payments.get(key) ?? { ...about, ...NOTHING_PAID };
    const sign = one.sentAt === null ? 1n : -1n;
    payments.set(key, {
      ...sum,
      payments: sum.payments + (one.sentAt === null ? 1 : 0),
      returned: sum.returned + (one.sentAt === null ? 0 : 1),
      grossCents: sum.grossCents + sign * one.grossCents,
      feeCents: sum.feeCents + sign * one.feeCents,
      taxCents: sum.taxCents + sign * one.taxCents,
      netCents: sum.netCents + sign * one.netCents,
      paidMinor: sum.paidMinor + sign * one.payoutMinor,
    });
  }
  return [...payments.entries()].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => row);
}

const NOTHING_PAID = {
  payments: 0,
  returned: 0,
  grossCents: 0n,
  feeCents: 0n,
  taxCents: 0n,
  netCents: 0n,
  paidMinor: 0n,
};

/** Every payment of a year, a few people at a time. */
export async function* allPayments(db: Queryable, year: number): AsyncGenerator<TaxPayment[]> {
  let after: Uuid = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const people = await peopleWhoWithdrew(db, after, PEOPLE_AT_ONCE);
    const last = people.at(-1);
    if (last === undefined) return;
    after = last;
    yield paymentsIn(await paymentsMade(db, people), year);
  }
}

const PEOPLE_AT_ONCE = 200;

/** What fans paid for a creator's gifts, and where it went: of one month, or what the month took back of another. */
export interface TaxMonth {
  readonly month: string;
  /** Of what was taken back: the months in which it had been earned, `2026-10`. Empty for what was earned. */
  readonly corrects: string;
  readonly diamondUnits: bigint;
  readonly split: MoneySplit;
}

/**
 * The months of a year that have begun, from the creator's statements: what was earned in each, and then, negative, what
 * was taken back in it. All of a month sum to what its gifts changed on the creator's account.
 */
export async function* monthsOfYear(
  db: Queryable,
  userId: Uuid,
  year: number,
  nowMs: number,
): AsyncGenerator<TaxMonth> {
  for (let number = 1; number <= 12; number += 1) {
    const month = monthOf(`${year}-${String(number).padStart(2, '0')}`);
    if (month === null || month.from.getTime() > nowMs) return;
    const head = await openStatement(db, { of: 'creator', userId, month, nowMs });
    const sums = new Map([['', { diamondUnits: 0n, split: NO_SPLIT }]]);
    for await (const lines of statementLines(db, head)) {
      for (const { account, kind, split, change, corrects } of lines) {
        // What matures only goes from one account of theirs to the other.
        if (account !== 'diamonds_pending' || kind === 'maturity') continue;
        const of = corrects.join(' ');
        const sum = sums.get(of) ?? { diamondUnits: 0n, split: NO_SPLIT };
        sums.set(of, {
          diamondUnits: sum.diamondUnits + change,
          split: split === null ? sum.split : plus(sum.split, split),
        });
      }
    }
    for (const [corrects, sum] of [...sums].sort(([one], [other]) => (one < other ? -1 : 1))) {
      yield { month: month.name, corrects, ...sum };
    }
  }
}

/** Documented in docs/statements.md. */
export const PAYMENT_COLUMNS: CsvColumns<TaxPayment> = [
  ['month', ({ month }) => month],
  ['creator', ({ handle }) => handle],
  ['holder', ({ holder }) => holder],
  ['country', ({ country }) => country],
  ['method', ({ method }) => method],
  ['currency', ({ currency }) => currency],
  ['payments', ({ payments }) => payments],
  ['returned', ({ returned }) => returned],
  ['gross_cents', ({ grossCents }) => grossCents],
  ['fee_cents', ({ feeCents }) => feeCents],
  ['tax_withheld_cents', ({ taxCents }) => taxCents],
  ['net_cents', ({ netCents }) => netCents],
  ['paid_minor', ({ paidMinor }) => paidMinor],
  ['corrects_month', ({ corrects }) => corrects],
];
