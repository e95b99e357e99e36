import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvCell, csvStream } from './csv.ts';

test('a cell is quoted where it must be and is never a formula', () => {
  const table: readonly (readonly [Parameters<typeof csvCell>[0], string])[] = [
    ['Rose ×12 to Mira', 'Rose ×12 to Mira'],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\nlines', '"two\nlines"'],
    ['=1+1', "'=1+1"],
    ['=HYPERLINK("http://x","y")', '"\'=HYPERLINK(""http://x"",""y"")"'],
    ['+41 79', "'+41 79"],
    ['-cmd|calc', "'-cmd|calc"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['＝1+1', "'＝1+1"],
    ['-2.5', '-2.5'],
    [-12n, '-12'],
    [null, ''],
  ];
  for (const [value, expected] of table)
    assert.equal(csvCell(value), expected, JSON.stringify(String(value)));
});

test('a stream is a header and its pages', async () => {
  async function* pages() {
    yield [{ n: 1n }, { n: 2n }];
    yield [];
    yield [{ n: 3n }];
  }
  let text = '';
  for await (const part of csvStream([['n', (row: { n: bigint }) => row.n]], pages())) text += part;
  assert.equal(text, 'n\r\n1\r\n2\r\n3\r\n');
});
