import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

/** One cell as RFC 4180 has it, quoted where it must be, and never a formula. */
export function csvCell(value: string | number | bigint | null): string {
  if (value === null) return '';
  const text = typeof value === 'string' ? harmless(value) : value.toString();
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A line of cells, ended as RFC 4180 asks. */
export function csvLine(cells: readonly (string | number | bigint | null)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

/** The columns of a file: what heads each, and what stands in it. */
export type CsvColumns<Row> = readonly (readonly [
  header: string,
  cell: (row: Row) => string | number | bigint | null,
])[];

/** Rows that are read at once for a file. */
export const CSV_CHUNK = 500;

/** Answers with a file to be saved as `name`, row by row as they are read. */
export function answerCsv<Row>(
  reply: FastifyReply,
  name: string,
  columns: CsvColumns<Row>,
  pages: AsyncIterable<readonly Row[]>,
): FastifyReply {
  return reply
    .type('text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="${name}"`)
    .send(Readable.from(csvStream(columns, pages)));
}

/** Rows as they come, a header first: a file of any length in a page's worth of memory. */
export async function* csvStream<Row>(
  columns: CsvColumns<Row>,
  pages: AsyncIterable<readonly Row[]>,
): AsyncIterable<string> {
  yield csvLine(columns.map(([header]) => header));
  for await (const rows of pages) {
    if (rows.length > 0) yield rows.map((row) => csvLine(columns.map(([, cell]) => cell(row)))).join('');
  }
}

/**
 * A spreadsheet takes text that begins with = + - @, a tab or a return for a formula, and a name or a title is
 * chosen by strangers. An apostrophe before it makes it text. Numbers, which we write ourselves, stay numbers.
 */
function harmless(text: string): string {
  if (/^-?[0-9]+(\.[0-9]+)?$/.test(text)) return text;
  return /^[=+\-@\t\r\n|%＝＋－＠]/.test(text) ? `'${text}` : text;
}
