import { csvLine } from '../http/csv.ts';
import { free } from './rules.ts';
import {
  addLines,
  lineId,
  NO_TOTALS,
  type StatementHead,
  type StatementLine,
  type StatementTotals,
} from './statement.ts';
import { lineJson, type StatementJson, totalsJson } from './statement-json.ts';

/** The lines of a statement as they are read. */
export type LineChunks = AsyncIterable<readonly StatementLine[]>;

/** The statement as one JSON object, a line of it per line, so that it can be read as it comes. */
export async function* jsonFile(head: StatementJson, chunks: LineChunks): AsyncIterable<string> {
  let totals = NO_TOTALS;
  yield `${JSON.stringify(head).slice(0, -1)},\n"lines":[`;
  for await (const lines of chunks) {
    const text = lines.map((line) => JSON.stringify(lineJson(line))).join(',\n');
    yield `${totals.lines === 0 ? '\n' : ',\n'}${text}`;
    totals = addLines(totals, lines);
  }
  yield `\n],\n"totals":${JSON.stringify(totalsJson(totals))}}\n`;
}

/** How far the sums have come, and at last the sums: one JSON object a line. */
export async function* totalsStream(lineCount: number, chunks: LineChunks): AsyncIterable<string> {
  let totals = NO_TOTALS;
  let told = 0;
  for await (const lines of chunks) {
    totals = addLines(totals, lines);
    if (totals.lines - told < TOLD_EVERY) continue;
    told = totals.lines;
    yield `${JSON.stringify({ lines: told, of: lineCount })}\n`;
  }
  yield `${JSON.stringify({ lines: totals.lines, of: lineCount, totals: totalsJson(totals) })}\n`;
}

const TOLD_EVERY = 1_000;

/**
 * The statement as CSV (RFC 4180): a row per account with its opening balance, the lines, a row per account with its
 * closing balance. In each account `change_units` sums from opening to closing.
 */
export async function* csvFile(head: StatementHead, chunks: LineChunks): AsyncIterable<string> {
  yield csvLine(COLUMNS.map(([name]) => name));
  for (const { account, asset, opening } of head.accounts) {
    yield csvLine(bounds('opening', head.month.from, account, asset, free(opening)));
  }
  for await (const lines of chunks) {
    yield lines.map((line) => csvLine(COLUMNS.map(([, cell]) => cell(line)))).join('');
  }
  for (const { account, asset, closing } of head.accounts) {
    yield csvLine(bounds('closing', head.asOf, account, asset, free(closing)));
  }
}

type Cell = string | number | bigint | null;

/** Documented in docs/statements.md; the order is part of the contract. */
export const COLUMNS: readonly (readonly [name: string, cell: (line: StatementLine) => Cell])[] = [
  ['row', () => 'line'],
  ['number', (line) => line.number],
  ['time_utc', (line) => line.at.toISOString()],
  ['account', (line) => line.account],
  ['asset', (line) => line.asset],
  ['section', (line) => line.section],
  ['title', (line) => line.title],
  ['detail', (line) => line.detail],
  ['change_units', (line) => line.change],
  ['balance_after_units', (line) => line.freeAfter],
  ['fan_paid_micros', ({ split }) => split?.paidMicros ?? null],
  ['provider_fee_micros', ({ split }) => split?.feeMicros ?? null],
  ['platform_micros', ({ split }) => split?.platformMicros ?? null],
  ['creator_micros', ({ split }) => split?.creatorMicros ?? null],
  ['bought_price_cents', ({ bought }) => bought?.priceCents ?? null],
  ['bought_provider_fee_cents', ({ bought }) => bought?.feeCents ?? null],
  ['payout_gross_cents', ({ paidOut }) => paidOut?.grossCents ?? null],
  ['payout_fee_cents', ({ paidOut }) => paidOut?.feeCents ?? null],
  ['payout_tax_cents', ({ paidOut }) => paidOut?.taxCents ?? null],
  ['payout_net_cents', ({ paidOut }) => paidOut?.netCents ?? null],
  ['payout_method', ({ paidOut }) => paidOut?.method ?? null],
  ['payout_currency', ({ paidOut }) => paidOut?.currency ?? null],
  ['payout_minor', ({ paidOut }) => paidOut?.payoutMinor ?? null],
  ['policy_version', ({ versions }) => versions?.policy ?? null],
  ['rate_version', ({ versions }) => versions?.rate ?? null],
  ['fiat_version', ({ versions }) => versions?.fiat ?? null],
  ['reference', (line) => line.reference],
  ['transfer', lineId],
  ['corrects_month', ({ corrects }) => corrects.join(' ')],
];

function bounds(row: 'opening' | 'closing', at: Date, account: string, asset: string, units: bigint): Cell[] {
  const known: Readonly<Record<string, Cell>> = {
    row,
    time_utc: at.toISOString(),
    account,
    asset,
    balance_after_units: units,
  };
  return COLUMNS.map(([name]) => known[name] ?? null);
}

/** Hands lines on and keeps their sums, for who needs both. */
export function summing(chunks: LineChunks): { readonly chunks: LineChunks; totals(): StatementTotals } {
  let totals = NO_TOTALS;
  return {
    chunks: (async function* () {
      for await (const lines of chunks) {
        totals = addLines(totals, lines);
        yield lines;
      }
    })(),
    totals: () => totals,
  };
}
