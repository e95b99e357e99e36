import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvStream } from '../http/csv.ts';
import { monthAt, NO_SPLIT } from './rules.ts';
import type { StatementHead, StatementLine } from './statement.ts';
import { csvFile } from './statement-files.ts';
import { PAYMENT_COLUMNS, type TaxPayment } from './tax.ts';
import { taxCsvFile } from './tax-json.ts';

/** What spreadsheets take for the begin of a formula, as a stranger may call themselves or ask. */
const HOSTILE = [
  '=1+1',
  '+1+1',
  '-1+1',
  '@SUM(1)',
  '\t=1+1',
  '\r=1+1',
  '|calc',
  '%0',
  '＝1+1',
  '-',
  '=1,"2"',
];
const at = new Date(Date.UTC(2026, 10, 3));

async function rowsOf(parts: AsyncIterable<string>): Promise<string[][]> {
  let text = '';
  for await (const part of parts) text += part;
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === '\r\n') rows.push([]);
  }
  return rows.filter(({ length }) => length > 0);
}

/** The text is there, behind an apostrophe; and no cell at all is one that begins a formula, but numbers. */
function harmless(rows: readonly string[][]): void {
  const cells = rows.flat();
  for (const text of HOSTILE) assert.ok(cells.includes(`'${text}`), JSON.stringify(text));
  for (const cell of cells) assert.ok(/^-?[0-9]+$/.test(cell) || !/^[=+\-@\t\r|%＝]/.test(cell), cell);
}

test('what strangers wrote is no formula in the CSV of a statement', async () => {
  const line = (detail: string, index: number): StatementLine => ({
    number: index + 1,
    at,
    timestamp: BigInt(index),
    transferId: '00000000-0000-7000-8000-000000000000',
    account: 'diamonds_pending',
    asset: 'DIAMOND',
    section: detail,
    kind: 'question',
    title: detail,
    detail,
    reference: null,
    change: -5n,
    freeAfter: 0n,
    versions: null,
    corrects: [],
    split: { ...NO_SPLIT, platformMicros: -7n },
    bought: null,
    paidOut: null,
  });
  const head = { month: monthAt(at), asOf: at, accounts: [] } as unknown as StatementHead;
  const lines = (async function* () {
    yield HOSTILE.map(line);
  })();
  const rows = await rowsOf(csvFile(head, lines));
  assert.equal(rows.length, HOSTILE.length + 1);
  harmless(rows);
  assert.ok(rows.flat().includes('-7'), 'a number below nothing stays a number');
});

const payments = HOSTILE.map(
  (holder): TaxPayment => ({
    userId: '00000000-0000-7000-8000-000000000000',
    handle: 'mira',
    month: '2026-11',
    corrects: '2026-10',
    method: 'manual',
    currency: 'USD',
    country: 'BR',
    holder,
    payments: 0,
    returned: 1,
    grossCents: -2_700n,
    feeCents: 0n,
    taxCents: 0n,
    netCents: -2_700n,
    paidMinor: -2_700n,
  }),
);

test('nor in the year for the tax office, one’s own or everybody’s', async () => {
  const none = (async function* () {})();
  const own = await rowsOf(taxCsvFile(payments, none));
  harmless(own);
  assert.ok(
    own.every(({ length }) => length === own[0]?.length),
    'each row has every column',
  );
  const all = await rowsOf(
    csvStream(
      PAYMENT_COLUMNS,
      (async function* () {
        yield payments;
      })(),
    ),
  );
  harmless(all);
  assert.ok(all.flat().includes('-2700'));
});
