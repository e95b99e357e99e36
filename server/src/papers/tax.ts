import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import type { CsvColumns } from '../http/csv.ts';
import { type MoneySplit, monthOf } from './rules.ts';
import { addLines, NO_TOTALS, openStatement, statementLines } from './statement.ts';

/** What was paid out in one month to one person through one account. What came back is taken off in the month it did. */
export interface TaxPayment {
  readonly userId: Uuid;
  readonly handle: string;
  /** `2026-11`, by the day it was sent (or came back), UTC. */
  readonly month: string;
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

/** The payments of these people in a year, by month and account. */
export async function paymentsOf(
  db: Queryable,
  userIds: readonly Uuid[],
  year: number,
): Promise<TaxPayment[]> {
  return db.query<TaxPayment>(
    `select w.user_id as "userId", u.handle, to_char(e.at at time zone 'UTC', 'YYYY-MM') as month, w.method,
            w.currency, a.country, a.holder,
            (count(*) filter (where e.step = 'send'))::integer as payments,
            (count(*) filter (where e.step = 'return'))::integer as returned,
            sum(s.sign * q.gross_cents)::bigint as "grossCents", sum(s.sign * w.fee_cents)::bigint as "feeCents",
            sum(s.sign * w.tax_cents)::bigint as "taxCents", sum(s.sign * w.net_cents)::bigint as "netCents",
            sum(s.sign * w.payout_minor)::bigint as "paidMinor"
       from withdrawals w
       join withdrawal_events e on e.withdrawal_id = w.id and e.step in ('send', 'return')
      cross join lateral (select case e.step when 'send' then 1 else -1 end as sign) as s
       join withdrawal_quotes q on q.id = w.quote_id
       join payout_accounts a on a.id = w.account_id
       join users u on u.id = w.user_id
      where w.user_id = any($1::uuid[]) and e.at >= $2 and e.at < $3
      group by 1, 2, 3, 4, 5, 6, 7 order by 1, 3, 4, 5, 6, 7`,
    [userIds, yearStart(year), yearStart(year + 1)],
  );
}

/** Every payment of a year, a few people at a time. */
export async function* allPayments(db: Queryable, year: number): AsyncGenerator<TaxPayment[]> {
  let after: Uuid = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const people = await db.query<{ userId: Uuid }>(
      'select distinct user_id as "userId" from withdrawals where user_id > $1 order by user_id limit $2',
      [after, PEOPLE_AT_ONCE],
    );
    const last = people.at(-1);
    if (last === undefined) return;
    after = last.userId;
    yield await paymentsOf(
      db,
      people.map(({ userId }) => userId),
      year,
    );
  }
}

const PEOPLE_AT_ONCE = 200;

/** What fans paid for a creator's gifts in one month, and where it went. */
export interface TaxMonth {
  readonly month: string;
  readonly diamondUnits: bigint;
  readonly split: MoneySplit;
}

/** The months of a year that have begun, from the creator's statements. */
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
    let totals = NO_TOTALS;
    let diamondUnits = 0n;
    for await (const lines of statementLines(db, head)) {
      totals = addLines(totals, lines);
      for (const { split, change } of lines) if (split !== null) diamondUnits += change;
    }
    yield { month: month.name, diamondUnits, split: totals.split };
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
];

/** The first year in which anything was paid out to this person; `null` when nothing was. */
export async function firstPaidYear(db: Queryable, userId: Uuid): Promise<number | null> {
  const [row] = await db.query<{ year: number | null }>(
    `select extract(year from min(e.at) at time zone 'UTC')::integer as year
       from withdrawals w join withdrawal_events e on e.withdrawal_id = w.id and e.step = 'send'
      where w.user_id = $1`,
    [userId],
  );
  return row?.year ?? null;
}

function yearStart(year: number): Date {
  return new Date(Date.UTC(year, 0));
}
